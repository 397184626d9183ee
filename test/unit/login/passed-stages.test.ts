import type { AssertionFacts } from '../../../src/login/contracts.js';
import type { MappedProfile, PolicyFacts, StageName } from '../../../src/login/facts.js';
import { passedStages } from '../../../src/login/passed-stages.rules.js';

const subject = { source: 'SUB', value: 'ada', format: null, nameQualifier: null, spNameQualifier: null };
const assertion: AssertionFacts = {
  protocol: 'OIDC',
  partnerId: 'partner',
  identityProviderId: 'idp',
  issuer: 'https://idp.example',
  assertionId: 'id-1',
  replayUntil: '2026-03-01T12:10:00.000Z',
  issuedAt: '2026-03-01T12:00:00.000Z',
  subject,
  claims: { email: 'ada@borealis.example' },
  authentication: { authenticatedAt: null, acr: null, amr: [], sessionIndex: null, sessionExpiresAt: null },
  falShortfalls: [],
  digest: 'd'.repeat(64),
};
const none = { ial: null, aal: null, fal: null };
const policy: PolicyFacts = {
  partner: { id: 'partner', slug: 'borealis', state: 'ACTIVE', region: 'local' },
  provedDomains: [],
  identityProvider: {
    id: 'idp',
    slug: 'main',
    protocol: 'OIDC',
    state: 'ACTIVE',
    issuer: 'https://idp.example',
    assuranceMap: {},
    algorithmExceptions: [],
  },
  application: { id: 'app', slug: 'orders', state: 'ACTIVE', minimum: none, subjectType: 'PUBLIC' },
  trust: null,
  attributes: [],
  mapping: { id: 'mapping', version: 7, rules: [] },
  epochs: { partner: 3, application: 4 },
};
const mapped: MappedProfile = {
  subject,
  profile: { email: ['ada@borealis.example'] },
  traces: [],
  undeclaredClaims: ['hobby'],
};

describe('the stages before the ruling [C29]', () => {
  it.each<[StageName | null, StageName[]]>([
    ['verify', []],
    ['consume', ['verify']],
    ['gather', ['verify', 'consume']],
    ['map', ['verify', 'consume', 'gather']],
    ['trust', ['verify', 'consume', 'gather', 'map']],
    [null, ['verify', 'consume', 'gather', 'map']],
  ])('end before %s, which tells of itself', (until, expected) => {
    const notes = passedStages({ assertion, policy, mapped }, until);
    expect(notes.map(({ stage }) => stage)).toEqual(expected);
    expect(notes.every(({ outcome }) => outcome === 'PASSED')).toBe(true);
  });

  it('say nothing of what was never reached', () => {
    expect(passedStages({ assertion: null, policy: null, mapped: null }, null)).toEqual([]);
    expect(passedStages({ assertion, policy: null, mapped: null }, null).map(({ stage }) => stage)).toEqual([
      'verify',
      'consume',
    ]);
  });

  it('name the old algorithms that were let through, and only where there were any [S23] [S25]', () => {
    const identityProvider = {
      ...policy.identityProvider,
      algorithmExceptions: ['SHA1_SIGNATURE', 'AES_CBC'] as const,
    };
    const [verify] = passedStages({ assertion, policy: { ...policy, identityProvider }, mapped }, null);
    expect(verify?.facts).toMatchObject({ algorithmExceptions: ['SHA1_SIGNATURE', 'AES_CBC'] });
    expect(passedStages({ assertion, policy, mapped }, null)[0]?.facts).not.toHaveProperty('algorithmExceptions');
  });

  it('name versions and counts, and no value of a claim', () => {
    const notes = passedStages({ assertion, policy, mapped }, null);
    expect(notes.find(({ stage }) => stage === 'gather')?.facts).toMatchObject({ mappingVersion: 7, partnerEpoch: 3 });
    expect(notes.find(({ stage }) => stage === 'map')?.summary).toBe('1 attributes were mapped, 1 claims were dropped');
    expect(JSON.stringify(notes)).not.toMatch(/ada@borealis/);
  });
});

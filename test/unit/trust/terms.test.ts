import { isOver, type TermsDraft, termChanges, termsOf, termsRefusal } from '../../../src/trust/terms.rules.js';

const now = new Date('2026-03-01T09:00:00Z');
const owner = '01890000-0000-7000-8000-000000000001';
const main = '01890000-0000-7000-8000-000000000002';
const around = {
  attributes: new Set(['email', 'givenName', 'roles']),
  identityProviders: new Set([`${owner} ${main}`]),
  now,
};
const draft: TermsDraft = {
  identityProviders: [],
  releasedAttributes: ['email'],
  minimum: { ial: null, aal: null, fal: null },
  maxAuthenticationAgeSeconds: null,
  provisioningMode: 'CREATE_AND_UPDATE',
  validFrom: null,
  validUntil: null,
};
const later = (seconds: number) => new Date(now.getTime() + seconds * 1_000);

describe('terms', () => {
  it.each<[string, Partial<TermsDraft>]>([
    ['of every IdP and no attribute', { releasedAttributes: [] }],
    ['of one IdP that the partner may use', { identityProviders: [`${owner} ${main}`] }],
    ['that begin in the past and end later', { validFrom: later(-60), validUntil: later(1) }],
    ['with the shortest age', { maxAuthenticationAgeSeconds: 1 }],
    ['with the longest age', { maxAuthenticationAgeSeconds: 31_536_000 }],
  ])('are taken %s [C13]', (_what, over) => {
    expect(termsRefusal({ ...draft, ...over }, around)).toBeNull();
  });

  it.each<[string, Partial<TermsDraft>, string]>([
    ['an IdP of somebody else', { identityProviders: [`${main} ${main}`] }, 'identityProviderIds.0'],
    ['an id that is none', { identityProviders: ['x'] }, 'identityProviderIds.0'],
    ['an IdP twice', { identityProviders: [`${owner} ${main}`, `${owner} ${main}`] }, 'identityProviderIds.1'],
    ['51 IdPs', { identityProviders: Array(51).fill('x') }, 'identityProviderIds'],
    ['an attribute twice', { releasedAttributes: ['email', 'roles', 'email'] }, 'releasedAttributes.2'],
    ['201 attributes', { releasedAttributes: Array(201).fill('email') }, 'releasedAttributes'],
    ['no time at all', { maxAuthenticationAgeSeconds: 0 }, 'maxAuthenticationAgeSeconds'],
    ['more than a year', { maxAuthenticationAgeSeconds: 31_536_001 }, 'maxAuthenticationAgeSeconds'],
    ['an end in the past', { validUntil: later(-1) }, 'validUntil'],
    ['an end now', { validUntil: now }, 'validUntil'],
    ['an end at the beginning', { validFrom: later(60), validUntil: later(60) }, 'validUntil'],
  ])('are refused with %s [C13]', (_what, over, path) => {
    expect(termsRefusal({ ...draft, ...over }, around)).toMatchObject({
      code: 'TRUST_TERMS_INVALID',
      fields: [{ path: `input.terms.${path}` }],
    });
  });

  it('name every attribute that the catalogue does not have [C17]', () => {
    const unknown = { ...draft, releasedAttributes: ['email', 'hubAdmin', 'toString'] };
    const paths = ['input.terms.releasedAttributes.1', 'input.terms.releasedAttributes.2'];
    expect(termsRefusal(unknown, around)).toMatchObject({
      code: 'ATTRIBUTE_UNKNOWN',
      fields: paths.map((path) => ({ path })),
    });
    const worse = termsRefusal({ ...unknown, validUntil: now }, around);
    expect([worse?.code, worse?.fields.length]).toEqual(['TRUST_TERMS_INVALID', 3]);
  });

  it('are stored with the bare ids of IdPs and instants in UTC', () => {
    const stored = termsOf({ ...draft, identityProviders: [`${owner} ${main}`], validUntil: later(60) });
    expect(stored).toEqual({
      ...{ identityProviderIds: [main], releasedAttributes: ['email'], minimum: draft.minimum },
      ...{ maxAuthenticationAgeSeconds: null, provisioningMode: 'CREATE_AND_UPDATE' },
      ...{ validFrom: null, validUntil: '2026-03-01T09:01:00.000Z' },
    });
    expect([isOver(stored, now), isOver(stored, later(60)), isOver(termsOf(draft), later(60))]).toEqual([
      false,
      true,
      false,
    ]);
    expect(termChanges(termsOf(draft), stored)).toEqual({
      identityProviderIds: { before: [], after: [main] },
      validUntil: { before: null, after: '2026-03-01T09:01:00.000Z' },
    });
  });
});

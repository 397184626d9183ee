import type { ClaimValue, Protocol } from '../../../src/login/contracts.js';
import { defaultRules, definitionProblems, standardAttributes } from '../../../src/mapping/catalogue.rules.js';
import { checkRules } from '../../../src/mapping/check.rules.js';
import { mapWith } from '../../support/mapping.js';

describe('the catalogue of attributes', () => {
  it('starts with definitions that would be accepted, each name and claim once', () => {
    for (const attribute of standardAttributes) expect(definitionProblems(attribute)).toEqual([]);
    expect(new Set(standardAttributes.map(({ name }) => name)).size).toBe(standardAttributes.length);
    expect(new Set(standardAttributes.map(({ claim }) => claim)).size).toBe(standardAttributes.length);
  });

  it.each([
    ['name', { name: 'Has Space' }],
    ['name', { name: 'constructor' }],
    ['name', { name: '__proto__' }],
    ['description', { description: ' ' }],
    ['maxLength', { maxLength: 0 }],
    ['claim', { claim: 'sub' }],
    ['claim', { claim: 'acr' }],
    ['claim', { claim: '__proto__' }],
    ['claim', { claim: 'a b' }],
    ['scope', { scope: 'openid' }],
    ['scope', { scope: 'a b' }],
  ])('refuses a definition whose %s could do harm: %j [H16]', (field, over) => {
    const good = standardAttributes[2];
    if (good === undefined) throw new Error('the catalogue is empty');
    expect(definitionProblems({ ...good, ...over })).toMatchObject([{ path: `input.${field}` }]);
  });
});

describe('the default rules', () => {
  function profileOf(protocol: Protocol, claims: Readonly<Record<string, ClaimValue>>) {
    const rules = defaultRules(protocol).map((rule) => ({ ...rule, id: rule.attribute }));
    const mapped = mapWith(rules, claims, standardAttributes);
    return mapped.ok ? mapped.value.profile : mapped.refusal.code;
  }

  it.each(['SAML', 'OIDC'] as const)('of %s may be saved as they are', (protocol) => {
    expect(checkRules(defaultRules(protocol), standardAttributes)).toEqual([]);
  });

  const ann = { email: ['ann@aurora.example'], givenName: ['Ann'], familyName: ['Lee'], displayName: ['Ann Lee'] };

  it('understand what Shibboleth, Entra ID and Okta call the same things [C20]', () => {
    const ws = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
    const dialects = [
      ['urn:oid:0.9.2342.19200300.100.1.3', 'urn:oid:2.5.4.42', 'urn:oid:2.5.4.4', 'urn:oid:2.16.840.1.113730.3.1.241'],
      [`${ws}/emailaddress`, `${ws}/givenname`, `${ws}/surname`, `${ws}/name`],
      ['email', 'firstName', 'lastName', 'displayName'],
    ];
    for (const names of dialects) {
      const values = [['ann@aurora.example'], ['Ann'], ['Lee'], ['Ann Lee']];
      expect(profileOf('SAML', Object.fromEntries(names.map((name, i) => [name, values[i] ?? []])))).toEqual(ann);
    }
  });

  it('take the standard claims of OpenID Connect, and nothing where there is none', () => {
    const claims = { email: 'ann@aurora.example', given_name: 'Ann', family_name: 'Lee', name: 'Ann Lee' };
    expect(profileOf('OIDC', { ...claims, email_verified: true })).toEqual({ ...ann, emailVerified: [true] });
    expect(profileOf('OIDC', {})).toEqual({});
    expect(profileOf('SAML', {})).toEqual({});
  });
});

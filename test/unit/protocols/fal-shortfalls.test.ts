/** Which identifiers tell who the person is, and which assertions were made for more than one audience. */
import type { AssertedSubject, ClaimValue } from '../../../src/login/contracts.js';
import { falShortfallsOf } from '../../../src/protocols/fal-shortfalls.rules.js';
import { assertionFacts } from '../../../src/protocols/oidc/upstream-facts.rules.js';

const SUBJECT_ID = 'urn:oasis:names:tc:SAML:attribute:subject-id';
const PAIRWISE_ID = 'urn:oasis:names:tc:SAML:attribute:pairwise-id';
const MAIL = 'urn:oid:0.9.2342.19200300.100.1.3';
const saml1 = (name: string) => `urn:oasis:names:tc:SAML:1.1:nameid-format:${name}`;
const saml2 = (name: string) => `urn:oasis:names:tc:SAML:2.0:nameid-format:${name}`;

/** Source, value and format. */
type Identifier = readonly [string, string, string?];

function shortfalls([source, value, format]: Identifier, claims: Readonly<Record<string, ClaimValue>> = {}) {
  const subject: AssertedSubject = {
    source,
    value,
    format: format ?? null,
    nameQualifier: null,
    spNameQualifier: null,
  };
  return falShortfallsOf({ subject, claims }, { isForUsAlone: true, algorithmExceptions: [] });
}

describe('an identifier that tells nobody who the person is', () => {
  it.each<[Identifier]>([
    [['NAME_ID', 'a7c1f0e2', saml2('persistent')]],
    [['NAME_ID', 'a7c1f0e2@aurora.example', saml2('persistent')]],
    [['NAME_ID', 'a7c1f0e2', saml1('unspecified')]],
    [[SUBJECT_ID, 'a7c1f0e2@aurora.example']],
    [[PAIRWISE_ID, 'mzxw6ytboi@aurora.example']],
    [['SUB', '248289761001']],
    [['SUB', '@248289761001']],
    [['oid', '5f0e9c1e-9d0a-4b0e-8f5e-1f1d2b7c9a10']],
  ])('is %j [N6]', (subject) => {
    expect(
      shortfalls(subject, {
        email: 'ada@aurora.example',
        [MAIL]: ['ada@aurora.example'],
        uid: ['ada'],
      }),
    ).toEqual([]);
  });
});

describe('an identifier that can be read', () => {
  it.each<[Identifier]>([
    [['NAME_ID', 'opaque', saml1('emailAddress')]],
    [['NAME_ID', 'opaque', saml1('X509SubjectName')]],
    [['NAME_ID', 'opaque', saml1('WindowsDomainQualifiedName')]],
    [['NAME_ID', 'opaque', saml2('kerberos')]],
    [['NAME_ID', 'ada@aurora.example', saml1('unspecified')]],
    [['NAME_ID', '"a@b"@aurora.example', saml1('unspecified')]],
    [['NAME_ID', 'AURORA\\ada', saml1('unspecified')]],
    [[MAIL, 'opaque']],
    [['urn:oid:1.3.6.1.4.1.5923.1.1.1.6', 'ada@aurora.example']],
    [['email', 'ada@aurora.example']],
    [['preferred_username', 'ada']],
    [['upn', 'ada']],
    [['SUB', 'ada@aurora.example']],
    [['SUB', 'ADA@AURORA.EXAMPLE']],
    [['employee', 'ada@aurora.example']],
  ])('is %j [N6]', (subject) => {
    expect(shortfalls(subject)).toEqual(['READABLE_IDENTIFIER']);
  });

  it.each<readonly [Identifier, Readonly<Record<string, ClaimValue>>]>([
    [
      ['NAME_ID', 'ada@aurora.example', saml2('persistent')],
      { [MAIL]: ['other@aurora.example', 'Ada@Aurora.example'] },
    ],
    [[SUBJECT_ID, 'ada@aurora.example'], { mail: ['ada@aurora.example'] }],
    [['NAME_ID', 'ada', saml1('unspecified')], { uid: ['ada'] }],
    [['SUB', 'ada'], { preferred_username: 'ada' }],
  ])('is %j beside the claims %j, which say it in clear [N6]', (subject, claims) => {
    expect(shortfalls(subject, claims)).toEqual(['READABLE_IDENTIFIER']);
  });
});

describe('the audience of an ID token', () => {
  const config = {
    kind: 'OIDC',
    partnerId: 'p',
    identityProviderId: 'i',
    issuer: 'https://idp.example',
    metadata: {},
    clientId: 'hub',
    clientSecret: 's',
    tokenEndpointAuthMethod: 'client_secret_basic',
    scopes: [],
    redirectUri: 'https://hub.example/callback',
    idTokenAlgorithms: ['RS256'],
    allowedTenants: [],
    subjectSource: { kind: 'SUB' },
    clockSkewSeconds: 0,
    fetchUserInfo: false,
  } as const;

  it.each([
    ['hub', []],
    [['hub'], []],
    [['hub', 'hub'], []],
    [['hub', 'another'], ['SHARED_AUDIENCE']],
    [['another', 'hub'], ['SHARED_AUDIENCE']],
    [[], ['SHARED_AUDIENCE']],
  ])('%j keeps it from FAL2 by %j [N6]', (aud, expected) => {
    const claims = { iss: config.issuer, sub: '248289761001', aud, iat: 1_900_000_000, exp: 1_900_000_300 };
    const facts = assertionFacts(config, 'token', claims, null);
    expect(facts.ok && facts.value.falShortfalls).toEqual(expected);
  });
});

import { assertionFacts } from '../../../src/protocols/saml/facts.rules.js';
import { BEARER, ns } from '../../../src/protocols/saml/names.rules.js';
import {
  ACS,
  aMessage,
  at,
  attribute,
  audience,
  authnStatement,
  conditions,
  confirmation,
  el,
  IDP,
  issuer,
  minutes,
  nameId,
  type Parts,
  REQUEST,
  SKEW_SECONDS,
  SP,
  subject,
} from './message.js';

const skew = SKEW_SECONDS * 1000;
const day = minutes(24 * 60);

/** `ACCEPTED`, or the code of the refusal. */
function verdict(parts: Parts): string {
  const facts = assertionFacts(aMessage(parts));
  return facts.ok ? 'ACCEPTED' : facts.refusal.code;
}

function factsOf(parts: Parts = {}) {
  const facts = assertionFacts(aMessage(parts));
  if (!facts.ok) throw new Error(`${facts.refusal.code}: ${facts.refusal.detail}`);
  return facts.value;
}

const confirmed = (...confirmations: ReturnType<typeof confirmation>[]) => ({
  subject: [subject(nameId(), ...confirmations)],
});

describe('an honest message', () => {
  it('becomes facts about one person, remembered until no check would take it any more', () => {
    expect(factsOf({ attributes: [attribute('mail', 'ada@aurora.example')] })).toEqual({
      protocol: 'SAML',
      partnerId: '01890000-0000-7000-8000-000000000001',
      identityProviderId: '01890000-0000-7000-8000-000000000002',
      issuer: IDP,
      assertionId: '_a1',
      replayUntil: at(minutes(5) + skew),
      issuedAt: at(0),
      subject: {
        source: 'NAME_ID',
        value: 'person-1',
        format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
        nameQualifier: null,
        spNameQualifier: null,
      },
      claims: { mail: ['ada@aurora.example'] },
      authentication: {
        authenticatedAt: at(0),
        acr: 'urn:class',
        amr: [],
        sessionIndex: '_s1',
        sessionExpiresAt: null,
      },
      falShortfalls: [],
      sessionSubject: {
        value: 'person-1',
        format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
        nameQualifier: null,
      },
      digest: 'd'.repeat(64),
    });
  });

  it('is remembered for no longer than the longest validity, whatever another confirmation says [S37] [L33]', () => {
    const forever = confirmation({ NotOnOrAfter: '9999-12-31T23:59:59Z' });
    expect(factsOf(confirmed(confirmation(), forever)).replayUntil).toBe(at(day + 2 * skew));
  });
});

describe('issuer', () => {
  it.each<[string, Parts, string]>([
    ['another IdP in the assertion', { issuer: [issuer('https://idp.borealis.example/saml')] }, 'SAML_ISSUER'],
    ['another IdP in the response', { responseIssuer: [issuer('https://idp.borealis.example/saml')] }, 'SAML_ISSUER'],
    ['a longer name with ours before it', { issuer: [issuer(`${IDP}/evil`)] }, 'SAML_ISSUER'],
    ['another case', { issuer: [issuer(IDP.toUpperCase())] }, 'SAML_ISSUER'],
    ['white space around it', { issuer: [issuer(` ${IDP} `)] }, 'SAML_ISSUER'],
    ['none in the assertion', { issuer: [] }, 'SAML_ISSUER'],
    ['two in the assertion', { issuer: [issuer(), issuer()] }, 'SAML_ISSUER'],
    [
      'another format',
      { issuer: [issuer(IDP, { Format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent' })] },
      'SAML_ISSUER',
    ],
    [
      'the format of entities',
      { issuer: [issuer(IDP, { Format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity' })] },
      'ACCEPTED',
    ],
    ['none in a response that is not signed', { responseIssuer: [] }, 'ACCEPTED'],
    ['none in a signed response', { responseIssuer: [], responseIsSigned: true }, 'SAML_ISSUER'],
    ['none around an encrypted assertion', { responseIssuer: [], wasEncrypted: true }, 'SAML_ISSUER'],
  ])('%s [S41] [L24]', (_name, parts, expected) => expect(verdict(parts)).toBe(expected));
});

const otherAddresses: readonly [string, string][] = [
  ['another partner', 'https://hub.example/federation/saml/borealis.main/acs'],
  ['another host', 'https://hub.example.evil.test/federation/saml/aurora.main/acs'],
  ['another port', 'https://hub.example:8443/federation/saml/aurora.main/acs'],
  ['the default port written out', 'https://hub.example:443/federation/saml/aurora.main/acs'],
  ['http', ACS.replace('https:', 'http:')],
  ['a slash at the end', `${ACS}/`],
  ['a query', `${ACS}?x=1`],
  ['a fragment', `${ACS}#x`],
  ['upper case', ACS.toUpperCase()],
  ['an escaped letter', ACS.replace('acs', '%61cs')],
  ['white space', ` ${ACS}`],
  ['nothing at all', ''],
];

describe('destination and recipient', () => {
  it.each(otherAddresses)('refuses %s as Destination [S33] [L25]', (_name, Destination) => {
    expect(verdict({ responseAttributes: { Destination } })).toBe('SAML_DESTINATION');
    expect(verdict({ responseAttributes: { Destination }, responseIsSigned: true })).toBe('SAML_DESTINATION');
  });

  it.each(otherAddresses)('refuses %s as Recipient [S33] [L26]', (_name, Recipient) => {
    expect(verdict(confirmed(confirmation({ Recipient })))).toBe('SAML_RECIPIENT');
  });

  it('demands a Destination of a signed response, and a Recipient always [S33] [L25] [L26]', () => {
    expect(verdict({ responseAttributes: { Destination: null } })).toBe('ACCEPTED');
    expect(verdict({ responseAttributes: { Destination: null }, responseIsSigned: true })).toBe('SAML_DESTINATION');
    expect(verdict(confirmed(confirmation({ Recipient: null })))).toBe('SAML_RECIPIENT');
  });
});

describe('the request that is answered', () => {
  it.each<[string, Parts, string]>([
    ['another one in the response', { responseAttributes: { InResponseTo: '_other' } }, 'SAML_IRT'],
    ['none in the response', { responseAttributes: { InResponseTo: null } }, 'SAML_IRT'],
    ['another one in the confirmation', confirmed(confirmation({ InResponseTo: '_other' })), 'SAML_IRT'],
    ['none in the confirmation', confirmed(confirmation({ InResponseTo: null })), 'SAML_IRT'],
    ['an empty one', confirmed(confirmation({ InResponseTo: '' })), 'SAML_IRT'],
    ['the right one with a space', confirmed(confirmation({ InResponseTo: `${REQUEST} ` })), 'SAML_IRT'],
  ])('%s [S34] [L27]', (_name, parts, expected) => expect(verdict(parts)).toBe(expected));
});

describe('subject confirmation', () => {
  const forEntity = (named: ReturnType<typeof nameId>) =>
    el('saml:SubjectConfirmation', { Method: BEARER }, [named, ...confirmation().children]);
  const HOLDER = 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key';
  it.each<[string, Parts, string]>([
    ['expired while the conditions hold', confirmed(confirmation({ NotOnOrAfter: at(-skew) })), 'SAML_SUBJECT_CONF'],
    ['the last millisecond with skew', confirmed(confirmation({ NotOnOrAfter: at(1 - skew) })), 'ACCEPTED'],
    ['without an end', confirmed(confirmation({ NotOnOrAfter: null })), 'SAML_SUBJECT_CONF'],
    ['with an end that is no instant', confirmed(confirmation({ NotOnOrAfter: 'tomorrow' })), 'SAML_SUBJECT_CONF'],
    ['that never ends', confirmed(confirmation({ NotOnOrAfter: '9999-12-31T23:59:59Z' })), 'SAML_SUBJECT_CONF'],
    ['with NotBefore', confirmed(confirmation({ NotBefore: at(-minutes(5)) })), 'SAML_SUBJECT_CONF'],
    ['of another method', confirmed(confirmation({}, HOLDER)), 'SAML_SUBJECT_CONF'],
    ['missing', confirmed(), 'SAML_SUBJECT_CONF'],
    [
      'without data',
      confirmed(el('saml:SubjectConfirmation', { Method: 'urn:oasis:names:tc:SAML:2.0:cm:bearer' })),
      'SAML_SUBJECT_CONF',
    ],
    ['that repeats the subject', { subject: [subject(nameId(), forEntity(nameId()))] }, 'ACCEPTED'],
    ['for another entity', { subject: [subject(nameId(), forEntity(nameId('delegate')))] }, 'SAML_SUBJECT_CONF'],
    [
      'for the same name under another qualifier',
      { subject: [subject(nameId(), forEntity(nameId('person-1', { NameQualifier: 'urn:other' })))] },
      'SAML_SUBJECT_CONF',
    ],
    [
      'for an entity that is not named in clear',
      { subject: [subject(nameId(), forEntity(el('saml:EncryptedID')))] },
      'SAML_SUBJECT_CONF',
    ],
    [
      'for another entity, and one for the bearer',
      { subject: [subject(nameId(), forEntity(nameId('delegate')), confirmation())] },
      'ACCEPTED',
    ],
    [
      'that demands a key',
      confirmed(
        el('saml:SubjectConfirmation', { Method: BEARER }, [
          el('saml:SubjectConfirmationData', { Recipient: ACS, InResponseTo: REQUEST, NotOnOrAfter: at(minutes(5)) }, [
            { ...el('saml:KeyInfo'), namespace: ns.xmldsig },
          ]),
        ]),
      ),
      'SAML_SUBJECT_CONF',
    ],
    ['two, the second good', confirmed(confirmation({ Recipient: `${ACS}/` }), confirmation()), 'ACCEPTED'],
    ['two of other methods and one good', confirmed(confirmation({}, HOLDER), confirmation()), 'ACCEPTED'],
    [
      'two that would only hold together',
      confirmed(confirmation({ Recipient: `${ACS}/` }), confirmation({ InResponseTo: '_other' })),
      'SAML_RECIPIENT',
    ],
  ])('%s [S36] [L26]', (_name, parts, expected) => expect(verdict(parts)).toBe(expected));
});

describe('audience', () => {
  const restricted = (...restrictions: ReturnType<typeof audience>[]) => ({
    conditions: [conditions({}, restrictions)],
  });
  it.each<[string, Parts, string]>([
    ['none', restricted(), 'SAML_AUDIENCE'],
    ['another', restricted(audience('https://other.example')), 'SAML_AUDIENCE'],
    ['an empty restriction', restricted(audience()), 'SAML_AUDIENCE'],
    ['several in one restriction, ours among them', restricted(audience('https://other.example', SP)), 'ACCEPTED'],
    ['two restrictions, one without us', restricted(audience(SP), audience('https://other.example')), 'SAML_AUDIENCE'],
    ['two restrictions, both with us', restricted(audience(SP), audience(SP, 'x')), 'ACCEPTED'],
    ['a longer name', restricted(audience(`${SP}/x`)), 'SAML_AUDIENCE'],
    ['a shorter name', restricted(audience(SP.slice(0, -1))), 'SAML_AUDIENCE'],
    ['another case', restricted(audience(SP.toUpperCase())), 'SAML_AUDIENCE'],
    ['both names in one element', restricted(audience(`https://other.example ${SP}`)), 'SAML_AUDIENCE'],
  ])('%s [S32] [L29]', (_name, parts, expected) => expect(verdict(parts)).toBe(expected));
});

describe('conditions', () => {
  const timed = (attributes: Parameters<typeof conditions>[0]) => ({ conditions: [conditions(attributes)] });
  it.each<[string, Parts, string]>([
    ['begins in the skew', timed({ NotBefore: at(skew) }), 'ACCEPTED'],
    ['begins a millisecond after the skew', timed({ NotBefore: at(skew + 1) }), 'SAML_TIME'],
    ['ended a millisecond inside the skew', timed({ NotOnOrAfter: at(1 - skew) }), 'ACCEPTED'],
    ['ended at the skew', timed({ NotOnOrAfter: at(-skew) }), 'SAML_TIME'],
    ['has no beginning', timed({ NotBefore: null }), 'ACCEPTED'],
    ['has no end', timed({ NotOnOrAfter: null }), 'SAML_TIME'],
    ['has an empty end', timed({ NotOnOrAfter: '' }), 'SAML_TIME'],
    ['is malformed', timed({ NotBefore: 'yesterday' }), 'SAML_TIME'],
    ['has a zone offset', timed({ NotOnOrAfter: '2031-05-06T09:13:09+02:00' }), 'SAML_TIME'],
    ['has no zone', timed({ NotOnOrAfter: '2031-05-06T07:13:09' }), 'SAML_TIME'],
    ['is on the 31st of April', timed({ NotBefore: '2031-04-31T00:00:00Z' }), 'SAML_TIME'],
    ['has a 24th hour', timed({ NotBefore: '2031-05-05T24:00:00Z' }), 'SAML_TIME'],
    ['has digits beyond milliseconds', timed({ NotOnOrAfter: '2031-05-06T07:13:09.1234567Z' }), 'ACCEPTED'],
    ['ends in the year 9999', timed({ NotOnOrAfter: '9999-12-31T23:59:59Z' }), 'SAML_TIME'],
    ['ends before it begins', timed({ NotBefore: at(60), NotOnOrAfter: at(59) }), 'SAML_TIME'],
    ['is missing', { conditions: [] }, 'SAML_AUDIENCE'],
    ['is there twice', { conditions: [conditions(), conditions()] }, 'SAML_TIME'],
  ])('a validity that %s [S35] [L30] [L35]', (_name, parts, expected) => expect(verdict(parts)).toBe(expected));

  const with1 = (...more: ReturnType<typeof el>[]) => ({ conditions: [conditions({}, [audience(SP), ...more])] });
  const proxy = (attributes: Parameters<typeof el>[1], ...content: ReturnType<typeof el>[]) =>
    with1(el('saml:ProxyRestriction', attributes, content));
  it.each<[string, Parts, string]>([
    ['OneTimeUse', with1(el('saml:OneTimeUse')), 'ACCEPTED'],
    ['OneTimeUse twice', with1(el('saml:OneTimeUse'), el('saml:OneTimeUse')), 'SAML_CONDITION'],
    ['an unknown condition', with1(el('saml:Condition', { '{xsi}type': 'x:Moon' })), 'SAML_CONDITION'],
    ['OneTimeUse of another namespace', with1(el('urn:x:OneTimeUse')), 'SAML_CONDITION'],
    ['a proxy count of one', proxy({ Count: '1' }), 'ACCEPTED'],
    ['a proxy count of zero', proxy({ Count: '0' }), 'SAML_CONDITION'],
    ['a proxy count that is no number', proxy({ Count: '-1' }), 'SAML_CONDITION'],
    ['a restriction to named audiences', proxy({}, el('saml:Audience', {}, 'https://rp.example')), 'SAML_CONDITION'],
  ])('%s [S35] [L34]', (_name, parts, expected) => expect(verdict(parts)).toBe(expected));
});

describe('the instants of issue and of authentication', () => {
  const requested = -minutes(1);
  it.each<[string, Parts, string]>([
    [
      'an assertion from before the request',
      { assertionAttributes: { IssueInstant: at(requested - skew - 1) } },
      'SAML_TIME',
    ],
    [
      'an assertion from the moment of the request',
      { assertionAttributes: { IssueInstant: at(requested - skew) } },
      'ACCEPTED',
    ],
    [
      'a response from before the request',
      { responseAttributes: { IssueInstant: at(requested - skew - 1) } },
      'SAML_TIME',
    ],
    ['an assertion of the future', { assertionAttributes: { IssueInstant: at(skew + 1) } }, 'SAML_TIME'],
    ['an assertion without instant', { assertionAttributes: { IssueInstant: null } }, 'SAML_TIME'],
    ['no authentication', { statements: [] }, 'SAML_AUTHN'],
    ['an authentication of the future', { statements: [authnStatement({ AuthnInstant: at(skew + 1) })] }, 'SAML_TIME'],
    ['an authentication without instant', { statements: [authnStatement({ AuthnInstant: null })] }, 'SAML_TIME'],
    ['an old authentication', { statements: [authnStatement({ AuthnInstant: at(-day) })] }, 'ACCEPTED'],
    [
      'an old authentication where a new one was demanded',
      { statements: [authnStatement({ AuthnInstant: at(-day) })], forceAuthn: true },
      'SAML_AUTHN',
    ],
    ['a new authentication where one was demanded', { forceAuthn: true }, 'ACCEPTED'],
    [
      'an old statement hidden behind a new one',
      { statements: [authnStatement(), authnStatement({ AuthnInstant: at(-day) })], forceAuthn: true },
      'SAML_AUTHN',
    ],
    [
      'several sessions, of which a logout could end one only',
      { statements: [authnStatement(), authnStatement({ SessionIndex: '_s2' })] },
      'SAML_AUTHN',
    ],
    ['one session that is stated twice', { statements: [authnStatement(), authnStatement()] }, 'ACCEPTED'],
    [
      'one session, and a statement without',
      { statements: [authnStatement({ SessionIndex: null }), authnStatement()] },
      'ACCEPTED',
    ],
    [
      'no session, from an identity provider that has single logout',
      { statements: [authnStatement({ SessionIndex: null })], config: { sloResponseUrl: 'https://idp.example/slo' } },
      'SAML_AUTHN',
    ],
    ['no session, from one that has none', { statements: [authnStatement({ SessionIndex: null })] }, 'ACCEPTED'],
    ['a session that is over', { statements: [authnStatement({ SessionNotOnOrAfter: at(-skew) })] }, 'SAML_TIME'],
    [
      'a session of the other side for a year',
      { statements: [authnStatement({ SessionNotOnOrAfter: at(365 * day) })] },
      'ACCEPTED',
    ],
    ['another class than was asked for', { config: { requestedAuthnContext: ['urn:strong'] } }, 'SAML_AUTHN'],
    ['the class that was asked for', { config: { requestedAuthnContext: ['urn:strong', 'urn:class'] } }, 'ACCEPTED'],
    ['no context', { statements: [el('saml:AuthnStatement', { AuthnInstant: at(0) })] }, 'SAML_AUTHN'],
  ])('%s [S35] [L31] [L32]', (_name, parts, expected) => expect(verdict(parts)).toBe(expected));

  it('takes the oldest of several authentications, and no class where they disagree [L31]', () => {
    const statements = [
      authnStatement({ AuthnInstant: at(-5), SessionNotOnOrAfter: at(day) }),
      authnStatement({}, 'urn:other'),
    ];
    expect(factsOf({ statements }).authentication).toEqual({
      authenticatedAt: at(-5),
      acr: null,
      amr: [],
      sessionIndex: '_s1',
      sessionExpiresAt: at(day),
    });
  });
});

describe('the subject', () => {
  const named = (...names: ReturnType<typeof nameId>[]) => ({ subject: [subject(...names, confirmation())] });
  const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
  const EMAIL = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
  it.each<[string, Parts, string]>([
    ['empty', named(nameId('')), 'SAML_NAMEID'],
    ['white space', named(nameId('  ')), 'SAML_NAMEID'],
    ['white space before it', named(nameId(' person-1')), 'SAML_NAMEID'],
    ['a line break after it', named(nameId('person-1\n')), 'SAML_NAMEID'],
    ['a zero-width space inside', named(nameId('per\u200bson')), 'SAML_NAMEID'],
    ['a change of direction inside', named(nameId('per\u202eson')), 'SAML_NAMEID'],
    ['a control character inside', named(nameId('per\u0007son')), 'SAML_NAMEID'],
    ['an element inside', named(el('saml:NameID', {}, [el('saml:x', {}, 'person-1')])), 'SAML_NAMEID'],
    ['longer than a persistent one may be', named(nameId('p'.repeat(257))), 'SAML_NAMEID'],
    ['transient', named(nameId('p', { Format: TRANSIENT })), 'SUBJECT_TRANSIENT'],
    ['an entity', named(nameId('p', { Format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity' })), 'SAML_NAMEID'],
    ['for another service provider', named(nameId('p', { SPNameQualifier: 'https://other.example' })), 'SAML_NAMEID'],
    ['for us', named(nameId('p', { SPNameQualifier: SP })), 'ACCEPTED'],
    ['in another format than was asked for', { config: { nameIdFormat: EMAIL } }, 'SAML_NAMEID'],
    ['missing', named(), 'SUBJECT_MISSING'],
    ['there twice', named(nameId(), nameId()), 'SAML_NAMEID'],
    ['encrypted by itself', named(el('saml:EncryptedID')), 'SAML_NAMEID'],
    ['a BaseID', named(el('saml:BaseID')), 'SAML_NAMEID'],
    ['about nobody', { subject: [] }, 'SAML_SUBJECT_CONF'],
  ])('a NameID that is %s [S43] [L36]', (_name, parts, expected) => expect(verdict(parts)).toBe(expected));

  it('keeps apart what differs in case, normal form, look, format or qualifier [S43] [L36]', () => {
    const subjects = [
      nameId('ada@aurora.example'),
      nameId('Ada@aurora.example'),
      nameId('ad\u0430@aurora.example'),
      nameId('\u00e5da'),
      nameId('a\u030ada'),
      nameId('ada@aurora.example', { Format: EMAIL }),
      nameId('ada@aurora.example', { Format: null }),
      nameId('ada@aurora.example', { NameQualifier: 'https://proxied.example' }),
    ].map((one) => JSON.stringify(factsOf(named(one)).subject));
    expect(new Set(subjects).size).toBe(subjects.length);
  });

  it('holds together what only says the default out loud [S43]', () => {
    const unspecified = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';
    const [plain, qualified] = [nameId(), nameId('person-1', { NameQualifier: IDP, SPNameQualifier: SP })];
    expect(factsOf(named(qualified)).subject).toEqual(factsOf(named(plain)).subject);
    const [silent, spoken] = [nameId('p', { Format: null }), nameId('p', { Format: unspecified })];
    expect(factsOf(named(silent)).subject).toEqual(factsOf(named(spoken)).subject);
  });

  const name = 'urn:oasis:names:tc:SAML:attribute:subject-id';
  const byClaim = (...values: string[]): Parts => ({
    config: { subjectSource: { kind: 'CLAIM', name } },
    subject: [subject(nameId('t', { Format: TRANSIENT }), confirmation())],
    attributes: values.map((value) => attribute(name, value)),
  });
  it.each<[string, Parts, string]>([
    ['is missing', byClaim(), 'SUBJECT_MISSING'],
    ['has two values', byClaim('a@aurora.example', 'b@aurora.example'), 'SAML_NAMEID'],
    ['has no scope', byClaim('ada'), 'SAML_NAMEID'],
    ['has two scopes', byClaim('a@b@aurora.example'), 'SAML_NAMEID'],
    ['hides a line break', byClaim('a@aurora.example\n'), 'SAML_NAMEID'],
    ['is one of its profile', byClaim('ada=x@aurora.example'), 'ACCEPTED'],
  ])('a subject-id that %s [S43]', (_name, parts, expected) => expect(verdict(parts)).toBe(expected));

  it('reads a subject-id in either case as the same person, beside a transient NameID [S43]', () => {
    expect(factsOf(byClaim('ADA@Aurora.example')).subject).toEqual({
      source: name,
      value: 'ada@aurora.example',
      format: null,
      nameQualifier: null,
      spNameQualifier: null,
    });
  });
});

describe('attributes', () => {
  const claimsOf = (...attributes: ReturnType<typeof attribute>[]) => factsOf({ attributes }).claims;

  it('joins attributes of one name in document order [S44] [L37]', () => {
    expect(claimsOf(attribute('role', 'a', 'b'), attribute('mail', 'm'), attribute('role', 'c'))).toEqual({
      role: ['a', 'b', 'c'],
      mail: ['m'],
    });
  });

  it('takes nothing that is no text, and no attribute without values [S44] [L37]', () => {
    const nil = el('saml:AttributeValue', { '{http://www.w3.org/2001/XMLSchema-instance}nil': 'true' }, 'x');
    const nested = el('saml:AttributeValue', {}, [el('saml:NameID', {}, 'targeted')]);
    expect(claimsOf(attribute('a', nil, nested, ''), attribute('b'), attribute('c', nested, 'kept'))).toEqual({
      c: ['kept'],
    });
  });

  it('reads the names of a prototype as names and touches none [S44] [L37]', () => {
    const claims = claimsOf(attribute('__proto__', 'p'), attribute('constructor', 'c'), attribute('toString', 't'));
    expect(Object.keys(claims)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(JSON.parse(JSON.stringify(claims))).toEqual(
      JSON.parse('{"__proto__":["p"],"constructor":["c"],"toString":["t"]}'),
    );
    expect(Object.getPrototypeOf(claims)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each<[string, Parts['attributes'], string]>([
    [
      'ten thousand values',
      [attribute('a', ...Array.from({ length: 10_000 }, (_, index) => `v${index}`))],
      'SAML_XML_LIMIT',
    ],
    [
      'six hundred attributes',
      Array.from({ length: 600 }, (_, index) => attribute(`a${index}`, 'v')),
      'SAML_XML_LIMIT',
    ],
    ['an attribute without a name', [attribute('', 'v')], 'SAML_SCHEMA'],
    ['an attribute with an endless name', [attribute('n'.repeat(513), 'v')], 'SAML_SCHEMA'],
    ['an attribute encrypted by itself', [el('saml:EncryptedAttribute')], 'SAML_SCHEMA'],
  ])('refuses %s [S44] [L37]', (_name, attributes, expected) => expect(verdict({ attributes })).toBe(expected));
});

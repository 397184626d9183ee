/** Messages that are broken, foreign or of the wrong kind, and the person in them. Wrapping and signatures: xml/. */
import { readFileSync } from 'node:fs';
import { IdentityProviderKey } from '../../../src/identity-providers/identity-provider.entity.js';
import { raisePartnerEpoch } from '../../../src/persistence/policy-epoch.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { makeSamlKey } from '../../support/saml-keys.js';
import { UserAgent } from '../../support/user-agent.js';
import { type Harness, startHarness, withFields } from './harness.js';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const MAIL = 'urn:oid:0.9.2342.19200300.100.1.3';

describe('a message that is not what it must be', () => {
  it('is refused where it was changed after it was signed', async () => {
    await harness.refuses('SAML_SIG_INVALID', { tamper: (xml) => xml.replace('>Ada<', '>Eve<') });
  });

  it('is refused where nobody signed it', async () => {
    await harness.refuses('SAML_SIG_MISSING', { sign: 'none' });
  });

  it('is refused with a document type, before anything is looked up', async () => {
    const started = performance.now();
    await harness.refuses('SAML_XML_DTD', {
      tamper: (xml) => `<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:1/e">]>${xml}`,
    });
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('is refused where it says that the IdP did not sign the person in', async () => {
    await harness.refuses('SAML_STATUS', {
      sign: 'response',
      response: () => ({ status: ['Responder', 'AuthnFailed'], withoutAssertion: true }),
    });
    await harness.refuses('SAML_STATUS', {
      sign: 'none',
      response: () => ({ status: ['Requester', 'NoPassive'], withoutAssertion: true }),
    });
  });

  it('is refused where a success hides a failure, or where it states nothing [S54]', async () => {
    await harness.refuses('SAML_STATUS', {
      sign: 'response',
      response: () => ({ status: ['Success', 'AuthnFailed'] }),
    });
    await harness.refuses('SAML_STATUS', { sign: 'response', response: () => ({ status: [] }) });
  });

  it.each([
    ['SAML 1.1', (xml: string) => xml.replace(' Version="2.0"', ' Version="1.1"')],
    ['a request', (xml: string) => xml.replaceAll('samlp:Response', 'samlp:AuthnRequest')],
    ['a logout response', (xml: string) => xml.replaceAll('samlp:Response', 'samlp:LogoutResponse')],
    [
      'SOAP',
      (xml: string) =>
        `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${xml}</s:Body></s:Envelope>`,
    ],
  ])('is refused as %s [S51]', async (_name, tamper) => {
    await harness.refuses('SAML_PROTOCOL', { tamper });
  });

  it('is refused as something that is no XML, or no base64 [S51]', async () => {
    await harness.refuses('SAML_MALFORMED', { tamper: () => 'not XML at all' });
    const form = (answer: Parameters<typeof withFields>[0]) => withFields(answer, { SAMLResponse: 'not*base64*' });
    await harness.refuses('SAML_MALFORMED', { form });
  });

  it.each(['SAMLRequest', 'SAMLart', 'Signature'])('is refused with %s beside it [S48]', async (name) => {
    await harness.refuses('SAML_BINDING', { form: (answer) => withFields(answer, { [name]: 'AAAA' }) });
  });

  it('is refused with the message in the query as well [S48] [S52] [N54]', async () => {
    await harness.refuses('SAML_BINDING', {
      form: (answer) => ({ ...answer, action: `${answer.action}?SAMLResponse=AAAA` }),
    });
  });
});

describe('a key of the IdP', () => {
  it('signs no more once its certificate has ended, pinned as it is [S30]', async () => {
    const ended = await makeSamlKey({ notAfter: new Date(Date.now() - 60_000) });
    const { db, aurora } = harness;
    const pin = ({ certificatePem }: { readonly certificatePem: string }) =>
      db.uow.write(hubScope, async (tx) => {
        await tx.em.nativeUpdate(IdentityProviderKey, { partnerId: aurora.id }, { certificatePem });
        await raisePartnerEpoch(tx, aurora.id);
      });
    await pin(ended);
    const at = await harness.begin();
    harness.idp.set({ response: () => ({ signing: { key: ended } }) });
    const answer = harness.idp.answer(at.received);
    harness.idp.reset();
    await harness.refusesPost('SAML_CERT_REFUSED', at.agent, answer);
    await pin(harness.idp.key);
    await harness.accepts({ nameId: 'renewed', attributes: { [MAIL]: ['renewed@aurora.example'] } });
  });
});

describe('a request to the address of responses', () => {
  const acs = () => `${harness.hub.url}/federation/saml/${harness.aurora.address}/acs`;
  const send = async (init: RequestInit & { readonly url?: string }) => {
    const url = init.url ?? acs();
    const response = await fetch(url, { redirect: 'manual', ...init });
    return { url, status: response.status, headers: response.headers, body: await response.text() };
  };
  const form = 'application/x-www-form-urlencoded';

  it.each(['GET', 'PUT', 'DELETE'])('is refused by %s [S52] [L9] [N54]', async (method) => {
    await harness.refusesVisit('METHOD_NOT_ALLOWED', () => send({ method }));
  });

  it.each(['application/json', 'text/xml', 'multipart/form-data; boundary=x', 'text/plain'])(
    'is refused as %s [S52]',
    async (type) => {
      await harness.refusesVisit('MEDIA_TYPE', () =>
        send({ method: 'POST', headers: { 'content-type': type }, body: 'x' }),
      );
    },
  );

  it('is refused where it is larger than any response', async () => {
    const body = `SAMLResponse=${'A'.repeat(600 * 1024)}`;
    await harness.refusesVisit('SAML_TOO_LARGE', () =>
      send({ method: 'POST', headers: { 'content-type': form }, body }),
    );
    const almost = 'A'.repeat(514 * 1024);
    await harness.refuses('SAML_TOO_LARGE', {
      form: (answer) => withFields(answer, { SAMLResponse: almost.slice(0, 513 * 1024 - 300) }),
    });
  });

  it('is refused for an IdP that nobody knows', async () => {
    const url = `${harness.hub.url}/federation/saml/aurora.none/acs`;
    const { answer } = await harness.begin();
    const body = new URLSearchParams(answer.fields).toString();
    await harness.refusesVisit('IDP_UNKNOWN', () =>
      send({ url, method: 'POST', headers: { 'content-type': form }, body }),
    );
  });

  it('is not turned into another method by a header or a field [S52]', async () => {
    const { agent, answer } = await harness.begin();
    const visit = await agent.post(answer.action, { ...answer.fields, _method: 'DELETE' }, true);
    expect(visit.status).toBe(303);
  });
});

describe('the person in a message', () => {
  it.each([
    ['empty', { nameId: '' }],
    ['nothing but white space', { nameId: '   ' }],
  ])('is refused with a NameID that is %s [S43] [L36]', async (_name, changes) => {
    await harness.refuses('SAML_SCHEMA', changes);
  });

  it.each([
    ['surrounded by white space', { nameId: ' person-1 ' }],
    ['cut by a zero-width character', { nameId: 'per\u200bson' }],
    ['made for another service', { response: () => ({ spNameQualifier: 'https://other.example' }) }],
  ])('is refused with a NameID that is %s [S43]', async (_name, changes) => {
    await harness.refuses('SAML_NAMEID', changes);
  });

  it('is refused with a NameID of one session only', async () => {
    await harness.refuses('SUBJECT_TRANSIENT', { nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' });
    await harness.refuses('SUBJECT_MISSING', { response: () => ({ nameId: null }) });
  });

  it('is another one in another format or case, and then collides instead of being linked [S43]', async () => {
    await harness.accepts({ nameId: 'Collider' });
    await harness.refuses('PROVISION_COLLISION', { nameId: 'collider' });
    await harness.refuses('PROVISION_COLLISION', {
      nameId: 'Collider',
      nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
    });
  });

  it('cannot reach a prototype by the names of attributes [S44]', async () => {
    const attributes = Object.fromEntries([
      ['__proto__', ['polluted']],
      ['constructor', ['c']],
      [MAIL, ['proto@aurora.example']],
    ]);
    await harness.accepts({ nameId: 'proto', attributes });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('0');
  });

  it('is refused with more values than any person has [S44]', async () => {
    const attributes = { [MAIL]: ['ada@aurora.example'], groups: Array.from({ length: 4_500 }, (_, n) => `g${n % 9}`) };
    await harness.refuses('SAML_XML_LIMIT', { attributes });
  });

  it('is refused with two addresses where one is wanted [S44]', async () => {
    await harness.refuses('ATTRIBUTE_INVALID', {
      attributes: { [MAIL]: ['ada@aurora.example', 'eve@aurora.example'] },
    });
  });
});

describe('a hub that is tied to one version of samlify', () => {
  it('has one of its fixed parsers and signers in the lockfile [S07] [S16]', () => {
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { version: string }>;
    };
    const versions = (name: string) =>
      Object.entries(lock.packages).flatMap(([path, { version }]) =>
        path.endsWith(`node_modules/${name}`) ? [version.split('.').map(Number)] : [],
      );
    const atLeast = (name: string, least: readonly number[]) =>
      versions(name).every((found) => {
        const index = found.findIndex((part, at) => part !== least[at]);
        return index < 0 || (found[index] ?? 0) > (least[index] ?? 0);
      });
    expect(versions('samlify')).toHaveLength(1);
    expect(atLeast('samlify', [2, 13, 1])).toBe(true);
    expect(atLeast('xml-crypto', [6, 3, 2])).toBe(true);
    expect(atLeast('@xmldom/xmldom', [0, 8, 15])).toBe(true);
  });
});

describe('a browser that never began', () => {
  it('gets the calm page of an unknown sign-in', async () => {
    const { answer } = await harness.begin();
    const RelayState = `local.${'b'.repeat(43)}`;
    await harness.refusesPost('LOGIN_UNKNOWN', new UserAgent(), withFields(answer, { RelayState }));
  });
});

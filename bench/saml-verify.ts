/**
 * `saml.verify.cpu_ms` and `saml.verify.samlify.cpu_ms`: the same response of 6 to 7 kB (RSA-2048, SHA-256, signed
 * assertion), verified by the room `xml/` and by samlify's own verification, in one run.
 */
import { createRequire } from 'node:module';
import { verifyResponse } from '../src/protocols/saml/response.js';
import { makeSamlKey, type SamlTestKey } from '../test/support/saml-keys.js';
import { samlResponse, toFormField } from '../test/support/saml-messages.js';
import { type Bench, cpuPerCall } from './report.js';

const IDP = 'https://idp.aurora.example/saml';
const SP = 'https://hub.example/federation/saml/aurora.main';
const ACS = `${SP}/acs`;
const POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';

export const samlVerifyBench: Bench = {
  name: 'saml.verify',
  run: async () => {
    const now = new Date();
    const key = await makeSamlKey();
    const xml = samlResponse({
      now,
      issuer: IDP,
      destination: ACS,
      audience: SP,
      attributes: attributes(),
      sign: 'assertion',
      signing: { key },
    });
    const bytes = Buffer.from(xml, 'utf8');
    if (bytes.length < 5_500 || bytes.length > 7_500) throw new Error(`the message has ${bytes.length} bytes`);
    const policy = {
      signingCertificates: [key.certificatePem],
      requireSigned: 'ASSERTION',
      requireEncrypted: false,
      decryptionKeys: [],
      algorithmExceptions: [],
      now,
    } as const;
    const verified = verifyResponse(bytes, policy);
    if (!verified.ok) throw new Error(verified.refusal.detail);
    const ours = cpuPerCall(500, () => verifyResponse(bytes, policy));
    const theirs = await samlifyCpu(xml, key);
    return {
      'saml.verify.cpu_ms': ours,
      'saml.verify.samlify.cpu_ms': theirs,
      'saml.verify.samlify.ratio': theirs / ours,
    };
  },
};

function attributes(): Record<string, string[]> {
  const names = ['mail', 'givenName', 'sn', 'displayName', 'department', 'costCenter', 'title', 'employeeNumber'];
  const values = Object.fromEntries(names.map((name) => [name, [`${name} of Ada Lindqvist at Aurora Freight`]]));
  return { ...values, groups: Array.from({ length: 12 }, (_, index) => `urn:aurora:group:application-${index}`) };
}

/** As much of samlify as is measured; its own declarations bring the DOM's types with them. */
interface Samlify {
  setSchemaValidator(validator: { validate(): Promise<string> }): void;
  IdentityProvider(settings: object): object;
  ServiceProvider(settings: object): {
    parseLoginResponse(idp: object, binding: 'post', request: { body: object }): Promise<unknown>;
  };
}

async function samlifyCpu(xml: string, key: SamlTestKey): Promise<number> {
  const samlify = createRequire(import.meta.url)('samlify') as Samlify;
  samlify.setSchemaValidator({ validate: () => Promise.resolve('accepted') });
  const idp = samlify.IdentityProvider({
    entityID: IDP,
    signingCert: key.certificatePem,
    singleSignOnService: [{ Binding: POST, Location: `${IDP}/sso` }],
    singleLogoutService: [{ Binding: POST, Location: `${IDP}/slo` }],
    wantAuthnRequestsSigned: false,
  });
  const sp = samlify.ServiceProvider({
    entityID: SP,
    wantAssertionsSigned: true,
    assertionConsumerService: [{ Binding: POST, Location: ACS }],
  });
  const parse = () => sp.parseLoginResponse(idp, 'post', { body: { SAMLResponse: toFormField(xml) } });
  const calls = 60;
  for (let index = 0; index < calls; index++) await parse();
  const before = process.cpuUsage();
  for (let index = 0; index < calls; index++) await parse();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / calls;
}

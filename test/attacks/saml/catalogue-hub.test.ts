/**
 * One document of the catalogue for each row of the threat table, posted to a whole hub in the middle of a sign-in, and held to
 * the contract of every refusal: constant page, stable code, nothing provisioned, one audit event, nothing of the message in it.
 */
import type { ErrorCode } from '../../../src/shared/error-catalogue.js';
import { makeSamlKey } from '../../support/saml-keys.js';
import { Harness as Verdicts } from '../../support/saml-verdict.js';
import { type AttackDocument, catalogue } from './catalogue/index.js';
import { type Harness, startHarness, withFields } from './harness.js';

let harness: Harness;
let saml: Verdicts;
beforeAll(async () => {
  harness = await startHarness();
  const attacker = await makeSamlKey();
  const hub = { ...attacker, certificatePem: harness.aurora.encryptionCertificate };
  saml = new Verdicts({ idp: harness.idp.key, hub, attacker });
});
afterAll(() => harness.close());

/** The first that the settings of this hub judge as the catalogue says. */
function documentOf(row: string): AttackDocument | undefined {
  return catalogue.find(
    ({ ids, code, policy = {} }) => ids.includes(row) && code !== 'accept' && Object.keys(policy).length === 0,
  );
}

const rows = [...new Set(catalogue.flatMap(({ ids }) => ids))]
  .filter((id) => id.startsWith('S') && documentOf(id) !== undefined)
  .sort();

it.each(rows)('a whole hub refuses it, and keeps the record: [%s]', async (row) => {
  const { code, make } = documentOf(row) as AttackDocument;
  const SAMLResponse = Buffer.from(make(saml)).toString('base64');
  await harness.refuses(code as ErrorCode, { form: (answer) => withFields(answer, { SAMLResponse }) });
});

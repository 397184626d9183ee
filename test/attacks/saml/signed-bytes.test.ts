/** What is read comes from the signed bytes, whatever stands around them. The attacks on that: the catalogue. */
import { Harness, makeKeys, nameId, PERSON } from '../../support/saml-verdict.js';
import { swap } from '../../support/xml-text.js';

let saml: Harness;
beforeAll(async () => {
  saml = new Harness(await makeKeys());
});

it('reads the person from the signed bytes, whatever the unsigned ones around them say [S11] [N53]', () => {
  const original = saml.message('assertion');
  const altered = swap(
    original,
    '<saml:Issuer>https://idp.example/saml</saml:Issuer>',
    '<saml:Issuer>https://evil.example</saml:Issuer>',
  );
  const verified = saml.accepted(altered);
  expect(verified.responseIsSigned).toBe(false);
  expect(nameId(verified.assertion)).toBe(PERSON);
  expect(verified.assertion.children.find((one) => one.localName === 'Issuer')?.text).toBe('https://idp.example/saml');
  expect(verified.envelope.text).not.toContain(PERSON);
});

it('takes the whole element, so that what lies beside the assertion is never part of it [S11] [N53]', () => {
  const verified = saml.accepted(saml.message('both'));
  expect(verified.envelope.children.map((one) => one.localName)).toEqual(['Issuer', 'Status']);
  expect(verified.assertion.children.map((one) => one.localName)).not.toContain('Signature');
});

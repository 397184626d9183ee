/** A Response that reports no success is refused, whatever else it holds. */

import { Harness, makeKeys } from '../../support/saml-verdict.js';
import { after, swap, without } from '../../support/xml-text.js';

let saml: Harness;
beforeAll(async () => {
  saml = new Harness(await makeKeys());
});

it.each([
  ['Responder'],
  ['Requester'],
  ['Responder', 'AuthnFailed'],
  ['Success', 'AuthnFailed'],
  ['Success', 'Responder', 'RequestDenied'],
  ['success'],
  ['Success '],
])('refuses the status %s with a signed assertion beside it [S54]', (...status) => {
  const message = saml.message('both', { status });
  expect(saml.code(message)).toBe('SAML_STATUS');
});

it('refuses a message without a status [S54]', () => {
  expect(saml.code(saml.message('both', { status: [] }))).toBe('SAML_STATUS');
  expect(saml.code(without(saml.message('assertion'), 'samlp:Status'))).toBe('SAML_STATUS');
});

it('refuses a failure that was turned into a success after signing, by the signature [S54]', () => {
  const message = saml.message('response', { status: ['Responder'] });
  expect(saml.code(swap(message, 'status:Responder', 'status:Success'))).toBe('SAML_SIG_INVALID');
});

it('refuses a second status of success beside the failure [S54]', () => {
  const failed = saml.message('assertion', { status: ['Responder'] });
  const good = '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>';
  expect(saml.code(after(failed, 'samlp:Status', good))).toBe('SAML_STATUS');
});

it('reads no status of another namespace [S54]', () => {
  const message = swap(saml.message('assertion'), '<samlp:Status>', '<samlp:Status xmlns:samlp="http://evil.example">');
  expect(saml.code(message)).toBe('SAML_STATUS');
});

it('tells the operator the codes, cut to a bound, and not the message of the IdP [S54] [L43]', () => {
  const refused = saml.refusal(saml.message('response', { status: ['Responder', `urn:${'x'.repeat(5_000)}`] }));
  expect(refused).toEqual({
    code: 'SAML_STATUS',
    detail: 'The identity provider reports no success.',
    facts: { status: ['urn:oasis:names:tc:SAML:2.0:status:Responder', `urn:${'x'.repeat(196)}`] },
  });
});

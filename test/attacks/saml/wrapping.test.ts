/** XML signature wrapping: the signed bytes stay intact somewhere, and the reader is led to look elsewhere. */

import { FORGED, forge, Harness, makeKeys, nameId, PERSON } from '../../support/saml-verdict.js';
import { after, before, into, replaceElement, swap, take, without } from '../../support/xml-text.js';

let saml: Harness;
beforeAll(async () => {
  saml = new Harness(await makeKeys());
});

/** The Response with another ID and another person in it; its Signature still refers to the original. */
function forgedResponse(original: string): string {
  return swap(
    swap(original, ' ID="_response-1"', ' ID="_evil-response"'),
    `>${PERSON}</saml:NameID>`,
    `>${FORGED}</saml:NameID>`,
  );
}

it('refuses a copied Response inside the Signature of the forged one (XSW1) [S01]', () => {
  const original = saml.message('response');
  const evil = swap(forgedResponse(original), ' ID="_assertion-1"', ' ID="_evil-assertion"');
  expect(saml.code(into(evil, 'ds:Signature', without(original, 'ds:Signature')))).toBe('SAML_SIG_SCOPE');
});

it('refuses a copied Response beside its detached Signature in the forged one (XSW2) [S01]', () => {
  const original = saml.message('response');
  const evil = swap(forgedResponse(original), ' ID="_assertion-1"', ' ID="_evil-assertion"');
  expect(saml.code(before(evil, 'ds:Signature', without(original, 'ds:Signature')))).toBe('SAML_SIG_SCOPE');
});

it('refuses a signed Response that is carried whole inside an unsigned one [S01]', () => {
  const original = saml.message('response');
  const outer = saml.message('assertion', { responseId: '_outer', assertionId: '_evil', nameId: FORGED });
  const evil = into(
    without(outer, 'ds:Signature'),
    'samlp:Response',
    `<samlp:Extensions>${original}</samlp:Extensions>`,
  );
  expect(saml.code(evil)).toBe('SAML_SIG_SCOPE');
});

it('refuses a forged Assertion before the signed one (XSW3) [S02]', () => {
  const original = saml.message('assertion');
  const evil = forge(without(take(original, 'saml:Assertion'), 'ds:Signature'));
  expect(saml.code(before(original, 'saml:Assertion', evil))).toBe('SAML_MULTI_ASSERTION');
});

it('refuses a forged Assertion after the signed one [S02]', () => {
  const original = saml.message('assertion');
  const evil = forge(without(take(original, 'saml:Assertion'), 'ds:Signature'));
  expect(saml.code(after(original, 'saml:Assertion', evil))).toBe('SAML_MULTI_ASSERTION');
});

it('refuses a forged Assertion around the signed one (XSW4) [S02]', () => {
  const original = saml.message('assertion');
  const signed = take(original, 'saml:Assertion');
  const evil = into(forge(without(signed, 'ds:Signature')), 'saml:Assertion', signed);
  expect(saml.code(replaceElement(original, 'saml:Assertion', () => evil))).toBe('SAML_SIG_SCOPE');
});

it('refuses a forged Assertion that took the Signature, with the original at the end (XSW5) [S02]', () => {
  const original = saml.message('assertion');
  const signed = take(original, 'saml:Assertion');
  const evil = forge(signed) + without(signed, 'ds:Signature');
  expect(saml.code(replaceElement(original, 'saml:Assertion', () => evil))).toBe('SAML_SIG_SCOPE');
});

it('refuses a forged Assertion with the original inside its Signature (XSW6) [S02]', () => {
  const original = saml.message('assertion');
  const signed = take(original, 'saml:Assertion');
  const evil = into(forge(signed), 'ds:Signature', without(signed, 'ds:Signature'));
  expect(saml.code(replaceElement(original, 'saml:Assertion', () => evil))).toBe('SAML_SIG_SCOPE');
});

it.each(['_evil-1', '_assertion-1'])('refuses a forged Assertion in Extensions (XSW7), with ID %s [S03]', (id) => {
  const original = saml.message('assertion');
  const evil = forge(without(take(original, 'saml:Assertion'), 'ds:Signature'), id);
  const message = before(original, 'saml:Assertion', `<samlp:Extensions>${evil}</samlp:Extensions>`);
  expect(saml.code(message)).toBe('SAML_SIG_SCOPE');
});

it.each(['_evil-1', '_assertion-1'])(
  'refuses a forged Assertion with the original in ds:Object of its Signature (XSW8), with ID %s [S03]',
  (id) => {
    const original = saml.message('assertion');
    const signed = take(original, 'saml:Assertion');
    const object = `<ds:Object>${without(signed, 'ds:Signature')}</ds:Object>`;
    const evil = into(forge(signed, id), 'ds:Signature', object);
    expect(saml.code(replaceElement(original, 'saml:Assertion', () => evil))).toBe('SAML_SIG_SCOPE');
  },
);

it('refuses a forged Assertion in the Advice of the signed one [S03]', () => {
  const original = saml.message('response', {
    editAssertion: (xml) => before(xml, 'saml:AuthnStatement', `<saml:Advice>${forge(xml, '_advice-1')}</saml:Advice>`),
  });
  expect(saml.code(original)).toBe('SAML_SIG_SCOPE');
});

it('refuses an altered SignedInfo beside the genuine one (XSW9) [S04]', () => {
  const original = saml.message('assertion');
  const altered = swap(take(original, 'ds:SignedInfo'), /<ds:DigestValue>[^<]*/, '<ds:DigestValue>AAAA');
  expect(saml.code(before(original, 'ds:SignedInfo', altered))).toBe('SAML_SIG_STRUCTURE');
});

it('refuses a signature whose method was swapped for HMAC with the public key [S04]', () => {
  const original = saml.message('assertion', {
    signing: { key: saml.keys.idp, algorithm: 'hmac-sha256' },
  });
  expect(saml.code(original)).toBe('SAML_ALG_REFUSED');
});

it('refuses a signed error Response as the carrier of a signature [S05]', () => {
  const error = saml.message('response', { status: ['Responder'], withoutAssertion: true });
  const evil = saml.message('assertion', { responseId: '_evil', nameId: FORGED });
  const carrier = into(
    without(evil, 'ds:Signature'),
    'samlp:Response',
    `<samlp:Extensions>${error}</samlp:Extensions>`,
  );
  expect(saml.code(carrier)).toBe('SAML_SIG_SCOPE');
  expect(saml.code(error)).toBe('SAML_STATUS');
});

it('refuses a signed Response of success that never had an assertion [S05]', () => {
  expect(saml.code(saml.message('response', { withoutAssertion: true }))).toBe('SAML_NO_ASSERTION');
});

it('refuses an assertion that was put into a signed Response without one [S05]', () => {
  const empty = saml.message('response', { withoutAssertion: true });
  const assertion = without(take(saml.message('assertion', { nameId: FORGED }), 'saml:Assertion'), 'ds:Signature');
  expect(saml.code(into(empty, 'samlp:Response', assertion))).toBe('SAML_SIG_INVALID');
});

it('refuses signed metadata of the IdP as the carrier of a signature [S05]', () => {
  const evil = without(saml.message('assertion', { nameId: FORGED }), 'ds:Signature');
  const signature = take(saml.message('response'), 'ds:Signature');
  const metadata = `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ID="_response-1">${signature}</md:EntityDescriptor>`;
  expect(saml.code(into(evil, 'samlp:Response', metadata))).toBe('SAML_SIG_SCOPE');
});

it('refuses forged content inside the Signature, which the enveloped transform would hide [S06]', () => {
  const original = saml.message('assertion');
  const statement = take(original, 'saml:AttributeStatement');
  expect(saml.code(into(original, 'ds:Signature', statement))).toBe('SAML_SIG_STRUCTURE');
});

it('refuses a forged Assertion inside the Signature of the honest one [S06]', () => {
  const original = saml.message('assertion');
  const evil = forge(without(take(original, 'saml:Assertion'), 'ds:Signature'));
  expect(saml.code(into(original, 'ds:Signature', evil))).toBe('SAML_SIG_STRUCTURE');
});

it('refuses a second SignatureValue, genuine or not [S06]', () => {
  const original = saml.message('assertion');
  expect(saml.code(after(original, 'ds:SignatureValue', take(original, 'ds:SignatureValue')))).toBe(
    'SAML_SIG_STRUCTURE',
  );
});

it('refuses a decoy Signature with the genuine SignatureValue in the same element [S06]', () => {
  const original = saml.message('assertion');
  expect(saml.code(after(original, 'ds:Signature', take(original, 'ds:Signature')))).toBe('SAML_SIG_STRUCTURE');
});

it.each(['saml:AttributeValue', 'saml:Conditions', 'samlp:Status', 'saml:Subject'])(
  'refuses a Signature that stands in %s [S06]',
  (name) => {
    const original = saml.message('assertion');
    expect(saml.code(into(original, name, take(original, 'ds:Signature')))).toBe('SAML_SIG_SCOPE');
  },
);

it('reads the person from the signed bytes, whatever the unsigned ones around them say [S11]', () => {
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

it('takes the whole element, so that what lies beside the assertion is never part of it [S11]', () => {
  const verified = saml.accepted(saml.message('both'));
  expect(verified.envelope.children.map((one) => one.localName)).toEqual(['Issuer', 'Status']);
  expect(verified.assertion.children.map((one) => one.localName)).not.toContain('Signature');
});

/** XML signature wrapping (S01 to S06): the signed bytes stay whole somewhere, and the reader is led to look elsewhere. */
import { FORGED, forge, PERSON } from '../../../support/saml-verdict.js';
import { after, before, into, replaceElement, swap, take, without } from '../../../support/xml-text.js';
import { type AttackDocument, attack, type Signed, said, signedAs } from './contracts.js';

const EVERY: readonly Signed[] = ['assertion', 'response', 'both'];
const WITH_RESPONSE: readonly Signed[] = ['response', 'both'];
const WITH_ASSERTION: readonly Signed[] = ['assertion', 'both'];

function bare(element: string): string {
  return element.includes('<ds:Signature') ? without(element, 'ds:Signature') : element;
}

/** The Response with other IDs and another person in it; its Signature still refers to the original. */
function forgedResponse(original: string): string {
  const renamed = swap(swap(original, ' ID="_response-1"', ' ID="_evil-1"'), ' ID="_assertion-1"', ' ID="_evil-2"');
  return swap(renamed, `>${PERSON}</saml:NameID>`, `>${FORGED}</saml:NameID>`);
}

/** The same surgery on messages that are signed in each of these ways. */
function each(
  signed: readonly Signed[],
  ids: string,
  name: string,
  code: AttackDocument['code'],
  change: (xml: string) => string,
): AttackDocument[] {
  return signed.map((sign) => attack(ids, `${name}, signed: ${sign}`, code, change, signedAs[sign]));
}

/** `by` gives what stands in the place of the assertion. */
function inPlace(by: (signed: string) => string) {
  return (xml: string) => replaceElement(xml, 'saml:Assertion', by);
}

function extensions(content: string): string {
  return `<samlp:Extensions>${content}</samlp:Extensions>`;
}

const IDS = ['_evil-1', '_assertion-1'];

const permutations: AttackDocument[] = [
  ...each(
    WITH_RESPONSE,
    'S01 L14 L15 L19',
    'a copied Response inside the Signature of the forged one (XSW1)',
    'SAML_SIG_SCOPE',
    (xml) => into(forgedResponse(xml), 'ds:Signature', without(xml, 'ds:Signature')),
  ),
  ...each(
    WITH_RESPONSE,
    'S01 L14 L15 L19',
    'a copied Response beside its detached Signature in the forged one (XSW2)',
    'SAML_SIG_SCOPE',
    (xml) => before(forgedResponse(xml), 'ds:Signature', without(xml, 'ds:Signature')),
  ),
  ...each(
    EVERY,
    'S02 S07 L14 L19',
    'a forged Assertion before the signed one (XSW3)',
    'SAML_MULTI_ASSERTION',
    inPlace((signed) => forge(bare(signed)) + signed),
  ),
  ...each(
    EVERY,
    'S02 S07 L14 L19',
    'a forged Assertion after the signed one',
    'SAML_MULTI_ASSERTION',
    inPlace((signed) => signed + forge(bare(signed))),
  ),
  ...each(
    EVERY,
    'S02 S07 L14 L19',
    'a forged Assertion around the signed one (XSW4)',
    'SAML_SIG_SCOPE',
    inPlace((signed) => into(forge(bare(signed)), 'saml:Assertion', signed)),
  ),
  ...each(
    WITH_ASSERTION,
    'S02 S07 L14 L19',
    'a forged Assertion that took the Signature, with the original at the end (XSW5)',
    'SAML_SIG_SCOPE',
    inPlace((signed) => forge(signed) + bare(signed)),
  ),
  ...each(
    WITH_ASSERTION,
    'S02 S07 L14 L19',
    'a forged Assertion with the original inside its Signature (XSW6)',
    'SAML_SIG_SCOPE',
    inPlace((signed) => into(forge(signed), 'ds:Signature', bare(signed))),
  ),
  ...IDS.flatMap((id) => [
    ...each(
      EVERY,
      'S03 L14 L19',
      `a forged Assertion in Extensions (XSW7), with ID ${id}`,
      'SAML_SIG_SCOPE',
      inPlace((signed) => extensions(forge(bare(signed), id)) + signed),
    ),
    ...each(
      WITH_ASSERTION,
      'S03 L14 L19',
      `a forged Assertion with the original in ds:Object of its Signature (XSW8), with ID ${id}`,
      'SAML_SIG_SCOPE',
      inPlace((signed) => into(forge(signed, id), 'ds:Signature', `<ds:Object>${bare(signed)}</ds:Object>`)),
    ),
  ]),
  ...each(EVERY, 'S04 L13 L14', 'an altered SignedInfo before the genuine one (XSW9)', 'SAML_SIG_STRUCTURE', (xml) =>
    before(xml, 'ds:SignedInfo', swap(take(xml, 'ds:SignedInfo'), /(?<=<ds:DigestValue>)[^<]*/, 'AAAA')),
  ),
  ...each(EVERY, 'S04 L13 L14', 'an altered SignedInfo after the genuine one (XSW9)', 'SAML_SIG_STRUCTURE', (xml) =>
    after(xml, 'ds:SignedInfo', swap(take(xml, 'ds:SignedInfo'), /(?<=<ds:DigestValue>)[^<]*/, 'AAAA')),
  ),
];

const hidingPlaces = ['samlp:Status', 'saml:Subject', 'saml:SubjectConfirmationData', 'saml:Conditions'].concat([
  'saml:AuthnStatement',
  'saml:AuthnContext',
  'saml:AttributeValue',
  'saml:NameID',
]);

const elsewhere: AttackDocument[] = [
  attack(
    'S01 L14 L19',
    'a signed Response that is carried whole in the Extensions of an unsigned one',
    'SAML_SIG_SCOPE',
    (xml) => into(bare(forgedResponse(xml)), 'samlp:Response', extensions(xml)),
    signedAs.response,
  ),
  attack(
    'S01 L14 L19',
    'a signed Response inside the signed one',
    'SAML_SIG_SCOPE',
    (xml) => into(xml, 'samlp:Response', xml),
    signedAs.response,
  ),
  said('S03 L19', 'a forged Assertion in the Advice of the signed one', 'SAML_SIG_SCOPE', () => ({
    editAssertion: (xml) => before(xml, 'saml:AuthnStatement', `<saml:Advice>${forge(xml, '_advice-1')}</saml:Advice>`),
  })),
  ...hidingPlaces.map((place) =>
    said(
      'S03 L19',
      `a forged Assertion in ${place} of the signed Response`,
      'SAML_SIG_SCOPE',
      () => ({ editResponse: (xml) => into(xml, place, forge(take(xml, 'saml:Assertion'))) }),
      'response',
    ),
  ),
  attack('S03 L14 L19', 'a forged Assertion around an Extensions with the signed one', 'SAML_SIG_SCOPE', (xml) =>
    replaceElement(xml, 'saml:Assertion', (signed) => forge(bare(signed)) + extensions(signed)),
  ),
  ...['samlp:Status', 'saml:Subject', 'saml:Conditions', 'saml:AttributeValue'].map((place) =>
    attack('S06 L15', `a Signature that stands in ${place}`, 'SAML_SIG_SCOPE', (xml) =>
      into(xml, place, take(xml, 'ds:Signature')),
    ),
  ),
  attack('S01 L14 L15', 'the Signature of the Assertion in the Response', 'SAML_SIG_SCOPE', (xml) =>
    after(without(xml, 'ds:Signature'), 'saml:Issuer', take(xml, 'ds:Signature')),
  ),
  attack(
    'S01 L14 L15',
    'the Signature of the Response in the Assertion',
    'SAML_SIG_SCOPE',
    (xml) =>
      replaceElement(without(xml, 'ds:Signature'), 'saml:Assertion', (one) =>
        after(one, 'saml:Issuer', take(xml, 'ds:Signature')),
      ),
    signedAs.response,
  ),
];

const carriers: AttackDocument[] = [
  attack(
    'S05 L14 L17',
    'a signed error Response as the carrier of a signature',
    'SAML_SIG_SCOPE',
    (xml, saml) => {
      const error = saml.message('response', { status: ['Responder'], withoutAssertion: true });
      return into(bare(forgedResponse(xml)), 'samlp:Response', extensions(error));
    },
    signedAs.response,
  ),
  said(
    'S05 L19',
    'a signed Response of success that never had an assertion',
    'SAML_NO_ASSERTION',
    () => ({ withoutAssertion: true }),
    'response',
  ),
  attack(
    'S05 L19',
    'an assertion that was put into a signed Response without one',
    'SAML_SIG_INVALID',
    (xml, saml) =>
      into(saml.message('response', { withoutAssertion: true }), 'samlp:Response', forge(take(xml, 'saml:Assertion'))),
    signedAs.response,
  ),
  attack('S05 L17', 'signed metadata of the IdP as the carrier of a signature', 'SAML_SIG_SCOPE', (xml) => {
    const signature = take(xml, 'ds:Signature');
    const metadata = `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ID="_m">${signature}</md:EntityDescriptor>`;
    return into(without(xml, 'ds:Signature'), 'samlp:Response', metadata);
  }),
];

const insideSignature: AttackDocument[] = [
  ...each(
    EVERY,
    'S06 L14',
    'a forged Subject inside the Signature, which the enveloped transform would hide',
    'SAML_SIG_STRUCTURE',
    (xml) => into(xml, 'ds:Signature', `<saml:Subject><saml:NameID>${FORGED}</saml:NameID></saml:Subject>`),
  ),
  ...each(WITH_ASSERTION, 'S06 L14 L19', 'a forged Assertion inside the Signature', 'SAML_SIG_STRUCTURE', (xml) =>
    into(xml, 'ds:Signature', forge(bare(take(xml, 'saml:Assertion')))),
  ),
  ...each(EVERY, 'S06 L14', 'a second SignatureValue, the genuine one', 'SAML_SIG_STRUCTURE', (xml) =>
    after(xml, 'ds:SignatureValue', take(xml, 'ds:SignatureValue')),
  ),
  ...each(EVERY, 'S06 L14', 'a second SignatureValue, a forged one', 'SAML_SIG_STRUCTURE', (xml) =>
    before(xml, 'ds:SignatureValue', '<ds:SignatureValue>AAAA</ds:SignatureValue>'),
  ),
  ...each(
    EVERY,
    'S06 L15',
    'a decoy Signature with the genuine SignatureValue in the same element',
    'SAML_SIG_STRUCTURE',
    (xml) => after(xml, 'ds:Signature', take(xml, 'ds:Signature')),
  ),
];

export const wrapping: readonly AttackDocument[] = [...permutations, ...elsewhere, ...carriers, ...insideSignature];

/** XML signature wrapping: signed bytes somewhere, and another person where a reader may look. */
import { FORGED, forge, PERSON } from '../saml-verdict.js';
import { after, before, into, replaceElement, swap, take, without } from '../xml-text.js';
import type { Estate, VerdictDocument } from './documents.js';

/** The Response with another ID and another person; its Signature still refers to the original. */
function forgedResponse(original: string): string {
  const renamed = swap(original, ' ID="_response-1"', ' ID="_evil-response"');
  const other = swap(renamed, ' ID="_assertion-1"', ' ID="_evil-assertion"');
  return other.replaceAll(`>${PERSON}</saml:NameID>`, `>${FORGED}</saml:NameID>`);
}

type Wrap = (original: string, signed: string, evil: string) => string;

/** `signed` is the honest assertion with its Signature, `evil` a forged one without. */
const aroundAssertion: readonly (readonly [name: string, ids: readonly string[], wrap: Wrap])[] = [
  [
    'XSW3: a forged assertion before the signed one',
    ['S02'],
    (original, _, evil) => before(original, 'saml:Assertion', evil),
  ],
  ['a forged assertion after the signed one', ['S02'], (original, _, evil) => after(original, 'saml:Assertion', evil)],
  [
    'XSW4: a forged assertion around the signed one',
    ['S02'],
    (original, signed, evil) => replaceElement(original, 'saml:Assertion', () => into(evil, 'saml:Assertion', signed)),
  ],
  [
    'XSW5: a forged assertion took the Signature, the original at the end',
    ['S02'],
    (original, signed) =>
      replaceElement(original, 'saml:Assertion', () => forge(signed) + without(signed, 'ds:Signature')),
  ],
  [
    'XSW6: the original inside the Signature of the forged one',
    ['S02'],
    (original, signed) =>
      replaceElement(original, 'saml:Assertion', () =>
        into(forge(signed), 'ds:Signature', without(signed, 'ds:Signature')),
      ),
  ],
  [
    'XSW7: a forged assertion in Extensions',
    ['S03'],
    (original, _, evil) => before(original, 'saml:Assertion', `<samlp:Extensions>${evil}</samlp:Extensions>`),
  ],
  [
    'XSW7 with the same ID',
    ['S03', 'S42'],
    (original, signed) =>
      before(
        original,
        'saml:Assertion',
        `<samlp:Extensions>${forge(without(signed, 'ds:Signature'), '_assertion-1')}</samlp:Extensions>`,
      ),
  ],
  [
    'XSW8: the original in ds:Object of the forged one',
    ['S03'],
    (original, signed) =>
      replaceElement(original, 'saml:Assertion', () =>
        into(forge(signed), 'ds:Signature', `<ds:Object>${without(signed, 'ds:Signature')}</ds:Object>`),
      ),
  ],
  [
    'XSW8 with the same ID',
    ['S03', 'S42'],
    (original, signed) =>
      replaceElement(original, 'saml:Assertion', () =>
        into(
          forge(signed, '_assertion-1'),
          'ds:Signature',
          `<ds:Object>${without(signed, 'ds:Signature')}</ds:Object>`,
        ),
      ),
  ],
  [
    'a forged assertion with the same ID before the signed one',
    ['S02', 'S42'],
    (original, signed) => before(original, 'saml:Assertion', forge(without(signed, 'ds:Signature'), '_assertion-1')),
  ],
  [
    'a forged assertion inside the honest Signature',
    ['S06'],
    (original, _, evil) => into(original, 'ds:Signature', evil),
  ],
  [
    'forged attributes inside the honest Signature',
    ['S06'],
    (original) => into(original, 'ds:Signature', take(original, 'saml:AttributeStatement')),
  ],
  [
    'the signed assertion in SubjectConfirmationData of a forged one',
    ['S02', 'S07'],
    (original, signed, evil) =>
      replaceElement(original, 'saml:Assertion', () =>
        replaceElement(evil, 'saml:SubjectConfirmationData', (one) =>
          swap(one, '/>', `>${signed}</saml:SubjectConfirmationData>`),
        ),
      ),
  ],
  [
    'an unsigned EncryptedAssertion beside the signed one',
    ['S02'],
    (original) => after(original, 'saml:Assertion', '<saml:EncryptedAssertion/>'),
  ],
  [
    'an assertion of another namespace before the signed one',
    ['S13'],
    (original, _, evil) =>
      before(
        original,
        'saml:Assertion',
        swap(evil, 'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"', 'xmlns:saml="urn:evil"'),
      ),
  ],
  [
    'the Signature in a foreign namespace',
    ['S26'],
    (original) => original.replace('http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo', 'urn:evil"><ds:SignedInfo'),
  ],
];

const aroundResponse: readonly (readonly [name: string, ids: readonly string[], make: (saml: Estate) => string])[] = [
  [
    'XSW1: the signed Response inside the Signature of the forged one',
    ['S01'],
    (saml) => {
      const original = saml.message('response');
      return into(forgedResponse(original), 'ds:Signature', without(original, 'ds:Signature'));
    },
  ],
  [
    'XSW2: the signed Response beside its Signature in the forged one',
    ['S01'],
    (saml) => {
      const original = saml.message('response');
      return before(forgedResponse(original), 'ds:Signature', without(original, 'ds:Signature'));
    },
  ],
  [
    'the signed Response whole in Extensions of an unsigned one',
    ['S01'],
    (saml) => {
      const outer = saml.message('assertion', { responseId: '_outer', assertionId: '_evil', nameId: FORGED });
      return before(
        without(outer, 'ds:Signature'),
        'saml:Assertion',
        `<samlp:Extensions>${saml.message('response')}</samlp:Extensions>`,
      );
    },
  ],
  [
    'a signed Response of failure in Extensions of an unsigned one',
    ['S05'],
    (saml) => {
      const error = saml.message('response', { status: ['Responder'], withoutAssertion: true });
      const outer = saml.message('assertion', { responseId: '_outer', assertionId: '_evil', nameId: FORGED });
      return before(without(outer, 'ds:Signature'), 'saml:Assertion', `<samlp:Extensions>${error}</samlp:Extensions>`);
    },
  ],
  [
    'an assertion put into a signed Response that had none',
    ['S05'],
    (saml) => {
      const empty = saml.message('response', { withoutAssertion: true });
      return into(
        empty,
        'samlp:Response',
        without(take(saml.message('assertion', { nameId: FORGED }), 'saml:Assertion'), 'ds:Signature'),
      );
    },
  ],
  [
    'a LogoutRequest around the signed assertion',
    ['S08'],
    (saml) => saml.message('assertion').replaceAll('samlp:Response', 'samlp:LogoutRequest'),
  ],
];

const mixed: VerdictDocument = {
  name: 'the signed assertion of one sign-in in the Response of another',
  ids: ['S02'],
  signed: 'bea@aurora.example',
  make: (saml) => {
    const other = saml.message('assertion', { nameId: 'bea@aurora.example', inResponseTo: '_request-2' });
    return replaceElement(saml.message('assertion'), 'saml:Assertion', () => take(other, 'saml:Assertion'));
  },
};

export const wrappings: readonly VerdictDocument[] = [
  mixed,
  ...aroundResponse.map(([name, ids, make]) => ({ name, ids, make })),
  ...aroundAssertion.map(
    ([name, ids, wrap]) =>
      ({
        name,
        ids,
        make: (saml) => {
          const original = saml.message('assertion');
          const signed = take(original, 'saml:Assertion');
          return wrap(original, signed, forge(without(signed, 'ds:Signature')));
        },
      }) satisfies VerdictDocument,
  ),
];

/** Bytes that one reader takes for something else than the next. */
import { FORGED, PERSON } from '../saml-verdict.js';
import { before, into, swap } from '../xml-text.js';
import type { VerdictDocument } from './documents.js';

const NAME_ID = `>${PERSON}</saml:NameID>`;
/** Somebody whose name begins like that of the usual person. */
const LONGER = `${PERSON}.evil.example`;

type Edit = (xml: string) => string | Buffer;

/** Changes after signing: canonical XML leaves some of them out, so that the signature holds. */
const changed: readonly (readonly [name: string, ids: readonly string[], edit: Edit])[] = [
  [
    'an entity for the person',
    ['S19'],
    (xml) => `<!DOCTYPE r [<!ENTITY x "${PERSON}">]>${swap(xml, NAME_ID, '>&x;</saml:NameID>')}`,
  ],
  [
    'a file for the person',
    ['S19'],
    (xml) => `<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>${swap(xml, NAME_ID, '>&x;</saml:NameID>')}`,
  ],
  ['a reference for a letter', ['S12'], (xml) => swap(xml, NAME_ID, '>ad&#97;@aurora.example</saml:NameID>')],
  [
    'a relative namespace, and another person',
    ['S14'],
    (xml) => swap(swap(xml, '<saml:Assertion ', '<saml:Assertion xmlns:v="1" '), PERSON, FORGED),
  ],
  ['a less-than sign in a value', ['S12'], (xml) => swap(xml, ' Version="2.0"', ' Version="2.0" x="<"')],
  [
    '4,100 children of one element',
    ['S20'],
    (xml) =>
      before(xml, 'saml:Assertion', `<samlp:Extensions>${'<x xmlns="urn:x"/>'.repeat(4_100)}</samlp:Extensions>`),
  ],
  [
    '40 elements deep',
    ['S20'],
    (xml) =>
      before(
        xml,
        'saml:Assertion',
        `<samlp:Extensions>${'<x xmlns="urn:x">'.repeat(40)}${'</x>'.repeat(40)}</samlp:Extensions>`,
      ),
  ],
  ['no XML', ['S12'], () => 'SAMLResponse'],
  ['nothing', ['S12'], () => ''],
];

export const texts: readonly VerdictDocument[] = [
  {
    name: 'a comment in the NameID of somebody whose name begins like that of another',
    ids: ['S17'],
    signed: LONGER,
    make: (saml) =>
      swap(
        saml.message('assertion', { nameId: LONGER }),
        `>${LONGER}</saml:NameID>`,
        `>${PERSON}<!-- -->.evil.example</saml:NameID>`,
      ),
  },
  {
    name: 'an element in the NameID of somebody whose name begins like that of another, signed so',
    ids: ['S17'],
    signed: LONGER,
    make: (saml) =>
      saml.message('assertion', {
        editAssertion: (xml) => swap(xml, NAME_ID, `>${PERSON}<x xmlns="urn:x">.evil.example</x></saml:NameID>`),
      }),
  },
  {
    name: 'references and every escape in the values, signed so',
    ids: ['S12'],
    make: (saml) =>
      saml.message('assertion', {
        editAssertion: (xml) =>
          into(
            xml,
            'saml:AttributeStatement',
            '<saml:Attribute Name="x&#9;y&#xA;z&amp;&quot;"><saml:AttributeValue>&#13;&lt;x/&gt;&amp;amp;&#x1F680;</saml:AttributeValue></saml:Attribute>',
          ),
      }),
  },
  ...changed.map(
    ([name, ids, edit]) => ({ name, ids, make: (saml) => edit(saml.message('assertion')) }) satisfies VerdictDocument,
  ),
];

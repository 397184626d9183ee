/** Bytes that one reader takes for something else than the next. */
import { FORGED, PERSON } from '../saml-verdict.js';
import { after, before, into, swap } from '../xml-text.js';
import type { VerdictDocument } from './documents.js';

const NAME_ID = `>${PERSON}</saml:NameID>`;
/** Somebody whose name begins like that of the usual person. */
const LONGER = `${PERSON}.evil.example`;

type Edit = (xml: string) => string | Buffer;

/** Changes after signing: canonical XML leaves some of them out, so that the signature holds. */
const changed: readonly (readonly [name: string, ids: readonly string[], edit: Edit])[] = [
  ['a comment in the NameID', ['S17'], (xml) => swap(xml, NAME_ID, '>ada@<!-- -->aurora.example</saml:NameID>')],
  [
    'a processing instruction in the NameID',
    ['S18'],
    (xml) => swap(xml, NAME_ID, '>ada@<?x y?>aurora.example</saml:NameID>'),
  ],
  [
    'a CDATA section in the NameID',
    ['S18'],
    (xml) => swap(xml, NAME_ID, '>ada@<![CDATA[aurora.example]]></saml:NameID>'),
  ],
  [
    'a comment in the Issuer',
    ['S17'],
    (xml) => swap(xml, 'idp.example/saml</saml:Issuer>', 'idp.example<!-- -->/saml</saml:Issuer>'),
  ],
  ['a comment after the root', ['S17'], (xml) => `${xml}<!-- -->`],
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
  ['a document type and nothing else', ['S19'], (xml) => `<!DOCTYPE Response>${xml}`],
  [
    'attributes by a document type',
    ['S12', 'S19'],
    (xml) => `<!DOCTYPE r [<!ATTLIST saml:NameID Format CDATA "x">]>${xml}`,
  ],
  [
    'XInclude',
    ['S19'],
    (xml) =>
      before(
        xml,
        'saml:Assertion',
        '<samlp:Extensions><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname" parse="text"/></samlp:Extensions>',
      ),
  ],
  ['an entity that nobody declared', ['S19'], (xml) => swap(xml, NAME_ID, '>&x;</saml:NameID>')],
  ['a byte order mark', ['S12'], (xml) => `\uFEFF${xml}`],
  ['UTF-16', ['S12'], (xml) => Buffer.from(`\uFEFF${xml}`, 'utf16le')],
  ['a declaration of another encoding', ['S12'], (xml) => `<?xml version="1.0" encoding="ISO-8859-1"?>${xml}`],
  ['XML 1.1', ['S12'], (xml) => `<?xml version="1.1"?>${xml}`],
  [
    'bytes that are no UTF-8',
    ['S12'],
    (xml) => Buffer.concat([Buffer.from(xml.slice(0, -17)), Buffer.from([0xc0, 0xbc]), Buffer.from(xml.slice(-17))]),
  ],
  ['a second root', ['S12'], (xml) => `${xml}<x/>`],
  ['text after the root', ['S12'], (xml) => `${xml}x`],
  ['a reference for a letter', ['S12'], (xml) => swap(xml, NAME_ID, '>ad&#97;@aurora.example</saml:NameID>')],
  ['a reference to NUL', ['S12'], (xml) => swap(xml, NAME_ID, `>${PERSON}&#0;</saml:NameID>`)],
  ['a control character', ['S12'], (xml) => swap(xml, NAME_ID, `>${PERSON}\u0008</saml:NameID>`)],
  ['an attribute twice', ['S12'], (xml) => swap(xml, ' Version="2.0"', ' Version="2.0" Version="2.0"')],
  [
    'an attribute twice, by two prefixes',
    ['S13'],
    (xml) => swap(xml, ' Version="2.0"', ' xmlns:x="urn:x" xmlns:y="urn:x" x:a="1" y:a="2" Version="2.0"'),
  ],
  ['a prefix that nobody declared', ['S13'], (xml) => swap(xml, '<samlp:Response ', '<samlp:Response e:a="b" ')],
  ['a prefix for no namespace', ['S13'], (xml) => swap(xml, '<samlp:Response ', '<samlp:Response xmlns:e="" ')],
  [
    'the xml prefix bound anew',
    ['S13'],
    (xml) => swap(xml, '<samlp:Response ', '<samlp:Response xmlns:xml="urn:evil" '),
  ],
  [
    'a relative namespace, and another person',
    ['S14'],
    (xml) => swap(swap(xml, '<saml:Assertion ', '<saml:Assertion xmlns:v="1" '), PERSON, FORGED),
  ],
  ['no end', ['S12'], (xml) => xml.slice(0, -3)],
  ['a value without quotes', ['S12'], (xml) => swap(xml, ' Version="2.0"', ' Version=2.0')],
  ['a less-than sign in a value', ['S12'], (xml) => swap(xml, ' Version="2.0"', ' Version="2.0" x="<"')],
  ['the end of a CDATA section in text', ['S16'], (xml) => after(xml, 'samlp:Status', ']]>')],
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

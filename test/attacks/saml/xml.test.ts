/** What reaches us as XML before any signature matters: document types, comments, floods, namespaces, IDs. */
import { type AddressInfo, createServer, type Server } from 'node:net';
import { readUntrustedXml } from '../../../src/xml/index.js';
import { descendants, Harness, makeKeys, nameId, PERSON } from '../../support/saml-verdict.js';
import { after, into, swap } from '../../support/xml-text.js';
import { nested } from './catalogue/xml.js';

let saml: Harness;
let message: string;
/** What a fetch of ours would reach. */
let server: Server;
let connections = 0;

beforeAll(async () => {
  saml = new Harness(await makeKeys());
  message = saml.message('assertion');
  server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

/** Each check is synchronous, so that a connection could only show later: all of them are counted at the end. */
afterAll(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise<void>((resolve) => server.close(() => resolve()));
  expect(connections).toBe(0);
});

function listening(xml: string): string {
  return xml.replaceAll(':PORT/', `:${(server.address() as AddressInfo).port}/`);
}

/** CPU time, the best of three, so that a garbage collection or a busy machine does not count as cost of the message. */
function milliseconds(work: () => void): number {
  const rounds = [0, 1, 2].map(() => {
    const before = process.cpuUsage();
    work();
    const used = process.cpuUsage(before);
    return (used.user + used.system) / 1_000;
  });
  return Math.min(...rounds);
}

const ASSERTION_END = '</saml:Assertion>';

describe('a document type is refused before anything is parsed [S19]', () => {
  const laughs = Array.from({ length: 9 }, (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`).join(
    '',
  );

  it.each([
    ['an empty one', '<!DOCTYPE Response>'],
    ['an external entity', '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'],
    ['an external entity over HTTP', '<!DOCTYPE r [<!ENTITY x SYSTEM "http://127.0.0.1:PORT/">]>'],
    ['an external subset', '<!DOCTYPE r SYSTEM "http://127.0.0.1:PORT/evil.dtd">'],
    ['a parameter entity', '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:PORT/p"> %p;]>'],
    ['a billion laughs', `<!DOCTYPE r [<!ENTITY l0 "ha">${laughs}]>`],
    ['default attributes', '<!DOCTYPE r [<!ATTLIST Assertion ID CDATA "_evil">]>'],
    ['in lower case, which is no document type at all', '<!doctype Response>'],
  ])('%s [S19]', (_name, doctype) => {
    const evil = listening(doctype + swap(message, `>${PERSON}</saml:NameID>`, '>&x;</saml:NameID>'));
    expect(milliseconds(() => expect(saml.code(evil)).toBe('SAML_XML_DTD'))).toBeLessThan(50);
    expect(saml.code(`<?xml version="1.0"?>\n${evil}`)).toBe('SAML_XML_DTD');
  });

  it('and so is one inside an element, and an entity that nobody declared [S19]', () => {
    expect(saml.code(into(message, 'saml:Subject', '<!ENTITY x "y">'))).toBe('SAML_XML_DTD');
    expect(saml.code(swap(message, PERSON, '&x;'))).toBe('SAML_XML_DTD');
    expect(saml.code(swap(message, 'Version="2.0"', 'Version="&x;"'))).toBe('SAML_XML_DTD');
  });
});

describe('a value cannot be cut in two [S17] [S18]', () => {
  it.each([
    ['a comment', '<!-- -->'],
    ['a processing instruction', '<?php evil ?>'],
    ['a CDATA section', '<![CDATA[.evil]]>'],
  ])('by %s in the NameID, the Issuer or an attribute, before or after signing [S17] [S18]', (_name, cut) => {
    const cutPerson = `ada@aurora.example${cut}.evil.example`;
    expect(saml.code(swap(message, `>${PERSON}</saml:NameID>`, `>${cutPerson}</saml:NameID>`))).toBe(
      'SAML_XML_COMMENT',
    );
    const signed = saml.message('assertion', {
      editAssertion: (xml) => swap(xml, `>${PERSON}</saml:AttributeValue>`, `>${cutPerson}</saml:AttributeValue>`),
    });
    expect(saml.code(signed)).toBe('SAML_XML_COMMENT');
    expect(saml.code(swap(message, 'idp.example/saml</saml:Issuer>', `idp.example${cut}/saml</saml:Issuer>`))).toBe(
      'SAML_XML_COMMENT',
    );
    expect(saml.code(message + (cut.startsWith('<![') ? '<!---->' : cut))).toBe('SAML_XML_COMMENT');
  });

  it('by references: the value is the whole text [S18]', () => {
    const signed = saml.message('assertion', {
      nameIdFormat: null,
      editAssertion: (xml) =>
        swap(
          xml,
          `>${PERSON}</saml:NameID>`,
          '>ada&#64;aurora.example&#13;&#xA;&lt;x/&gt;&amp;amp;&quot;</saml:NameID>',
        ),
    });
    expect(nameId(saml.accepted(signed).assertion)).toBe('ada@aurora.example\r\n<x/>&amp;"');
  });

  it('by elements: an identifier that holds one is none [S17]', () => {
    const signed = saml.message('assertion', {
      editAssertion: (xml) =>
        swap(xml, `>${PERSON}</saml:NameID>`, '>ada@aurora.example<x xmlns="urn:x">.evil</x>.example</saml:NameID>'),
    });
    expect(saml.code(signed)).toBe('SAML_SCHEMA');
  });
});

describe('a flood is refused by a count, in linear time [S20]', () => {
  const flood = (content: string) => into(message, 'saml:AttributeStatement', content);

  it.each([
    ['siblings', 'siblings', () => flood('<saml:Attribute/>'.repeat(5_000))],
    ['elements', 'elements', () => flood(`<x xmlns="urn:x">${`<y>${'<z/>'.repeat(50)}</y>`.repeat(400)}</x>`)],
    ['depth', 'depth', () => flood(`${'<x>'.repeat(1_000)}${'</x>'.repeat(1_000)}`)],
    ['open depth', 'depth', () => flood('<x>'.repeat(90_000))],
    [
      'attributes',
      'attributes',
      () => flood(`<x ${Array.from({ length: 5_000 }, (_, index) => `a${index}=""`).join(' ')}/>`),
    ],
    [
      'namespaces',
      'attributes',
      () => flood(`<x ${Array.from({ length: 5_000 }, (_, index) => `xmlns:a${index}="urn:${index}"`).join(' ')}/>`),
    ],
    ['namespaces around one element', 'namespaces', () => flood(nested(5, 30))],
    ['long names', 'nameLength', () => flood(`<${'x'.repeat(50_000)}/>`)],
    ['long text', 'textLength', () => flood('x'.repeat(350_000))],
    ['long namespaces', 'namespaceLength', () => flood(`<x xmlns="urn:${'x'.repeat(10_000)}"/>`)],
  ])('of %s [S20] [L4] [L7]', (_name, limit, make) => {
    const evil = make();
    // Each by its own cap, and not by another that happens to be there.
    expect(saml.refusal(evil).facts).toMatchObject({ limit });
    const time = milliseconds(() => expect(saml.code(evil)).toBe('SAML_XML_LIMIT'));
    expect(time).toBeLessThan(150);
  });

  it('of bytes, whatever they are [S21]', () => {
    for (const filler of [' ', '<a>', '\0', '<!--']) {
      expect(saml.code(filler.repeat(400_000))).toBe('SAML_TOO_LARGE');
    }
  });

  it('up to the limits, a message that nobody signed costs a bounded time [S20] [L7]', () => {
    const attributes = Array.from({ length: 30 }, (_, index) => `a${index}=""`).join(' ');
    const widest = into(
      message,
      'saml:SubjectConfirmationData',
      `<x xmlns="urn:x">${`<y ${attributes}/>`.repeat(1_200)}</x>`,
    );
    saml.refusal(widest);
    expect(milliseconds(() => expect(saml.code(widest)).toBe('SAML_SIG_INVALID'))).toBeLessThan(400);
  });
});

describe('a message is read in one way or not at all [S12]', () => {
  it.each([
    ['UTF-16', Buffer.from('\uFEFF<a/>', 'utf16le')],
    ['UTF-16 without mark', Buffer.from('<a/>', 'utf16le')],
    ['a broken sequence', Buffer.from([0x3c, 0x61, 0x3e, 0xc3, 0x28, 0x3c, 0x2f, 0x61, 0x3e])],
    ['an overlong sequence', Buffer.from([0x3c, 0x61, 0x3e, 0xc0, 0xbc, 0x3c, 0x2f, 0x61, 0x3e])],
    ['a surrogate', Buffer.from([0x3c, 0x61, 0x3e, 0xed, 0xa0, 0x80, 0x3c, 0x2f, 0x61, 0x3e])],
  ])('refuses bytes that are not UTF-8: %s [S12]', (_name, bytes) => {
    expect(saml.code(bytes)).toBe('SAML_MALFORMED');
    expect(readUntrustedXml(bytes)).toMatchObject({ ok: false, refusal: { code: 'SAML_MALFORMED' } });
  });
});

describe('IDs [S42]', () => {
  it.each(['ID', 'Id', 'id', 'xml:id', 'x:ID'])(
    'are not repeated in what was decrypted, in any spelling: %s [S42]',
    (name) => {
      const repeated = ` ${name === 'x:ID' ? 'xmlns:x="urn:x" ' : ''}${name}="_assertion-1"`;
      const editPlaintext = (xml: string) => swap(xml, '<saml:AttributeValue ', `<saml:AttributeValue${repeated} `);
      const encryption = { certificatePem: saml.keys.hub.certificatePem, editPlaintext };
      for (const sign of ['none', 'assertion', 'response', 'both'] as const) {
        expect(saml.code(saml.encrypted(sign, { encryption }))).toBe('SAML_DUP_ID');
      }
      // By the gate that a message goes through, before its shape is looked at: the reader of signed octets comes too late.
      const older = {
        ...encryption,
        editPlaintext: (xml: string) => swap(editPlaintext(xml), 'Version="2.0"', 'Version="1.1"'),
      };
      expect(saml.code(saml.encrypted('response', { encryption: older }))).toBe('SAML_DUP_ID');
    },
  );
});

describe('attributes [S44]', () => {
  it('of hostile names are plain data [S44]', () => {
    const names = ['__proto__', 'constructor', 'toString', 'mail', 'mail'];
    const attributes = names.map(
      (name) => `<saml:Attribute Name="${name}"><saml:AttributeValue>x</saml:AttributeValue></saml:Attribute>`,
    );
    const signed = saml.message('assertion', {
      editAssertion: (xml) => into(xml, 'saml:AttributeStatement', attributes.join('')),
    });
    const read = descendants(saml.accepted(signed).assertion).filter((one) => one.localName === 'Attribute');
    expect(read.map((one) => one.attribute('Name'))).toEqual(['mail', 'groups', ...names]);
    expect(read[0]?.attribute('__proto__')).toBeNull();
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('of a nested value keep their elements and have the text of all [S44]', () => {
    const nested =
      '<saml:Attribute Name="n"><saml:AttributeValue><a xmlns="urn:a">1<b>2</b></a>3</saml:AttributeValue></saml:Attribute>';
    const signed = saml.message('assertion', { editAssertion: (xml) => into(xml, 'saml:AttributeStatement', nested) });
    const value = descendants(saml.accepted(signed).assertion)
      .filter((one) => one.localName === 'AttributeValue')
      .at(-1);
    expect(value?.text).toBe('123');
    expect(value?.children[0]).toMatchObject({ namespace: 'urn:a', localName: 'a', text: '12' });
  });
});

it('refuses what SAML does not have there [S13]', () => {
  expect(saml.code(after(message, 'samlp:Status', '<x xmlns="urn:x"/>'))).toBe('SAML_SCHEMA');
  const signed = saml.message('assertion', {
    editAssertion: (xml) => into(xml, 'saml:Assertion', '<x xmlns="urn:x"/>'),
  });
  expect(saml.code(signed)).toBe('SAML_SCHEMA');
});

it('never lets the end of one assertion be the start of another [S12]', () => {
  expect(saml.code(swap(message, ASSERTION_END, `${ASSERTION_END}${ASSERTION_END}`))).toBe('SAML_MALFORMED');
});

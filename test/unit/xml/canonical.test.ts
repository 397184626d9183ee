import { DOMParser } from '@xmldom/xmldom';
import fc from 'fast-check';
import { ParseOption, XmlC14NMode, XmlDocument } from 'libxml2-wasm';
import { SignedXml } from 'xml-crypto';
import { canonicalForm } from '../../../src/xml/canonical.rules.js';
import { type ParsedElement, readMessage, readUntrustedXml } from '../../../src/xml/index.js';
import { EXCLUSIVE } from '../../support/saml-signing.js';
import { xmlDocument } from '../../support/xml-generator.js';

const SEED = 20310506;
const PREFIXES = ['a', 'b', 'saml', '#default', 'none'];

function read(xml: string): ParsedElement {
  const result = readMessage(Buffer.from(xml));
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value.root;
}

function byLibxml2(xml: string, prefixes: readonly string[] = []): string {
  const option = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE;
  const document = XmlDocument.fromBuffer(Buffer.from(xml), { option });
  try {
    return document.canonicalizeToString({
      mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0,
      ...(prefixes.length === 0 ? {} : { inclusiveNamespacePrefixes: [...prefixes] }),
    });
  } finally {
    document.dispose();
  }
}

describe('the canonical form', () => {
  it('is that of libxml2, octet by octet, with any list of prefixes [S12] [S15]', () => {
    fc.assert(
      fc.property(xmlDocument, fc.subarray(PREFIXES), (xml, prefixes) => {
        expect(canonicalForm(read(xml), prefixes)).toBe(byLibxml2(xml, prefixes));
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  it('is that of xml-crypto [S15]', () => {
    const Canonicalization = new SignedXml().CanonicalizationAlgorithms[EXCLUSIVE as never] as unknown as new () => {
      process(node: unknown, options: object): string;
    };
    fc.assert(
      fc.property(xmlDocument, (generated) => {
        // Explained: xmldom takes U+0085 and U+2028 for line ends, as XML 1.1 does; in XML 1.0 they are characters.
        const xml = generated.replace(/[\u0085\u2028]/g, '_');
        const root = new DOMParser().parseFromString(xml, 'text/xml').documentElement;
        expect(canonicalForm(read(xml), [])).toBe(new Canonicalization().process(root, {}));
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it('is stable: read and written again it is the same [S15]', () => {
    fc.assert(
      fc.property(xmlDocument, (xml) => {
        const canonical = canonicalForm(read(xml), []);
        expect(canonicalForm(read(canonical), [])).toBe(canonical);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it('leaves out a child that is not to be written, and what is declared around the element comes in where it is used', () => {
    const root = read('<a xmlns="urn:one" xmlns:p="urn:two"><b><p:c p:d="1"/>x<e/>y</b></a>');
    const [b] = root.children as [ParsedElement];
    const whole = '<b xmlns="urn:one"><p:c xmlns:p="urn:two" p:d="1"></p:c>x<e></e>y</b>';
    expect(canonicalForm(b, [])).toBe(whole);
    expect(canonicalForm(b.with(b.content.slice(1)), [])).toBe('<b xmlns="urn:one">x<e></e>y</b>');
    expect(canonicalForm(b, ['p'])).toBe(
      whole.replace(' xmlns:p="urn:two"', '').replace('"urn:one"', '"urn:one" xmlns:p="urn:two"'),
    );
  });
});

describe('XML that nobody signed', () => {
  it('is read with comments left out and text whole', () => {
    const xml =
      '<?xml version="1.0"?><!-- x --><a xmlns="urn:one" ID="1">left<!-- <b> -->right<b c="d"/></a><!-- y -->';
    const result = readUntrustedXml(Buffer.from(xml));
    expect(
      result.ok && [result.value.text, result.value.attribute('ID'), result.value.children[0]?.attribute('c')],
    ).toEqual(['leftright', '1', 'd']);
  });

  it('may be larger than a message where the caller says so, and no larger', () => {
    const xml = Buffer.from(`<a>${'<b/>'.repeat(20_000)}</a>`);
    expect(readUntrustedXml(xml)).toMatchObject({ ok: false, refusal: { code: 'SAML_XML_LIMIT' } });
    const limits = { elements: 30_000, siblings: 30_000 };
    expect(readUntrustedXml(xml, limits)).toMatchObject({ ok: true });
    expect(readUntrustedXml(xml, { ...limits, bytes: 1_000 })).toMatchObject({ refusal: { code: 'SAML_TOO_LARGE' } });
  });

  it.each([
    ['<!DOCTYPE a><a/>', 'SAML_XML_DTD'],
    ['<a><![CDATA[x]]></a>', 'SAML_XML_COMMENT'],
    ['<a><?x?></a>', 'SAML_XML_COMMENT'],
    ['<a><!-- x', 'SAML_MALFORMED'],
    ['<a>]]></a>', 'SAML_MALFORMED'],
    ['<a b="1" b="2"/>', 'SAML_MALFORMED'],
    ['<a xmlns:p="urn:x" xmlns:q="urn:x" p:b="1" q:b="2"/>', 'SAML_XML_NAMESPACE'],
    ['<a>&nbsp;</a>', 'SAML_XML_DTD'],
    ['<a>&#0;</a>', 'SAML_MALFORMED'],
    ['<a>&#xD800;</a>', 'SAML_MALFORMED'],
    ['<a></b>', 'SAML_MALFORMED'],
    ['<a/><b/>', 'SAML_MALFORMED'],
    ['<a/>x', 'SAML_MALFORMED'],
    ['<a b=c/>', 'SAML_MALFORMED'],
    ['<a:b:c xmlns:a="urn:x"/>', 'SAML_XML_NAMESPACE'],
    ['', 'SAML_MALFORMED'],
    ['<a ID="1"><b Id="1"/></a>', 'SAML_DUP_ID'],
    ['<x:a/>', 'SAML_XML_NAMESPACE'],
    ['<a xmlns:xi="http://www.w3.org/2001/XInclude"/>', 'SAML_XML_DTD'],
  ])('goes through the same gate: %s', (xml, code) => {
    expect(readUntrustedXml(Buffer.from(xml))).toMatchObject({ ok: false, refusal: { code } });
  });

  it('gives elements that cannot be changed', () => {
    const result = readUntrustedXml(Buffer.from('<a><b/></a>'));
    if (!result.ok) throw new Error('refused');
    expect(Object.isFrozen(result.value)).toBe(true);
    expect(Object.isFrozen(result.value.children)).toBe(true);
  });
});

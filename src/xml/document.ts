/**
 * libxml2 behind one door: parse, canonical form, and out again. A document lives inside `withDocument` and is freed at its
 * end whatever happens, since WebAssembly memory is not garbage collected. No network, no entities, no recovery.
 */
import { ParseOption, XmlC14NMode, XmlDocument, type XmlElement as XmlNode, XmlParseError } from 'libxml2-wasm';
import { refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import { LiveElement } from './elements.js';

const PARSE_OPTIONS =
  ParseOption.XML_PARSE_NONET |
  ParseOption.XML_PARSE_NO_XXE |
  ParseOption.XML_PARSE_NO_SYS_CATALOG |
  ParseOption.XML_PARSE_SKIP_IDS |
  ParseOption.XML_PARSE_COMPACT;

/** Bytes that the gate has let through are parsed, used and freed. */
export function withDocument<T>(bytes: Uint8Array, use: (document: ParsedDocument) => Result<T>): Result<T> {
  let document: XmlDocument;
  try {
    document = XmlDocument.fromBuffer(bytes, { option: PARSE_OPTIONS });
  } catch (error) {
    return refused(refuseParse(error));
  }
  try {
    if (document.warnings.length > 0) return refused(refusal('SAML_XML_AMBIGUOUS', 'The parser has doubts.'));
    return use(new ParsedDocument(document));
  } finally {
    document.dispose();
  }
}

/** The parser's own words may quote the message, so they stay here. */
function refuseParse(error: unknown) {
  const details = error instanceof XmlParseError ? error.details : [];
  const namespace = details.some((one) => /^(?:Namespace|xmlns|xml namespace|reuse of the xmlns)/.test(one.message));
  return namespace
    ? refusal('SAML_XML_NAMESPACE', 'The message uses a prefix that is not declared, or one name twice.')
    : refusal('SAML_MALFORMED', 'The message is not well formed XML.');
}

export class ParsedDocument {
  readonly #document: XmlDocument;
  readonly root: LiveElement;

  constructor(document: XmlDocument) {
    this.#document = document;
    this.root = new LiveElement(document.root);
  }

  /** Exclusive canonical form (without comments) of one element with all below it; refused where it comes out empty. */
  canonicalForm(element: LiveElement, inclusivePrefixes: readonly string[]): Result<Buffer> {
    const chunks: Buffer[] = [];
    const write = (chunk: Uint8Array) => {
      chunks.push(Buffer.from(chunk));
      return chunk.length;
    };
    const isRoot = element === this.root;
    try {
      this.#document.canonicalize(
        { write, close: () => true },
        {
          mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0,
          ...(isRoot ? {} : { nodeSet: new Set<XmlNode>([element.node]) }),
          ...(inclusivePrefixes.length === 0 ? {} : { inclusiveNamespacePrefixes: [...inclusivePrefixes] }),
        },
      );
    } catch {
      return refused(refusal('SAML_C14N_EMPTY', 'There is no canonical form.'));
    }
    const canonical = Buffer.concat(chunks);
    if (canonical.length === 0) return refused(refusal('SAML_C14N_EMPTY', 'The canonical form is empty.'));
    return ok(canonical);
  }
}

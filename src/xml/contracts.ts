/**
 * What the room `xml/` hands out and what it is told. A caller sees elements, never a DOM: an element is read only and
 * complete, and in a verified response it was parsed from the canonical bytes that the signature covers (SECURITY.md,
 * promise 1).
 */

/** Read-only view of an element. */
export interface XmlElement {
  /** Namespace URI; empty for none. */
  readonly namespace: string;
  readonly localName: string;
  readonly children: readonly XmlElement[];
  /** The whole text of the element and of all below it. */
  readonly text: string;
  attribute(localName: string, namespace?: string): string | null;
}

/** Caps that hold before any DOM exists (L1, L4). */
export interface XmlLimits {
  readonly bytes: number;
  readonly depth: number;
  readonly elements: number;
  /** Children of one element. */
  readonly siblings: number;
  /** Attributes of one element, namespace declarations included. */
  readonly attributes: number;
  /** Characters of one name. */
  readonly nameLength: number;
  /** Bytes of one attribute value or one run of text. */
  readonly textLength: number;
}

export interface ResponsePolicy {
  /** Pinned certificates, PEM: the only keys that a signature is checked with. */
  readonly signingCertificates: readonly string[];
  /** Which signatures must be there; any that is there must be valid. */
  readonly requireSigned: 'RESPONSE' | 'ASSERTION' | 'BOTH' | 'EITHER';
  readonly requireEncrypted: boolean;
  /** Private keys, PEM, tried in turn. */
  readonly decryptionKeys: readonly string[];
  readonly now: Date;
}

export interface VerifiedResponse {
  /**
   * The Response without its assertion: signed only where `responseIsSigned`; when not, its content may be used to
   * refuse and for nothing else.
   */
  readonly envelope: XmlElement;
  readonly responseIsSigned: boolean;
  readonly assertion: XmlElement;
  /** SHA-256, hex, over the verified canonical bytes of the assertion. */
  readonly digest: string;
  readonly wasEncrypted: boolean;
}

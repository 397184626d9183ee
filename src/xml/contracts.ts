/**
 * What the room `xml/` hands out and what it is told. A caller sees elements that cannot be changed. A VerifiedElement was
 * read from the canonical bytes that a checked signature covers, and only this room makes one (SECURITY.md, promise 1).
 */
import type { KeyObject } from 'node:crypto';
import type { Refusal } from '../shared/refusal.js';

export interface XmlAttribute {
  /** Namespace URI; empty for none. */
  readonly namespace: string;
  readonly localName: string;
  readonly value: string;
}

export interface XmlElement {
  /** Namespace URI; empty for none. */
  readonly namespace: string;
  readonly localName: string;
  /** Without declarations of namespaces. */
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /** The whole text of the element and of all below it. */
  readonly text: string;
  /** The text that stands in the element itself, between its children. */
  readonly ownText: string;
  attribute(localName: string, namespace?: string): string | null;
  /** The namespace of a prefix (empty: the default one) where this element stands; null where none is declared. */
  namespaceOf(prefix: string): string | null;
}

declare const covered: unique symbol;

/** An element, with all below it, of which every byte is covered by a signature that was checked. */
export interface VerifiedElement extends XmlElement {
  readonly [covered]: true;
  readonly children: readonly VerifiedElement[];
}

/** Caps that hold while a message is read, before there is a tree of it (L1, L4). */
const limits = {
  bytes: 384 * 1024,
  depth: 32,
  elements: 8_000,
  /** Children of one element. */
  siblings: 4_000,
  /** Attributes of one element, namespace declarations included. */
  attributes: 40,
  /** Namespace declarations around one element. */
  namespaces: 128,
  /** Characters of one name. */
  nameLength: 100,
  /** Characters of one attribute value or one run of text. */
  textLength: 320 * 1024,
};

export type XmlLimits = Readonly<typeof limits>;
export const MESSAGE_LIMITS: XmlLimits = Object.freeze(limits);

/** A key from the configuration: the only kind that a signature is ever checked with. */
export interface TrustedKey {
  readonly key: KeyObject;
  /** Why a signature by this key does not count at an instant: strength and validity of its certificate. */
  refuse(now: Date): Refusal | null;
}

export interface SignatureRules {
  readonly now: Date;
  /** RSA-SHA1 and SHA-1 digests, where an operator excepted this one peer. */
  readonly allowSha1: boolean;
}

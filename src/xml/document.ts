/** The doors into the room: text becomes elements that nobody vouches for, or an element that a signature covers. */
import type { Result } from '../shared/result.js';
import {
  MESSAGE_LIMITS,
  type SignatureRules,
  type TrustedKey,
  type VerifiedElement,
  type XmlElement,
  type XmlLimits,
} from './contracts.js';
import { attempt } from './demand.rules.js';
import type { ParsedElement } from './element.rules.js';
import { type ParsedDocument, type ReadOptions, readDocument, readRoot } from './reader.rules.js';
import { verifySignature } from './signature.js';

/**
 * A message of SAML as it was sent, which nobody vouches for. A repeated ID is told, not refused.
 * @param around the element that the message was encrypted in, whose prefixes are its own too
 */
export function readMessage(bytes: Uint8Array, around?: XmlElement): Result<ParsedDocument> {
  const { scope } = (around ?? { scope: null }) as ParsedElement;
  return attempt(() => readDocument(bytes, { limits: MESSAGE_LIMITS, comments: 'refuse', scope }));
}

/** XML without a signature, such as metadata that an operator uploads: what somebody wrote. */
export function readUntrustedXml(bytes: Uint8Array, limits?: Partial<XmlLimits>): Result<XmlElement> {
  return attempt(() => readRoot(bytes, { limits: { ...MESSAGE_LIMITS, ...limits }, comments: 'skip' }));
}

/**
 * The root of a document, verified by its own enveloped signature. The keys come from the configuration of the one who is
 * expected to have signed; what the document says of keys or of its issuer is not asked.
 */
export function verifySignedXml(
  bytes: Uint8Array,
  keys: readonly TrustedKey[],
  rules: SignatureRules & { readonly limits?: Partial<XmlLimits>; readonly comments?: ReadOptions['comments'] },
): Result<VerifiedElement> {
  const limits = { ...MESSAGE_LIMITS, ...rules.limits };
  const root = attempt(() => readRoot(bytes, { limits, comments: rules.comments ?? 'refuse' }));
  return root.ok ? verifySignature(root.value, keys, rules) : root;
}

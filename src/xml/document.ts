/** The doors into the room: text becomes elements that nobody vouches for, or an element that a signature covers. */
import { refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import {
  MESSAGE_LIMITS,
  type SignatureRules,
  type TrustedKey,
  type VerifiedElement,
  type XmlElement,
  type XmlLimits,
} from './contracts.js';
import { type ParsedDocument, readXml } from './reader.rules.js';
import { verifySignature } from './signature.js';

/**
 * A message of SAML as it was sent, which nobody vouches for. A repeated ID is told, not refused.
 * @param around the element that the message was encrypted in, whose prefixes are its own too
 */
export function readMessage(bytes: Uint8Array, around?: XmlElement): Result<ParsedDocument> {
  const { scope } = (around ?? { scope: null }) as Pick<ParsedDocument['root'], 'scope'>;
  return readXml(bytes, { limits: MESSAGE_LIMITS, comments: 'refuse', scope });
}

/** XML without a signature, such as metadata that an operator uploads: what somebody wrote. */
export function readUntrustedXml(bytes: Uint8Array, limits: Partial<XmlLimits> = {}): Result<XmlElement> {
  const document = readXml(bytes, { limits: { ...MESSAGE_LIMITS, ...limits }, comments: 'skip' });
  if (!document.ok) return document;
  return document.value.repeatsId ? refused(repeatedId()) : ok(document.value.root);
}

/**
 * The root of a document, verified by its own enveloped signature. The keys come from the configuration of the one who is
 * expected to have signed; what the document says of keys or of its issuer is not asked.
 */
export function verifySignedXml(
  bytes: Uint8Array,
  keys: readonly TrustedKey[],
  rules: SignatureRules & { readonly limits?: Partial<XmlLimits>; readonly comments?: 'refuse' | 'skip' },
): Result<VerifiedElement> {
  const { limits, comments = 'refuse' } = rules;
  const document = readXml(bytes, { limits: { ...MESSAGE_LIMITS, ...limits }, comments });
  if (!document.ok) return document;
  if (document.value.repeatsId) return refused(repeatedId());
  return verifySignature(document.value.root, keys, rules);
}

function repeatedId() {
  return refusal('SAML_DUP_ID', 'Two elements have the same ID.');
}

/**
 * XML without a signature, such as metadata that an operator uploads: the same gate with limits of the caller's, comments skipped.
 * What comes out is what somebody wrote; whether it is to be believed is for the caller to decide.
 */
import { refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import type { XmlElement, XmlLimits } from './contracts.js';
import { withDocument } from './document.js';
import { ReadElement } from './elements.js';
import { MESSAGE_LIMITS, refuseRepeatedId, scan } from './lexer.rules.js';

export function readUntrustedXml(bytes: Uint8Array, limits: Partial<XmlLimits> = {}): Result<XmlElement> {
  try {
    const scanned = scan(bytes, { limits: { ...MESSAGE_LIMITS, ...limits }, comments: 'skip' });
    if (!scanned.ok) return scanned;
    const repeated = refuseRepeatedId(scanned.value);
    if (repeated !== null) return refused(repeated);
    return withDocument<XmlElement>(bytes, ({ root }) => ok(ReadElement.of(root)));
  } catch (error) {
    const fault = error instanceof Error ? error.name : typeof error;
    return refused(refusal('SAML_MALFORMED', 'The document could not be read.', { fault }));
  }
}

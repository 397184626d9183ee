import { refusal } from '../shared/refusal.js';
import { type Result, refused } from '../shared/result.js';
import type { XmlElement, XmlLimits } from './contracts.js';

export function readUntrustedXml(_bytes: Uint8Array, _limits: Partial<XmlLimits> = {}): Result<XmlElement> {
  return refused(refusal('SAML_MALFORMED', 'No document is acceptable yet.'));
}

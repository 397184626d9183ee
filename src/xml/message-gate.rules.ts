/** The gate as a SAML message meets it, before and after decryption. */
import { refusal } from '../shared/refusal.js';
import { type Result, refused } from '../shared/result.js';
import { MESSAGE_LIMITS, type Scanned, scan } from './lexer.rules.js';

export function scanMessage(bytes: Uint8Array): Result<Scanned> {
  const scanned = scan(bytes, { limits: MESSAGE_LIMITS, comments: 'refuse' });
  if (scanned.ok && scanned.value.namesSchema) {
    return refused(refusal('SAML_XML_DTD', 'The message names the place of a schema.'));
  }
  return scanned;
}

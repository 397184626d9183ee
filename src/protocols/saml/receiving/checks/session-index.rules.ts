/**
 * Reads which sessions a LogoutRequest names (S47, L40). None named means all of this person; a named one that is empty is no
 * name, and must not come to mean all.
 * @see SAML core section 3.7.1 (SessionIndex), section 3.7.3.1
 */
import { refusal } from '../../../../shared/refusal.js';
import { ok, type Result, refused } from '../../../../shared/result.js';
import type { VerifiedElement, XmlElement } from '../../../../xml/contracts.js';
import { childrenOf } from '../../elements.rules.js';
import { ns } from '../../names.rules.js';

const MAX_INDEX = 1_024;

export function readSessionIndexes(message: VerifiedElement): Result<readonly string[]> {
  const elements = childrenOf(message, ns.protocol, 'SessionIndex');
  const isName = ({ children, text }: XmlElement) =>
    children.length === 0 && text.trim() !== '' && text.length <= MAX_INDEX;
  if (!elements.every(isName)) return refused(refusal('SAML_SCHEMA', 'a SessionIndex is empty, too long or no text'));
  return ok([...new Set(elements.map(({ text }) => text))]);
}

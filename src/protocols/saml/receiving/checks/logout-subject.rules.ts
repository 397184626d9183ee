/**
 * Reads whom a LogoutRequest names, and stops a name that can be read as another one (S47, L36, L40): one cut by a comment,
 * one made for another service provider, one in a form that the hub cannot compare. Qualifiers count: the same text
 * under another qualifier is another person.
 * @see SAML core sections 2.2.2, 2.2.3 and 3.7.1
 */
import type { SessionSubject } from '../../../../login/contracts.js';
import { refusal } from '../../../../shared/refusal.js';
import { ok, type Result, refused } from '../../../../shared/result.js';
import type { VerifiedElement } from '../../../../xml/contracts.js';
import { is } from '../../elements.rules.js';
import { nameIdFormats, ns } from '../../names.rules.js';

const MAX_TEXT = 1_024;

/** @param sides who speaks to whom: a qualifier that only repeats that is the same as none */
export function readSessionSubject(
  element: VerifiedElement | undefined,
  sides: { readonly identityProvider: string; readonly serviceProvider: string },
): Result<SessionSubject> {
  const say = (detail: string) => refused(refusal('SAML_NAMEID', detail));
  if (element === undefined || !is(element, ns.assertion, 'NameID')) return say('the person is not named by a NameID');
  if (element.children.length > 0) return say('the NameID holds elements');
  const { text } = element;
  if (text.trim() === '' || text.length > MAX_TEXT) return say('the NameID is empty or too long');
  // Without a Format, the unspecified one is in effect (SAML core, section 2.2.2).
  const format = element.attribute('Format') ?? nameIdFormats.unspecified;
  const [nameQualifier, spNameQualifier] = [element.attribute('NameQualifier'), element.attribute('SPNameQualifier')];
  if ([format, nameQualifier ?? ''].some((one) => one.length > MAX_TEXT))
    return say('a part of the NameID is too long');
  if (spNameQualifier !== null && spNameQualifier !== sides.serviceProvider) {
    return say('the NameID was made for another service provider');
  }
  return ok({ value: text, format, nameQualifier: nameQualifier === sides.identityProvider ? null : nameQualifier });
}

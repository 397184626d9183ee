/**
 * Turns attribute statements into claims by one rule, so that no value depends on which of two readings somebody takes
 * (S44, L37): values of attributes of one Name stand together in document order; an empty value, `xsi:nil` and
 * one that holds elements is no value; an attribute without values is no claim. Names are data and never properties of
 * a prototype.
 * @see SAML core sections 2.7.3 and 2.7.3.1.1
 */
import type { ClaimValue } from '../../../login/contracts.js';
import { refusal } from '../../../shared/refusal.js';
import { ok, type Result, refused } from '../../../shared/result.js';
import type { VerifiedElement, XmlElement } from '../../../xml/contracts.js';
import { childrenOf, is } from '../elements.rules.js';
import { ns } from '../names.rules.js';

const MAX_ATTRIBUTES = 500;
const MAX_VALUES = 5_000;
const MAX_NAME = 512;

export function readAttributes(assertion: VerifiedElement): Result<Readonly<Record<string, ClaimValue>>> {
  const statements = childrenOf(assertion, ns.assertion, 'AttributeStatement').flatMap(({ children }) => children);
  if (statements.some((child) => is(child, ns.assertion, 'EncryptedAttribute'))) {
    return refused(refusal('SAML_SCHEMA', 'single attributes are encrypted; encrypt the assertion'));
  }
  const claims = new Map<string, string[]>();
  let values = 0;
  for (const attribute of statements.filter((child) => is(child, ns.assertion, 'Attribute'))) {
    const name = attribute.attribute('Name') ?? '';
    if (name === '' || name.length > MAX_NAME) {
      return refused(refusal('SAML_SCHEMA', 'an attribute has no name, or one that is too long'));
    }
    const texts = childrenOf(attribute, ns.assertion, 'AttributeValue')
      .filter(isValue)
      .map(({ text }) => text);
    values += texts.length;
    if (texts.length === 0) continue;
    const known = claims.get(name);
    if (known === undefined) claims.set(name, texts);
    else known.push(...texts);
  }
  if (claims.size > MAX_ATTRIBUTES || values > MAX_VALUES) {
    const facts = { attributes: claims.size, values };
    return refused(refusal('SAML_XML_LIMIT', 'the assertion has more attributes than any person', facts));
  }
  // fromEntries defines own properties, `__proto__` included; it never assigns.
  return ok(Object.fromEntries(claims));
}

function isValue(value: XmlElement): boolean {
  const isNil = ['true', '1'].includes(value.attribute('nil', ns.xsi) ?? 'false');
  return !isNil && value.children.length === 0 && value.text !== '';
}

/**
 * The Signature of an assertion stands after its Issuer (SAML 2.0 Core section 2.3.3). Oracle Access Manager writes it last, which
 * an IdP may be allowed: where an enveloped signature stands changes nothing of what it covers.
 */
import type { ParsedElement } from '../../xml/index.js';
import { is } from './elements.rules.js';
import { ns } from './names.rules.js';

/** The message as the schema would have it, to be held against the schema and for nothing else. */
export function withSignatureInPlace(root: ParsedElement): ParsedElement {
  if (is(root, ns.assertion, 'Assertion')) return inPlace(root);
  return root.with(
    root.content.map((one) => (typeof one !== 'string' && is(one, ns.assertion, 'Assertion') ? inPlace(one) : one)),
  );
}

function inPlace(assertion: ParsedElement): ParsedElement {
  const [issuer, ...others] = assertion.children;
  const last = others.pop();
  if (issuer === undefined || last === undefined || !is(last, ns.xmldsig, 'Signature')) return assertion;
  return assertion.with([issuer, last, ...others]);
}

/**
 * NameIDs and attributes that are encrypted one by one inside an assertion (SAML core sections 2.2.4 and 2.7.3.2). Rule: they
 * are opened after the signature was checked and never before, so that the ciphertext is the IdP's own; what comes out must be
 * exactly the element that the place is for, and stands in the place of the ciphertext for every check that follows.
 */
import { refusal } from '../../../shared/refusal.js';
import { ok, type Result, refused } from '../../../shared/result.js';
import type { VerifiedElement } from '../../../xml/contracts.js';
import { MESSAGE_LIMITS, readCovered, readMessage, withOpened } from '../../../xml/index.js';
import { is } from '../elements.rules.js';
import { ns } from '../names.rules.js';
import { refuseSchema } from '../schema/index.js';
import { type DecryptionRules, decrypt } from './decryption.js';

/** Each costs operations with a private key. */
const MAX_ENCRYPTED = 32;

/** What is encrypted, what it is found in, and what it must open to. */
const places = [
  { name: 'EncryptedID', parents: ['Subject', 'SubjectConfirmation'], content: 'NameID' },
  { name: 'EncryptedAttribute', parents: ['AttributeStatement'], content: 'Attribute' },
] as const;

export function openInside(assertion: VerifiedElement, rules: DecryptionRules): Result<VerifiedElement> {
  const found = encryptedIn(assertion);
  if (found.length === 0) return ok(assertion);
  if (found.length > MAX_ENCRYPTED) {
    return refused(refusal('SAML_XML_LIMIT', 'Too much is encrypted one by one.', { allowed: MAX_ENCRYPTED }));
  }
  const opened = new Map<VerifiedElement, VerifiedElement>();
  for (const { element, content } of found) {
    const plaintext = decrypt(element, rules);
    if (!plaintext.ok) return plaintext;
    const read = readCovered(element, plaintext.value, MESSAGE_LIMITS);
    if (!read.ok) return read;
    if (!is(read.value, ns.assertion, content)) {
      return refused(refusal('SAML_SCHEMA', 'What was decrypted is another element than may stand there.'));
    }
    // As it was written: the prefix of an xsi:type is no part of the canonical form.
    const written = readMessage(plaintext.value, element);
    if (!written.ok) return written;
    const malformed = refuseSchema(written.value.root);
    if (malformed !== null) return refused(malformed);
    opened.set(element, read.value);
  }
  return ok(withOpened(assertion, (element) => opened.get(element) ?? null));
}

function encryptedIn(parent: VerifiedElement): { readonly element: VerifiedElement; readonly content: string }[] {
  return parent.children.flatMap((element) => {
    const place = places.find(
      ({ name, parents }) => is(element, ns.assertion, name) && parents.some((one) => is(parent, ns.assertion, one)),
    );
    return place === undefined ? encryptedIn(element) : [{ element, content: place.content }];
  });
}

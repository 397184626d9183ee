/**
 * NameIDs and attributes that are encrypted one by one inside an assertion (SAML core sections 2.2.4 and 2.7.3.2). Rule: they
 * are opened after the signature was checked and never before, so that the ciphertext is the IdP's own; what comes out must be
 * exactly the element that the place is for, and stands in the place of the ciphertext for every check that follows.
 */
import { refusal } from '../../../shared/refusal.js';
import { ok, type Result, refused } from '../../../shared/result.js';
import type { VerifiedElement, XmlElement } from '../../../xml/contracts.js';
import { readCovered, readMessage, withOpened } from '../../../xml/index.js';
import { is } from '../elements.rules.js';
import { ns } from '../names.rules.js';
import { refuseSchema } from '../schema/index.js';
import { refuseInside } from '../shape.rules.js';
import { type DecryptionRules, decrypt } from './decryption.js';

/** Each costs operations with a private key: one for every pair of an encrypted key and a key of ours. */
const MAX_ENCRYPTED = 32;
const MAX_OPERATIONS = 64;
const ID_NAMES = ['ID', 'Id', 'id'];

/** What is encrypted, what it is found in, and what it must open to. */
const places = [
  { name: 'EncryptedID', parents: ['Subject', 'SubjectConfirmation'], content: 'NameID' },
  { name: 'EncryptedAttribute', parents: ['AttributeStatement'], content: 'Attribute' },
] as const;

/** @param messageIds of the message that the assertion came in */
export function openInside(
  assertion: VerifiedElement,
  rules: DecryptionRules,
  messageIds: ReadonlySet<string>,
): Result<VerifiedElement> {
  const found = encryptedIn(assertion);
  if (found.length === 0) return ok(assertion);
  const operations = found.reduce((sum, { element }) => sum + keysIn(element), 0) * rules.keys.length;
  if (found.length > MAX_ENCRYPTED || operations > MAX_OPERATIONS) {
    return refused(refusal('SAML_XML_LIMIT', 'Too much is encrypted one by one.', { allowed: MAX_ENCRYPTED }));
  }
  const ids = new Set([...messageIds, ...idsIn(assertion)]);
  const opened = new Map<VerifiedElement, VerifiedElement>();
  for (const { element, content } of found) {
    const plaintext = decrypt(element, rules);
    if (!plaintext.ok) return plaintext;
    const read = readCovered(element, plaintext.value);
    if (!read.ok) return read;
    if (!is(read.value, ns.assertion, content)) {
      return refused(refusal('SAML_SCHEMA', 'What was decrypted is another element than may stand there.'));
    }
    // As it was written: the prefix of an xsi:type is no part of the canonical form.
    const written = readMessage(plaintext.value, element);
    if (!written.ok) return written;
    const { root, ids: own, repeatsId } = written.value;
    if (repeatsId || [...own].some((id) => ids.has(id))) {
      return refused(refusal('SAML_DUP_ID', 'Two elements have the same ID.'));
    }
    for (const id of own) ids.add(id);
    const malformed = refuseInside(root) ?? refuseSchema(root);
    if (malformed !== null) return refused(malformed);
    opened.set(element, read.value);
  }
  return ok(withOpened(assertion, (element) => opened.get(element) ?? null));
}

function keysIn(element: XmlElement): number {
  const own = is(element, ns.xmlenc, 'EncryptedKey') ? 1 : 0;
  return element.children.reduce((sum, child) => sum + keysIn(child), own);
}

function idsIn(element: XmlElement): string[] {
  const own = element.attributes.filter(({ localName }) => ID_NAMES.includes(localName)).map(({ value }) => value);
  return [...own, ...element.children.flatMap(idsIn)];
}

function encryptedIn(parent: VerifiedElement): { readonly element: VerifiedElement; readonly content: string }[] {
  return parent.children.flatMap((element) => {
    const place = places.find(
      ({ name, parents }) => is(element, ns.assertion, name) && parents.some((one) => is(parent, ns.assertion, one)),
    );
    return place === undefined ? encryptedIn(element) : [{ element, content: place.content }];
  });
}

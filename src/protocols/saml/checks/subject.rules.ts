/**
 * Decides who the person is, and stops a subject that can be read as another one (S43, L36; docs/concepts.md):
 * an identifier that changes at every login, one in another format or for another service, an empty one, one that hides
 * white space or control characters. Letters are compared as they are: another case or normal form is another person.
 * @see SAML core sections 2.2.2, 8.3.7 and 8.3.8; SAML V2.0 Subject Identifier Attributes Profile section 3
 */
import type { AssertedSubject, ClaimValue, UpstreamSamlConfig } from '../../../login/contracts.js';
import { type Refusal, refusal } from '../../../shared/refusal.js';
import { ok, type Result, refused } from '../../../shared/result.js';
import type { VerifiedElement, XmlElement } from '../../../xml/contracts.js';
import { childrenOf, is } from '../elements.rules.js';
import { nameIdFormats, ns } from '../names.rules.js';

const MAX_SUBJECT = 1_024;
const MAX_PERSISTENT = 256;
/** Identifiers of one syntax that are the same in either case, and made for being a key. */
const SUBJECT_IDENTIFIERS = [
  'urn:oasis:names:tc:SAML:attribute:subject-id',
  'urn:oasis:names:tc:SAML:attribute:pairwise-id',
];
const SUBJECT_IDENTIFIER = /^[a-z0-9][a-z0-9=-]{0,126}@[a-z0-9][a-z0-9.-]{0,126}$/;
const UNREADABLE = /^\s|\s$|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/u;

type Config = Pick<UpstreamSamlConfig, 'entityId' | 'subjectSource' | 'nameIdFormat' | 'serviceProvider'>;

export function readSubject(
  assertion: VerifiedElement,
  claims: Readonly<Record<string, ClaimValue>>,
  config: Config,
): Result<AssertedSubject> {
  const [subject, ...others] = childrenOf(assertion, ns.assertion, 'Subject');
  if (subject === undefined || others.length > 0) {
    return refused(refusal('SAML_NAMEID', 'the assertion is not about exactly one subject'));
  }
  const identifiers = subject.children.filter((child) => !is(child, ns.assertion, 'SubjectConfirmation'));
  const [nameId, ...more] = identifiers;
  if (more.length > 0 || (nameId !== undefined && !is(nameId, ns.assertion, 'NameID'))) {
    return refused(refusal('SAML_NAMEID', 'the subject has another identifier than one NameID in clear'));
  }
  const { subjectSource } = config;
  if (subjectSource.kind === 'CLAIM') return subjectOfClaim(subjectSource.name, claims);
  return nameId === undefined
    ? refused(refusal('SUBJECT_MISSING', 'the subject has no NameID'))
    : subjectOfNameId(nameId, config);
}

function subjectOfNameId(nameId: XmlElement, config: Config): Result<AssertedSubject> {
  // Without a Format, the unspecified one is in effect (SAML core, section 2.2.2).
  const format = nameId.attribute('Format') ?? nameIdFormats.unspecified;
  const value = nameId.text;
  const bad =
    (nameId.children.length > 0 ? refusal('SAML_NAMEID', 'the NameID holds elements') : null) ??
    formatRefusal(format, config.nameIdFormat) ??
    valueRefusal(value, format === nameIdFormats.persistent ? MAX_PERSISTENT : MAX_SUBJECT);
  if (bad !== null) return refused(bad);
  const [nameQualifier, spNameQualifier] = [nameId.attribute('NameQualifier'), nameId.attribute('SPNameQualifier')];
  if ((nameQualifier?.length ?? 0) > MAX_SUBJECT || nameQualifier === '') {
    return refused(refusal('SAML_NAMEID', 'the NameQualifier is empty or too long'));
  }
  if (spNameQualifier !== null && spNameQualifier !== config.serviceProvider.entityId) {
    return refused(refusal('SAML_NAMEID', 'the NameID was made for another service provider'));
  }
  // A qualifier that only repeats who is speaking to whom is the same as none.
  const qualifier = nameQualifier === config.entityId ? null : nameQualifier;
  return ok({ source: 'NAME_ID', value, format, nameQualifier: qualifier, spNameQualifier: null });
}

function formatRefusal(format: string, requested: string | null): Refusal | null {
  const facts = { format: format.slice(0, 100) };
  if (format === nameIdFormats.transient) {
    return refusal('SUBJECT_TRANSIENT', 'a transient NameID is another one at the next login', facts);
  }
  if ([nameIdFormats.encrypted, nameIdFormats.entity].some((one) => one === format) || format.length > 256) {
    return refusal('SAML_NAMEID', 'the NameID is in a format that names no person', facts);
  }
  const isFree = requested === null || requested === nameIdFormats.unspecified;
  if (isFree || requested === format) return null;
  return refusal('SAML_NAMEID', 'the NameID is in another format than was asked for', { ...facts, requested });
}

function subjectOfClaim(name: string, claims: Readonly<Record<string, ClaimValue>>): Result<AssertedSubject> {
  const values = Object.hasOwn(claims, name) ? (claims[name] as readonly string[]) : [];
  const [stated, ...others] = values;
  if (stated === undefined)
    return refused(refusal('SUBJECT_MISSING', 'the attribute of the subject is missing', { name }));
  if (others.length > 0)
    return refused(refusal('SAML_NAMEID', 'the attribute of the subject has several values', { name }));
  const isIdentifier = SUBJECT_IDENTIFIERS.includes(name);
  const value = isIdentifier ? stated.toLowerCase() : stated;
  const bad =
    isIdentifier && !SUBJECT_IDENTIFIER.test(value)
      ? refusal('SAML_NAMEID', 'the subject identifier has not the syntax of its profile', { name })
      : valueRefusal(value, MAX_SUBJECT);
  if (bad !== null) return refused(bad);
  return ok({ source: name, value, format: null, nameQualifier: null, spNameQualifier: null });
}

function valueRefusal(value: string, longest: number): Refusal | null {
  if (value.trim() === '') return refusal('SAML_NAMEID', 'the identifier of the subject is empty');
  if (value.length > longest) return refusal('SAML_NAMEID', `the identifier is longer than ${longest} characters`);
  return UNREADABLE.test(value)
    ? refusal('SAML_NAMEID', 'the identifier has outer white space, or characters that nobody sees')
    : null;
}

/** The form of an identifier by its Format (SAML core, sections 8.3.2 to 8.3.5). */

const OLD_FORMAT = 'urn:oasis:names:tc:SAML:1.1:nameid-format:';

/** addr-spec of RFC 2822, section 3.4.1, which is ASCII alone, as it is written without comments. */
const ATOM = "[\\w!#$%&'*+\\-/=?^`{|}~]+";
const ATOMS = `${ATOM}(?:\\.${ATOM})*`;
const QUOTED = '"(?:[\\t !#-[\\]-~]|\\\\[\\t -~])*"';
const LITERAL = '\\[[!-Z^-~]*\\]';

/**
 * A distinguished name of RFC 2253, with the spaces, the semicolon and the `OID.` that its section 4 lets through, and the `=` in
 * a value that RFC 4514 does. XML Signature, section 4.4.4, has control characters escaped.
 */
const NUMBER = '(?:0|[1-9]\\d*)';
const TYPE = `(?:[A-Za-z][A-Za-z0-9-]*|(?:OID\\.)?${NUMBER}(?:\\.${NUMBER})*)`;
const PAIR = '\\\\(?:[ ,=+<>#;"\\\\]|[0-9A-Fa-f]{2})';
const HEX = '#(?:[0-9A-Fa-f]{2})+ *';
const IN_QUOTES = `"(?:[^"\\\\\\x00-\\x1F]|${PAIR})*" *`;
const PLAIN = `(?:[^ #",;+\\\\<>\\x00-\\x1F]|${PAIR})(?:[^",;+\\\\<>\\x00-\\x1F]|${PAIR})*`;
const PART = ` *${TYPE} *= *(?:${HEX}|${IN_QUOTES}|${PLAIN})?`;

export const identifierForms: ReadonlyMap<string, RegExp> = new Map([
  [`${OLD_FORMAT}emailAddress`, new RegExp(`^(?:${ATOMS}|${QUOTED})@(?:${ATOMS}|${LITERAL})$`, 'u')],
  [`${OLD_FORMAT}X509SubjectName`, new RegExp(`^${PART}(?:[,;+]${PART})*$`, 'u')],
  // DomainName\UserName; the domain may be missing, with its backslash.
  [`${OLD_FORMAT}WindowsDomainQualifiedName`, /^(?:[^\\]+\\)?[^\\]+$/su],
  // name[/instance]@REALM
  ['urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos', /^[^/@\s]+(?:\/[^/@\s]+)?@[^@\s]+$/u],
]);

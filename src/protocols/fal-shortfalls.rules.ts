/**
 * What an assertion lacks for FAL2 (NIST SP 800-63C-4, section 2.3): made for one audience alone, and an identifier that tells
 * nobody who the person is. An opaque identifier cannot be told from a readable one by looking at it, so this names what is
 * readable for certain: by its format, by its source, by its shape, or because the IdP says the same of the person elsewhere.
 */
import type { AssertedSubject, ClaimValue, FalShortfall } from '../login/contracts.js';

const SUBJECT_IDENTIFIERS: ReadonlySet<string> = new Set([
  'urn:oasis:names:tc:SAML:attribute:subject-id',
  'urn:oasis:names:tc:SAML:attribute:pairwise-id',
]);
const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
/** Formats of SAML core, section 8.3, that name a person to anybody who reads them. */
const READABLE_FORMATS: ReadonlySet<string> = new Set([
  'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  'urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName',
  'urn:oasis:names:tc:SAML:1.1:nameid-format:WindowsDomainQualifiedName',
  'urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos',
]);
/** Claims that speak of the person in clear, in the names of OpenID Connect, of LDAP and eduPerson, and of WS-Federation. */
const READABLE_CLAIMS: readonly string[] = [
  'email',
  'mail',
  'preferred_username',
  'upn',
  'unique_name',
  'username',
  'uid',
  'name',
  'nickname',
  'phone_number',
  'employeeNumber',
  'urn:oid:0.9.2342.19200300.100.1.1',
  'urn:oid:0.9.2342.19200300.100.1.3',
  'urn:oid:1.3.6.1.4.1.5923.1.1.1.6',
  'urn:oid:2.16.840.1.113730.3.1.3',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn',
  'http://schemas.microsoft.com/ws/2008/06/identity/claims/windowsaccountname',
];
/** An e-mail address or a principal, and an account name of a Windows domain. */
const READABLE_SHAPE = /.@.|.\\./s;

interface Identified {
  readonly subject: AssertedSubject;
  readonly claims: Readonly<Record<string, ClaimValue>>;
}

/** How it was made. */
interface Making {
  readonly isForUsAlone: boolean;
  /** Old cryptography that this IdP may use. */
  readonly algorithmExceptions: readonly unknown[];
}

export function falShortfallsOf(identified: Identified, making: Making): readonly FalShortfall[] {
  return [
    ...(isReadable(identified) ? (['READABLE_IDENTIFIER'] as const) : []),
    ...(making.isForUsAlone ? [] : (['SHARED_AUDIENCE'] as const)),
    ...(making.algorithmExceptions.length === 0 ? [] : (['OLD_ALGORITHMS'] as const)),
  ];
}

function isReadable({ subject, claims }: Identified): boolean {
  const { source, format, value } = subject;
  if (READABLE_CLAIMS.includes(source) || (format !== null && READABLE_FORMATS.has(format))) return true;
  // Opaque by its definition, and scoped by what looks like the domain of an address.
  const isScoped = SUBJECT_IDENTIFIERS.has(source) || format === PERSISTENT;
  return (!isScoped && READABLE_SHAPE.test(value)) || isSaidInClear(value, claims);
}

function isSaidInClear(identifier: string, claims: Identified['claims']): boolean {
  const wanted = identifier.toLowerCase();
  return READABLE_CLAIMS.some((name) => {
    const stated = Object.hasOwn(claims, name) ? claims[name] : undefined;
    const values: readonly unknown[] = Array.isArray(stated) ? stated : [stated];
    return values.some((value) => typeof value === 'string' && value.toLowerCase() === wanted);
  });
}

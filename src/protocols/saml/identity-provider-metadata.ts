/**
 * Reads the metadata that a partner gives of its IdP (SAML metadata, sections 2.3.2 and 2.4.3; S30, S31, S45).
 * Taken is what a connection needs; anything doubtful is refused with the reason: a second entity, an endpoint that a
 * browser must not be sent to, a key that may not sign. Nothing in metadata can lower what the hub demands of a message.
 */
import type { WantedMetadata } from '../../identity-providers/sources.js';
import { type PinnedCertificate, readPinnedCertificate } from '../../keys/pinned-certificate.js';
import type { ErrorCode } from '../../shared/error-catalogue.js';
import { refusal } from '../../shared/refusal.js';
import { ok, type Result, refused } from '../../shared/result.js';
import { parseHttpsUrl } from '../../shared/values.js';
import type { XmlElement } from '../../xml/index.js';
import { childrenOf } from './elements.rules.js';
import { parseInstant } from './instant.rules.js';
import { holdsAnotherEntity, pathToEntity, readMetadataDocument } from './metadata-document.js';
import { bindings, ns } from './names.rules.js';

export interface IdentityProviderMetadata {
  readonly entityId: string;
  /** Where AuthnRequests go: by Redirect where the IdP offers it, else by POST. */
  readonly ssoUrl: string;
  readonly ssoBinding: 'REDIRECT' | 'POST';
  /** Where answers to its logout requests go, and how: as for requests, Redirect first. */
  readonly sloResponseUrl: string | null;
  readonly sloBinding: 'REDIRECT' | 'POST' | null;
  readonly signingCertificates: readonly PinnedCertificate[];
  /** Signing certificates beside the ones above that may not be pinned, and the code that says why. */
  readonly ignoredCertificates: readonly { readonly fingerprint: string | null; readonly code: ErrorCode }[];
  readonly wantAuthnRequestsSigned: boolean;
  readonly nameIdFormats: readonly string[];
  /** shibmd:Scope: the domains for which the IdP wants to assert scoped values. A wish; proved domains decide. */
  readonly scopes: readonly string[];
  readonly validUntil: Date | null;
}

export interface MetadataPolicy extends WantedMetadata {
  /** Development: http endpoints on the loopback interface are accepted. */
  readonly allowInsecureEndpoints: boolean;
}

const MAX_ENTITY_ID = 1_024;
const MAX_ENDPOINT = 2_048;
const MAX_ENTRIES = 64;
const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

export function readIdentityProviderMetadata(
  bytes: Uint8Array,
  policy: MetadataPolicy,
): Result<IdentityProviderMetadata> {
  const root = readMetadataDocument(bytes, policy);
  if (!root.ok) return root;
  const path = pathToEntity(root.value, policy);
  if (!path.ok) return path;
  const entity = path.value[path.value.length - 1] ?? root.value;
  const descriptor = descriptorOf(entity);
  if (!descriptor.ok) return descriptor;
  const entityId = entity.attribute('entityID') ?? '';
  if (entityId === '' || entityId.length > MAX_ENTITY_ID || /\s/.test(entityId)) {
    return invalid(`The entityID is missing, holds white space or is longer than ${MAX_ENTITY_ID} characters.`);
  }
  const validity = validUntilOf([...path.value, descriptor.value], policy.now);
  if (!validity.ok) return validity;
  const endpoint = endpointsOf(descriptor.value, policy);
  if (!endpoint.ok) return endpoint;
  const certificates = signingCertificates(descriptor.value, policy.now);
  if (!certificates.ok) return certificates;
  const signed = descriptor.value.attribute('WantAuthnRequestsSigned') ?? 'false';
  if (!['true', 'false', '1', '0'].includes(signed)) return invalid('WantAuthnRequestsSigned is no boolean.');
  return ok({
    entityId,
    ...endpoint.value,
    ...certificates.value,
    wantAuthnRequestsSigned: signed === 'true' || signed === '1',
    nameIdFormats: textsOf(childrenOf(descriptor.value, ns.metadata, 'NameIDFormat')),
    scopes: scopesOf([entity, descriptor.value]),
    validUntil: validity.value,
  });
}

/** The one IdP role of the one entity. */
function descriptorOf(entity: XmlElement): Result<XmlElement> {
  if (holdsAnotherEntity(entity)) return invalid('The document holds more than one md:EntityDescriptor.');
  const roles = childrenOf(entity, ns.metadata, 'IDPSSODescriptor').filter((role) =>
    (role.attribute('protocolSupportEnumeration') ?? '').split(/\s+/).includes(ns.protocol),
  );
  const [role] = roles;
  if (role === undefined) return invalid('The entity has no IDPSSODescriptor for SAML 2.0: it is no IdP.');
  return roles.length === 1 ? ok(role) : invalid('The entity has more than one IDPSSODescriptor for SAML 2.0.');
}

/** The earliest end of validity; elements without one have none. */
function validUntilOf(elements: readonly XmlElement[], now: Date): Result<Date | null> {
  let earliest: number | null = null;
  for (const element of elements) {
    const text = element.attribute('validUntil');
    if (text === null) continue;
    const instant = parseInstant(text);
    if (instant === null) return invalid('validUntil is no instant in UTC.');
    earliest = Math.min(earliest ?? instant, instant);
  }
  if (earliest === null) return ok(null);
  const validUntil = new Date(earliest);
  return earliest > now.getTime()
    ? ok(validUntil)
    : refused(refusal('METADATA_EXPIRED', `The metadata was valid until ${validUntil.toISOString()}.`));
}

type Endpoints = Pick<IdentityProviderMetadata, 'ssoUrl' | 'ssoBinding' | 'sloResponseUrl' | 'sloBinding'>;

function endpointsOf(descriptor: XmlElement, policy: MetadataPolicy): Result<Endpoints> {
  const services = ['SingleSignOnService', 'SingleLogoutService'].flatMap((name) =>
    childrenOf(descriptor, ns.metadata, name),
  );
  const used = services.filter((service) => kindOf(service) !== null);
  for (const service of used) {
    const locations = [service.attribute('Location') ?? '', service.attribute('ResponseLocation')];
    if (locations.some((url) => url !== null && !acceptsEndpoint(url, policy))) {
      const facts = { service: service.localName };
      return refused(refusal('METADATA_ENDPOINT', 'An endpoint is not an https URL without credentials.', facts));
    }
  }
  const signOn = preferred(used, 'SingleSignOnService');
  const ssoUrl = signOn?.service.attribute('Location');
  if (signOn === null || !ssoUrl) {
    return refused(refusal('METADATA_ENDPOINT', 'There is no SingleSignOnService by HTTP-Redirect or HTTP-POST.'));
  }
  const signOff = preferred(used, 'SingleLogoutService');
  const sloResponseUrl = signOff?.service.attribute('ResponseLocation') ?? signOff?.service.attribute('Location');
  return ok({
    ssoUrl,
    ssoBinding: signOn.binding,
    sloResponseUrl: sloResponseUrl ?? null,
    sloBinding: signOff?.binding ?? null,
  });
}

/** By Redirect where there is one, else by POST. */
function preferred(services: readonly XmlElement[], name: string) {
  for (const binding of ['REDIRECT', 'POST'] as const) {
    const service = services.find((one) => one.localName === name && kindOf(one) === binding);
    if (service !== undefined) return { service, binding };
  }
  return null;
}

function kindOf(service: XmlElement): 'REDIRECT' | 'POST' | null {
  const binding = service.attribute('Binding');
  if (binding === bindings.REDIRECT) return 'REDIRECT';
  return binding === bindings.POST ? 'POST' : null;
}

/** Whether a browser may be sent there. The spelling stays as it is: the IdP compares Destination with it. */
export function acceptsEndpoint(url: string, policy: Pick<MetadataPolicy, 'allowInsecureEndpoints'>): boolean {
  if (url.length > MAX_ENDPOINT || url !== url.trim()) return false;
  if (parseHttpsUrl(url) !== null) return true;
  if (!policy.allowInsecureEndpoints || !URL.canParse(url)) return false;
  const { protocol, hostname, username, password, hash } = new URL(url);
  return protocol === 'http:' && LOOPBACK.has(hostname) && `${username}${password}${hash}` === '';
}

/** Keys of `use="signing"` and keys without a use; one for encryption never signs. */
function signingCertificates(
  descriptor: XmlElement,
  now: Date,
): Result<Pick<IdentityProviderMetadata, 'signingCertificates' | 'ignoredCertificates'>> {
  const keys = childrenOf(descriptor, ns.metadata, 'KeyDescriptor');
  if (keys.some((key) => ![null, 'signing', 'encryption'].includes(key.attribute('use')))) {
    return invalid('A KeyDescriptor has an unknown use.');
  }
  const texts = keys
    .filter((key) => key.attribute('use') !== 'encryption')
    .flatMap((key) => childrenOf(key, ns.xmldsig, 'KeyInfo'))
    .flatMap((info) => childrenOf(info, ns.xmldsig, 'X509Data'))
    .flatMap((data) => childrenOf(data, ns.xmldsig, 'X509Certificate'))
    .map((certificate) => certificate.text);
  if (texts.length === 0) {
    return refused(refusal('METADATA_NO_SIGNING_KEY', 'No KeyDescriptor for signing carries a certificate.'));
  }
  if (texts.length > MAX_ENTRIES) return invalid(`There are more than ${MAX_ENTRIES} signing certificates.`);
  const read = texts.map((text) => readPinnedCertificate(text, now));
  const pinned = new Map<string, PinnedCertificate>();
  for (const one of read) if (one.ok) pinned.set(one.value.fingerprint, one.value);
  const problems = read.flatMap((one) => (one.ok ? [] : [one.refusal]));
  const [first] = problems;
  if (pinned.size === 0 && first !== undefined) return refused(first);
  return ok({
    signingCertificates: [...pinned.values()],
    ignoredCertificates: problems.map(({ code, facts }) => ({
      code,
      fingerprint: typeof facts?.fingerprint === 'string' ? facts.fingerprint : null,
    })),
  });
}

function scopesOf(elements: readonly XmlElement[]): readonly string[] {
  const scopes = elements
    .flatMap((element) => childrenOf(element, ns.metadata, 'Extensions'))
    .flatMap((extensions) => childrenOf(extensions, ns.shibmd, 'Scope'))
    // A regular expression of a stranger is neither run nor believed.
    .filter((scope) => !['true', '1'].includes(scope.attribute('regexp') ?? 'false'));
  return textsOf(scopes).map((scope) => scope.toLowerCase());
}

function textsOf(elements: readonly XmlElement[]): readonly string[] {
  const texts = elements.map((element) => element.text.trim()).filter((text) => text !== '' && text.length <= 1_024);
  return [...new Set(texts)].slice(0, MAX_ENTRIES);
}

function invalid<T = never>(detail: string, facts?: Readonly<Record<string, string>>): Result<T> {
  return refused(refusal('METADATA_INVALID', detail, facts));
}

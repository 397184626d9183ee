/**
 * From the bytes of a metadata document to the one entity in it that is wanted (SAML metadata, section 3; L42, S45). Where a
 * signer is pinned, nothing is read but what the signature over the root covers; KeyInfo and certificates in the document prove
 * nothing. Without a pin a signature is nobody's word, since anybody can sign with a key that they bring along.
 */
import type { WantedMetadata } from '../../identity-providers/sources.js';
import { trustedKeys } from '../../keys/trusted-keys.js';
import { type Refusal, refusal } from '../../shared/refusal.js';
import { ok, type Result, refused } from '../../shared/result.js';
import { readUntrustedXml, verifySignedXml, type XmlElement, type XmlLimits } from '../../xml/index.js';
import { childrenOf, is } from './elements.rules.js';
import { ns } from './names.rules.js';

/** Wider than those of a message: tools of large vendors describe every claim that they could ever send. */
const ENTITY_LIMITS = { bytes: 1_024 * 1_024, elements: 20_000 };
/** A federation of some thousand members. */
const AGGREGATE_LIMITS = { bytes: 5 * 1_024 * 1_024, elements: 250_000, siblings: 20_000 };
const MAX_NESTING = 8;
/** What is wrong with a document before anybody asks who signed it. */
const UNREADABLE = ['SAML_MALFORMED', 'SAML_TOO_LARGE', 'SAML_DUP_ID'];

type Wanted = Pick<WantedMetadata, 'now' | 'signingCertificate' | 'entityId'>;

/** The root: verified where a signer is pinned, or else what somebody wrote. */
export function readMetadataDocument(bytes: Uint8Array, wanted: Wanted): Result<XmlElement> {
  const { signingCertificate, now } = wanted;
  const limits: Partial<XmlLimits> = mayBeAggregate(wanted) ? AGGREGATE_LIMITS : ENTITY_LIMITS;
  const text = withoutMark(bytes);
  const read: Result<XmlElement> =
    signingCertificate === null
      ? readUntrustedXml(text, limits)
      : verifySignedXml(text, trustedKeys([signingCertificate]), { now, allowSha1: false, limits, comments: 'skip' });
  return read.ok ? read : refused(refusalOf(read.refusal));
}

/**
 * The entity and what it stands in, from the root inwards: the validity of each binds it. Of many entities one is taken by name,
 * and only where a pinned signer vouches for the whole.
 */
export function pathToEntity(root: XmlElement, wanted: Wanted): Result<readonly XmlElement[]> {
  const { entityId } = wanted;
  if (is(root, ns.metadata, 'EntityDescriptor')) {
    const isWanted = entityId === null || root.attribute('entityID') === entityId;
    return isWanted ? ok([root]) : invalid('The metadata is of another entityID than the wanted one.');
  }
  if (!is(root, ns.metadata, 'EntitiesDescriptor') || !mayBeAggregate(wanted)) {
    return invalid(
      'The root is not one md:EntityDescriptor; of several entities, give the one of this IdP alone, or the entityID and the certificate of the signer.',
    );
  }
  const [path, ...more] = pathsTo(root, entityId ?? '', MAX_NESTING);
  if (path === undefined) return invalid('The document holds no entity of this entityID.');
  return more.length === 0 ? ok(path) : invalid('The document holds several entities of this entityID.');
}

export function holdsAnotherEntity(element: XmlElement): boolean {
  return element.children.some(
    (child) =>
      (child.namespace === ns.metadata && ['EntityDescriptor', 'EntitiesDescriptor'].includes(child.localName)) ||
      holdsAnotherEntity(child),
  );
}

function mayBeAggregate({ signingCertificate, entityId }: Wanted): boolean {
  return signingCertificate !== null && entityId !== null;
}

function pathsTo(group: XmlElement, entityId: string, depth: number): readonly (readonly XmlElement[])[] {
  const here = childrenOf(group, ns.metadata, 'EntityDescriptor')
    .filter((entity) => entity.attribute('entityID') === entityId)
    .map((entity) => [group, entity]);
  const groups = depth === 0 ? [] : childrenOf(group, ns.metadata, 'EntitiesDescriptor');
  const below = groups.flatMap((inner) => pathsTo(inner, entityId, depth - 1).map((path) => [group, ...path]));
  return [...here, ...below];
}

/** Without the byte order mark of UTF-8, with which Microsoft's files begin. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function refusalOf({ code, detail }: Refusal): Refusal {
  if (UNREADABLE.includes(code) || code.startsWith('SAML_XML_')) {
    return refusal('METADATA_INVALID', `The document is not acceptable XML: ${detail}`, { reason: code });
  }
  return refusal('METADATA_SIGNATURE', `The pinned signer did not sign this document: ${detail}`, { reason: code });
}

function invalid<T = never>(detail: string): Result<T> {
  return refused(refusal('METADATA_INVALID', detail));
}

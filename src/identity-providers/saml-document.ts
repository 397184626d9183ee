/** From what a caller gave, text or address, to metadata that was read; every refusal names the input field. */
import { readPinnedCertificate } from '../keys/pinned-certificate.js';
import { HubError } from '../shared/hub-error.js';
import type { Refusal } from '../shared/refusal.js';
import type { MetadataSigner } from './identity-provider.entity.js';
import type { IdentityProviderSources, SamlMetadata } from './sources.js';

/** One of the two. */
export interface SamlDocument {
  readonly metadataXml?: string | null | undefined;
  readonly metadataUrl?: string | null | undefined;
}

export interface ObtainedMetadata {
  readonly metadata: SamlMetadata;
  /** Input field that it came through. */
  readonly field: string;
  /** Where it was fetched from; null when it came as text. */
  readonly metadataUrl: string | null;
}

/** What the document must be besides readable. */
export interface Demands {
  readonly now: Date;
  readonly signer: MetadataSigner | null;
  /** Of which entity; null: of the one that the document is about. */
  readonly entityId: string | null;
}

/** @param text PEM or base64 of a certificate. @throws HubError CERTIFICATE_… */
export function metadataSigner(text: string, now: Date): MetadataSigner {
  const read = readPinnedCertificate(text, now);
  if (!read.ok) throw refuseField(read.refusal, 'input.metadataSigningCertificate');
  const { certificatePem, fingerprint } = read.value;
  return { certificatePem, fingerprint };
}

/** @throws HubError INPUT_INVALID, METADATA_…, CERTIFICATE_…, EGRESS_… */
export async function obtainSamlMetadata(
  sources: IdentityProviderSources,
  { metadataXml, metadataUrl }: SamlDocument,
  { now, signer, entityId }: Demands,
): Promise<ObtainedMetadata> {
  if ((metadataXml == null) === (metadataUrl == null)) {
    const message = 'Give either `metadataXml` or `metadataUrl`.';
    throw new HubError('INPUT_INVALID', undefined, [{ path: 'input.metadataXml', message }]);
  }
  const field = metadataXml == null ? 'input.metadataUrl' : 'input.metadataXml';
  const xml = metadataXml ?? (await fetched(sources, metadataUrl ?? '', signer !== null && entityId !== null));
  const read = sources.readSamlMetadata(xml, { now, signingCertificate: signer?.certificatePem ?? null, entityId });
  if (!read.ok) throw refuseField(read.refusal, field);
  return { metadata: read.value, field, metadataUrl: metadataUrl ?? null };
}

/** A refusal of a document as an error of the field that it came through. Its detail holds no bytes of the document. */
export function refuseField({ code, detail, facts }: Refusal, path: string): HubError {
  const member = facts?.member ?? facts?.reason;
  const message = typeof member === 'string' ? `${detail} (${member})` : detail;
  return new HubError(code, undefined, [{ path, message }]);
}

async function fetched(sources: IdentityProviderSources, url: string, mayBeAggregate: boolean): Promise<string> {
  const text = await sources.fetchSamlMetadata(url, mayBeAggregate);
  if (!text.ok) throw refuseField(text.refusal, 'input.metadataUrl');
  return text.value;
}

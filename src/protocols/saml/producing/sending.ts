/**
 * How a message leaves: in the query of a redirect, deflated, with a signature over its octets (SAML bindings, section
 * 3.4.4.1), or in a form that posts itself, with a signature inside (section 3.5).
 */
import { deflateRawSync } from 'node:zlib';
import type { OutboundMessage, SamlKeyPair } from '../../../login/contracts.js';
import { signatureAlgorithmOf, signatureOver } from './signing.js';

export type MessageField = 'SAMLRequest' | 'SAMLResponse';

/** A request has less than 1 KiB: a window of that size compresses it as well, without 256 KiB of zeroed memory. */
const DEFLATE = { windowBits: 10, memLevel: 4, chunkSize: 1024 } as const;

/** @param key null where the other side wants no signature */
export function byRedirect(
  url: string,
  field: MessageField,
  xml: string,
  relayState: string | null,
  key: SamlKeyPair | null,
): OutboundMessage {
  const message = deflateRawSync(xml, DEFLATE).toString('base64');
  const state = relayState === null ? '' : `&RelayState=${encodeURIComponent(relayState)}`;
  const plain = `${field}=${encodeURIComponent(message)}${state}`;
  const query = key === null ? plain : signedQuery(plain, key);
  return { kind: 'redirect', url: `${url}${url.includes('?') ? '&' : '?'}${query}` };
}

function signedQuery(plain: string, key: SamlKeyPair): string {
  const octets = `${plain}&SigAlg=${encodeURIComponent(signatureAlgorithmOf(key))}`;
  return `${octets}&Signature=${encodeURIComponent(signatureOver(octets, key))}`;
}

/** @param xml with its signature inside, where it has one */
export function byPost(url: string, field: MessageField, xml: string, relayState: string | null): OutboundMessage {
  const message = { [field]: Buffer.from(xml, 'utf8').toString('base64') };
  const fields = relayState === null ? message : { ...message, RelayState: relayState };
  return { kind: 'form-post', action: url, fields };
}

/**
 * A request, or an answer to one, as it comes by POST or Redirect: taken out of its binding, then verified with the keys of
 * the side that is expected to have sent it (L11, L17; S08, S21, S48). Which side that is, the configuration says, never the
 * message. Of what is not verified only `claimedIssuer` may be read, to find that configuration.
 */
import { inflateRawSync } from 'node:zlib';
import { trustedKeys } from '../../../keys/trusted-keys.js';
import type { InboundMessage } from '../../../login/contracts.js';
import { type Refusal, refusal } from '../../../shared/refusal.js';
import { ok, type Result, refused } from '../../../shared/result.js';
import type { VerifiedElement, XmlElement } from '../../../xml/contracts.js';
import {
  type DetachedSignature,
  type ParsedElement,
  readMessage,
  verifyDetached,
  verifySignature,
} from '../../../xml/index.js';
import { MAX_PARAMETERS, MAX_RELAY_STATE, readFormBytes, SAML_PARAMETERS } from '../binding.rules.js';
import { childrenOf } from '../elements.rules.js';
import { refuseKeyInfo } from '../key-info.rules.js';
import { ns } from '../names.rules.js';
import { refuseSchema } from '../schema/index.js';
import { type MessageField, messageInOctets, readRedirectQuery } from './redirect.rules.js';

/** The other side as it is configured. */
export interface Peer {
  readonly entityId: string;
  /** Pinned certificates, PEM. */
  readonly signingCertificates: readonly string[];
  readonly allowSha1: boolean;
  readonly clockSkewSeconds: number;
}

/** A message out of its binding, believed in nothing. */
export interface OpenedMessage {
  readonly field: MessageField;
  readonly binding: 'POST' | 'REDIRECT';
  readonly relayState: string | null;
  readonly root: ParsedElement;
  readonly detached: DetachedSignature | null;
  readonly isEncodedPlainly: boolean;
}

/** What zlib answers with `info`: the output, and how much of the input it took. */
interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

const MAX_BYTES = 64 * 1024;
const MAX_ISSUER = 1_024;
const KINDS = ['AuthnRequest', 'LogoutRequest', 'LogoutResponse'];

/** Total: hostile input gives a refusal, never an exception. */
export function openMessage(inbound: InboundMessage): Result<OpenedMessage> {
  return inbound.method === 'POST' ? openPost(inbound) : openRedirect(inbound);
}

function openPost({ query, form }: InboundMessage): Result<OpenedMessage> {
  const say = (detail: string) => refused(refusal('SAML_BINDING', detail));
  if (query.some(([name]) => SAML_PARAMETERS.includes(name))) return say('the query carries a message as well');
  if (form.length > MAX_PARAMETERS) return say('the form has too many fields');
  const fields = new Map(form);
  if (fields.size !== form.length) return say('the form repeats a field');
  const sent = SAML_PARAMETERS.filter((name) => fields.has(name) && name !== 'RelayState');
  const [field] = sent;
  if (sent.length !== 1 || (field !== 'SAMLRequest' && field !== 'SAMLResponse')) {
    return say('the form carries not exactly one message, or a signature beside it');
  }
  const relayState = fields.get('RelayState') ?? null;
  if (Buffer.byteLength(relayState ?? '', 'utf8') > MAX_RELAY_STATE) {
    return say(`RelayState is longer than ${MAX_RELAY_STATE} bytes`);
  }
  const bytes = readFormBytes(fields.get(field) ?? '', field, MAX_BYTES);
  if (!bytes.ok) return bytes;
  return opened(bytes.value, { field, binding: 'POST', relayState, detached: null, isEncodedPlainly: true });
}

function openRedirect({ rawQuery }: InboundMessage): Result<OpenedMessage> {
  const query = readRedirectQuery(rawQuery);
  if (!query.ok) return query;
  const { field, message, relayState, signature, isEncodedPlainly } = query.value;
  const bytes = inflated(message);
  if (!bytes.ok) return bytes;
  return opened(bytes.value, { field, binding: 'REDIRECT', relayState, detached: signature, isEncodedPlainly });
}

/** What is deflated may be a thousand times as long: it is cut off where a message ends at the latest (S21). */
function inflated(message: Buffer): Result<Buffer> {
  try {
    const options = { maxOutputLength: MAX_BYTES, info: true };
    const { buffer, engine } = inflateRawSync(message, options) as unknown as Inflated;
    // What follows the end of the stream is ignored by zlib, and may be another message to somebody else.
    return engine.bytesWritten === message.length
      ? ok(buffer)
      : refused(refusal('SAML_MALFORMED', 'something follows the deflated message'));
  } catch (fault) {
    const isTooLarge = (fault as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return refused(
      isTooLarge
        ? refusal('SAML_TOO_LARGE', `the message is larger than ${MAX_BYTES} bytes`)
        : refusal('SAML_MALFORMED', 'the message is not deflated'),
    );
  }
}

function opened(bytes: Uint8Array, parts: Omit<OpenedMessage, 'root'>): Result<OpenedMessage> {
  const document = readMessage(bytes);
  if (!document.ok) return document;
  const { root, repeatsId } = document.value;
  if (repeatsId) return refused(refusal('SAML_DUP_ID', 'two elements have the same ID'));
  // A message of another version or kind is for the checks to name.
  const isKnown =
    root.namespace === ns.protocol && KINDS.includes(root.localName) && root.attribute('Version') === '2.0';
  const bad = refuseMisplaced(root, parts.binding) ?? (isKnown ? refuseSchema(root) : null);
  return bad === null ? ok({ ...parts, root }) : refused(bad);
}

/**
 * A captured element keeps its signature wherever it is put: one stands in the root of a posted message, and nowhere else;
 * a redirected message has none inside (SAML bindings, section 3.4.4.1).
 */
function refuseMisplaced(root: XmlElement, binding: OpenedMessage['binding']): Refusal | null {
  const inRoot = childrenOf(root, ns.xmldsig, 'Signature').length;
  const anywhere = signaturesIn(root);
  if (anywhere === (binding === 'POST' ? inRoot : 0)) return null;
  return refusal('SAML_SIG_SCOPE', 'a signature stands where none may');
}

function signaturesIn(element: XmlElement): number {
  const own = element.localName === 'Signature' ? 1 : 0;
  return element.children.reduce((sum, child) => sum + signaturesIn(child), own);
}

/** Whom the message says that it is from: what to look a configuration up by, proved by its signature alone. */
export function claimedIssuer({ root }: OpenedMessage): string | null {
  const [issuer, ...others] = childrenOf(root, ns.assertion, 'Issuer');
  const text = issuer?.text ?? '';
  return others.length > 0 || text === '' || text.length > MAX_ISSUER ? null : text;
}

/** Whether there is a signature to check. */
export function carriesSignature({ root, detached }: OpenedMessage): boolean {
  return detached !== null || childrenOf(root, ns.xmldsig, 'Signature').length > 0;
}

/** The message that signed octets carry (SAML bindings, section 3.4.4.1). */
function messageIn(octets: string): Result<Uint8Array> {
  const message = messageInOctets(octets);
  return message.ok ? inflated(message.value) : message;
}

/** The message as its sender has signed it. */
export function verifyMessage(message: OpenedMessage, peer: Peer, now: Date): Result<VerifiedElement> {
  const { binding, detached, root, isEncodedPlainly } = message;
  const keys = trustedKeys(peer.signingCertificates);
  const rules = { now, allowSha1: peer.allowSha1 };
  if (binding === 'POST') {
    const foreign = refuseKeyInfo(root, keys);
    return foreign === null ? verifySignature(root, keys, rules) : refused(foreign);
  }
  if (detached === null) return refused(refusal('SAML_SIG_MISSING', 'the query carries no signature'));
  const verified = verifyDetached(detached, messageIn, keys, rules);
  const isRecoded = !verified.ok && verified.refusal.code === 'SAML_SIG_INVALID' && !isEncodedPlainly;
  return isRecoded
    ? refused(refusal('SAML_BINDING', 'the query is not encoded as it was when it was signed'))
    : verified;
}

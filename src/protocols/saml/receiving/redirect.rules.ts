/**
 * Decides what the query of a redirect carries, from the query as it was sent and never from one that was decoded and
 * encoded again (SAML bindings, section 3.4.4.1; L10, L11, S48): each parameter once, in the order in which they are
 * signed, under its plain name. The octets of the signature are cut from that same text.
 */
import { type Refusal, refusal } from '../../../shared/refusal.js';
import { ok, type Result, refused } from '../../../shared/result.js';
import type { DetachedSignature } from '../../../xml/index.js';
import { MAX_PARAMETERS, MAX_RELAY_STATE, readMessageBytes, SAML_PARAMETERS } from '../binding.rules.js';

export type MessageField = 'SAMLRequest' | 'SAMLResponse';

export interface RedirectQuery {
  readonly field: MessageField;
  /** Deflated. */
  readonly message: Buffer;
  readonly relayState: string | null;
  readonly signature: DetachedSignature | null;
  /** false: some value is not encoded as we would; whoever signed may have, or somebody encoded it anew on its way. */
  readonly isEncodedPlainly: boolean;
}

const MAX_DEFLATED = 16 * 1024;
const MAX_SIGNATURE = 2 * 1024;
const DEFLATE = 'urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE';
const ORDER = ['RelayState', 'SigAlg', 'Signature'];

const say = (detail: string) => refusal('SAML_BINDING', detail);

export function readRedirectQuery(rawQuery: string): Result<RedirectQuery> {
  if (!rawQuery.isWellFormed()) return refused(say('the query holds what is no character'));
  const pairs = rawQuery.split('&').map(pairOf);
  const bad = refuseNames(pairs);
  if (bad !== null) return refused(bad);
  const raw = new Map(pairs);
  const field = raw.has('SAMLRequest') ? 'SAMLRequest' : 'SAMLResponse';
  const values = new Map([...raw].map(([name, value]) => [name, decoded(value)]));
  const value = (name: string) => values.get(name) ?? null;
  if ([...SAML_PARAMETERS].some((name) => raw.has(name) && value(name) === null)) {
    return refused(say('a parameter is not encoded as a query encodes'));
  }
  if (![null, DEFLATE].includes(value('SAMLEncoding'))) return refused(say('the message is encoded another way'));
  const relayState = value('RelayState');
  if (Buffer.byteLength(relayState ?? '', 'utf8') > MAX_RELAY_STATE) {
    return refused(say(`RelayState is longer than ${MAX_RELAY_STATE} bytes`));
  }
  const message = readMessageBytes(value(field) ?? '', field, MAX_DEFLATED);
  if (!message.ok) return message;
  const signature = readSignature(raw, field, value('SigAlg'), value('Signature'));
  if (!signature.ok) return signature;
  const isEncodedPlainly = [...raw].every(([name, text]) => encodeURIComponent(value(name) ?? '') === text);
  return ok({ field, message: message.value, relayState, signature: signature.value, isEncodedPlainly });
}

/** The message that signed octets begin with. */
export function messageInOctets(octets: string): Result<Buffer> {
  const [field, text] = pairOf(octets.split('&', 1)[0] ?? '');
  return readMessageBytes(decoded(text) ?? '', field === 'SAMLRequest' ? field : 'SAMLResponse', MAX_DEFLATED);
}

function pairOf(text: string): readonly [string, string] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}

function refuseNames(pairs: readonly (readonly [string, string])[]): Refusal | null {
  if (pairs.length > MAX_PARAMETERS) return say('the query has too many parameters');
  const names = pairs.map(([name]) => decoded(name) ?? '');
  if (new Set(names).size !== names.length) return say('the query repeats a parameter');
  const isHidden = pairs.some(
    ([name], index) => names[index] !== name && SAML_PARAMETERS.includes(names[index] as string),
  );
  if (isHidden) return say('a parameter hides its name');
  if (names.includes('SAMLart')) return say('the query carries an artifact');
  const messages = names.filter((name) => name === 'SAMLRequest' || name === 'SAMLResponse');
  if (messages.length !== 1) return say('the query carries not exactly one message');
  const known = names.filter((name) => [...messages, ...ORDER].includes(name));
  const order = [...messages, ...ORDER].filter((name) => known.includes(name));
  return known.every((name, index) => name === order[index])
    ? null
    : say('the parameters are not in the order in which they are signed');
}

function readSignature(
  raw: ReadonlyMap<string, string>,
  field: MessageField,
  algorithm: string | null,
  signature: string | null,
): Result<DetachedSignature | null> {
  if (algorithm === null && signature === null) return ok(null);
  if (algorithm === null || signature === null) return refused(say('SigAlg and Signature do not come together'));
  const value = readMessageBytes(signature, 'Signature', MAX_SIGNATURE);
  if (!value.ok) return value;
  const octets = [field, 'RelayState', 'SigAlg']
    .filter((name) => raw.has(name))
    .map((name) => `${name}=${raw.get(name)}`)
    .join('&');
  return ok({ octets, algorithm, value: value.value });
}

/** null: it cannot be decoded. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

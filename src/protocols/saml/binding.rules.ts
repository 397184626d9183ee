/**
 * Decides whether a response came the way it must: by HTTP-POST, each parameter once, strict base64 (SAML bindings,
 * section 3.5; S48, S51, S52, L1, L9, L10). The state that comes with it is opaque and finds the request; what
 * it says is never followed (S38).
 */
import type { InboundMessage } from '../../login/contracts.js';
import { parseBase64 } from '../../shared/base64.js';
import { type Refusal, refusal } from '../../shared/refusal.js';
import { ok, type Result, refused } from '../../shared/result.js';

/** RelayState is 80 bytes at most (SAML bindings, section 3.5.3). */
export const MAX_RELAY_STATE = 80;
export const MAX_PARAMETERS = 16;
const MAX_RESPONSE_BYTES = 384 * 1024;
/** Parameters of other bindings and messages: in the query, or beside a response, they make two messages of one. */
export const SAML_PARAMETERS = [
  'SAMLResponse',
  'SAMLRequest',
  'SAMLart',
  'SAMLEncoding',
  'SigAlg',
  'Signature',
  'RelayState',
];
const FORM_PARAMETERS = ['SAMLResponse', 'RelayState'];

/** The RelayState of a response, unproven: the key to the pending login. */
export function readRelayState(inbound: InboundMessage): Result<string> {
  const bad = wayRefusal(inbound);
  if (bad !== null) return refused(bad);
  const state = inbound.form.find(([name]) => name === 'RelayState')?.[1] ?? '';
  if (state === '') return refused(refusal('SAML_UNSOLICITED', 'the response comes without the state of a request'));
  if (Buffer.byteLength(state, 'utf8') > MAX_RELAY_STATE) {
    return refused(refusal('SAML_BINDING', `RelayState is longer than ${MAX_RELAY_STATE} bytes`));
  }
  return ok(state);
}

/** The bytes of the response. */
export function readResponseBytes(inbound: InboundMessage): Result<Uint8Array> {
  const bad = wayRefusal(inbound);
  if (bad !== null) return refused(bad);
  const sent = inbound.form.find(([name]) => name === 'SAMLResponse')?.[1] ?? '';
  return readFormBytes(sent, 'SAMLResponse', MAX_RESPONSE_BYTES);
}

/** The bytes of a field of a form, where encoders break lines; nothing else may stand between the letters. */
export function readFormBytes(sent: string, name: string, maxBytes: number): Result<Buffer> {
  return readMessageBytes(sent.replace(/\r?\n/g, ''), name, maxBytes);
}

/** The bytes of a parameter in strict base64. */
export function readMessageBytes(text: string, name: string, maxBytes: number): Result<Buffer> {
  if (text.length > (maxBytes * 4) / 3) {
    return refused(refusal('SAML_TOO_LARGE', `${name} is larger than ${maxBytes} bytes`));
  }
  const bytes = parseBase64(text);
  return bytes === null ? refused(refusal('SAML_MALFORMED', `${name} is not strict base64`)) : ok(bytes);
}

function wayRefusal({ method, query, form }: InboundMessage): Refusal | null {
  const say = (detail: string) => refusal('SAML_BINDING', detail);
  if (method !== 'POST') return say('a response comes by HTTP-POST only');
  if (query.some(([name]) => SAML_PARAMETERS.includes(name))) return say('the query carries a message as well');
  if (form.length > MAX_PARAMETERS) return say('the form has too many fields');
  const names = form.map(([name]) => name);
  if (new Set(names).size !== names.length) return say('the form repeats a field');
  const foreign = names.find((name) => SAML_PARAMETERS.includes(name) && !FORM_PARAMETERS.includes(name));
  if (foreign !== undefined) return say(`the form carries ${foreign} as well`);
  return names.includes('SAMLResponse') ? null : say('the form carries no SAMLResponse');
}

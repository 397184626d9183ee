/**
 * The AuthnRequest of one login (SAML core, section 3.4.1; SAML2int SDP-SP04 to SP10): signed by the hub's key towards
 * this IdP, over the exact octets of the redirect (SAML bindings, section 3.4.4.1) or enveloped in the form's message.
 */
import { createPrivateKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import type {
  AuthenticationAsk,
  Begun,
  OutboundMessage,
  SamlKeyPair,
  UpstreamSamlConfig,
} from '../../login/contracts.js';
import { MAX_RELAY_STATE } from './binding.rules.js';
import { Markup } from './markup.rules.js';
import { bindings, nameIdFormats, ns } from './names.rules.js';
import { signEnveloped } from './samlify.js';

const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';

export function beginSaml(config: UpstreamSamlConfig, ask: AuthenticationAsk, now: Date): Begun {
  if (Buffer.byteLength(ask.state, 'utf8') > MAX_RELAY_STATE) throw new Error('The state is too long for RelayState.');
  const requestId = newMessageId();
  // SAML knows no max_age: an authentication of a bounded age is had by demanding a new one.
  const forceAuthn = ask.forceAuthn || ask.maxAgeSeconds !== null;
  const xml = authnRequest(config, { ...ask, forceAuthn }, requestId, now);
  return {
    message: config.ssoBinding === 'REDIRECT' ? redirect(config, xml, ask.state) : formPost(config, xml, ask.state),
    pending: { kind: 'SAML', requestId, forceAuthn, requestedAt: now.toISOString() },
  };
}

/** 160 random bits; an ID is an NCName and begins with no digit (SAML core, section 1.3.4). */
function newMessageId(): string {
  return `_${randomBytes(20).toString('hex')}`;
}

function authnRequest(config: UpstreamSamlConfig, ask: AuthenticationAsk, id: string, now: Date): string {
  const { serviceProvider } = config;
  const attributes = {
    'xmlns:samlp': ns.protocol,
    'xmlns:saml': ns.assertion,
    ID: id,
    Version: '2.0',
    IssueInstant: now.toISOString(),
    Destination: config.ssoUrl,
    AssertionConsumerServiceURL: serviceProvider.acsUrl,
    ProtocolBinding: bindings.POST,
    ForceAuthn: ask.forceAuthn ? 'true' : null,
    IsPassive: ask.isPassive ? 'true' : null,
  };
  return Markup.element('samlp:AuthnRequest', attributes, [
    Markup.element('saml:Issuer', {}, serviceProvider.entityId),
    nameIdPolicy(config.nameIdFormat),
    ...requestedAuthnContext(config.requestedAuthnContext, ask.acrValues),
  ]).text;
}

function nameIdPolicy(format: string | null): Markup {
  // A transient identifier is always created; AllowCreate must not be said of it (SAML core, section 3.4.1.1).
  const allowCreate = format === nameIdFormats.transient ? null : 'true';
  return Markup.element('samlp:NameIDPolicy', { Format: format, AllowCreate: allowCreate });
}

/** The classes of the connection; the application's wishes narrow them and never widen them. */
function requestedAuthnContext(configured: readonly string[], wished: readonly string[]): readonly Markup[] {
  if (configured.length === 0) return [];
  const both = configured.filter((name) => wished.includes(name));
  const classes = both.length > 0 ? both : configured;
  const references = classes.map((name) => Markup.element('saml:AuthnContextClassRef', {}, name));
  return [Markup.element('samlp:RequestedAuthnContext', { Comparison: 'exact' }, references)];
}

/** A request has less than 1 KiB: a window of that size compresses it as well, without 256 KiB of zeroed memory. */
const DEFLATE = { windowBits: 10, memLevel: 4, chunkSize: 1024 } as const;

function redirect(config: UpstreamSamlConfig, xml: string, state: string): OutboundMessage {
  const message = deflateRawSync(xml, DEFLATE).toString('base64');
  const plain = `SAMLRequest=${encodeURIComponent(message)}&RelayState=${encodeURIComponent(state)}`;
  const query = config.signRequests ? signedQuery(plain, config.serviceProvider.signing) : plain;
  return { kind: 'redirect', url: `${config.ssoUrl}${config.ssoUrl.includes('?') ? '&' : '?'}${query}` };
}

function signedQuery(plain: string, key: SamlKeyPair): string {
  const octets = `${plain}&SigAlg=${encodeURIComponent(RSA_SHA256)}`;
  const signature = sign('sha256', Buffer.from(octets, 'utf8'), privateKeyOf(key)).toString('base64');
  return `${octets}&Signature=${encodeURIComponent(signature)}`;
}

/** The parsed key of a pair, as long as that very pair lives in a snapshot: parsing costs more than a third of signing. */
const parsed = new WeakMap<SamlKeyPair, KeyObject>();

function privateKeyOf(key: SamlKeyPair): KeyObject {
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const made = createPrivateKey(key.privateKeyPem);
  parsed.set(key, made);
  return made;
}

function formPost(config: UpstreamSamlConfig, xml: string, state: string): OutboundMessage {
  const message = config.signRequests ? signEnveloped(xml, config.serviceProvider.signing, 'AFTER_ISSUER') : xml;
  const fields = { SAMLRequest: Buffer.from(message, 'utf8').toString('base64'), RelayState: state };
  return { kind: 'form-post', action: config.ssoUrl, fields };
}

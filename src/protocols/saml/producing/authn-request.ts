/**
 * The AuthnRequest of one login (SAML core, section 3.4.1; SAML2int SDP-SP04 to SP10): signed by the hub's key towards
 * this IdP, over the exact octets of the redirect (SAML bindings, section 3.4.4.1) or enveloped in the form's message.
 */
import type { AuthenticationAsk, Begun, UpstreamSamlConfig } from '../../../login/contracts.js';
import { MAX_RELAY_STATE } from '../binding.rules.js';
import { bindings, nameIdFormats } from '../names.rules.js';
import { signEnveloped } from '../samlify.js';
import { Markup } from './markup.rules.js';
import { headOf, issuerElement, newMessageId } from './message.js';
import { byPost, byRedirect } from './sending.js';

export function beginSaml(config: UpstreamSamlConfig, ask: AuthenticationAsk, now: Date): Begun {
  if (Buffer.byteLength(ask.state, 'utf8') > MAX_RELAY_STATE) throw new Error('The state is too long for RelayState.');
  const requestId = newMessageId();
  // SAML knows no max_age: an authentication of a bounded age is had by demanding a new one.
  const forceAuthn = ask.forceAuthn || ask.maxAgeSeconds !== null;
  const xml = authnRequest(config, { ...ask, forceAuthn }, requestId, now);
  return {
    message: sent(config, xml, ask.state),
    pending: { kind: 'SAML', requestId, forceAuthn, requestedAt: now.toISOString() },
  };
}

function sent({ ssoUrl, ssoBinding, signRequests, serviceProvider }: UpstreamSamlConfig, xml: string, state: string) {
  const { signing } = serviceProvider;
  if (ssoBinding === 'REDIRECT') return byRedirect(ssoUrl, 'SAMLRequest', xml, state, signRequests ? signing : null);
  return byPost(ssoUrl, 'SAMLRequest', signRequests ? signEnveloped(xml, signing, 'AFTER_ISSUER') : xml, state);
}

function authnRequest(config: UpstreamSamlConfig, ask: AuthenticationAsk, id: string, now: Date): string {
  const { serviceProvider } = config;
  const attributes = {
    ...headOf(id, { issuer: serviceProvider.entityId, destination: config.ssoUrl, now }),
    AssertionConsumerServiceURL: serviceProvider.acsUrl,
    ProtocolBinding: bindings.POST,
    ForceAuthn: ask.forceAuthn ? 'true' : null,
    IsPassive: ask.isPassive ? 'true' : null,
  };
  return Markup.element('samlp:AuthnRequest', attributes, [
    issuerElement(serviceProvider.entityId),
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

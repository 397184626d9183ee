/** Messages of the other side as they reach the hub, and ways to bend them. */
import type { InboundMessage, OutboundMessage } from '../../src/login/contracts.js';
import { logoutRequest, logoutResponse } from '../../src/protocols/saml/producing/logout.js';
import { Markup } from '../../src/protocols/saml/producing/markup.rules.js';
import { success } from '../../src/protocols/saml/producing/message.js';
import { byPost, byRedirect, type MessageField } from '../../src/protocols/saml/producing/sending.js';
import { signed } from '../../src/protocols/saml/producing/signing.js';
import type { RegisteredServiceProvider } from '../../src/protocols/saml/receiving/authn-request.js';
import type { LogoutConnection } from '../../src/protocols/saml/receiving/logout.js';
import type { SamlTestKey } from './saml-keys.js';
import { keyPair } from './saml-produced.js';

export const NOW = new Date('2031-05-06T07:08:09.000Z');
export const IDP = 'https://idp.aurora.example/entity';
export const HUB = 'https://hub.example/federation/saml/aurora.main/metadata';
export const SLO = 'https://hub.example/federation/saml/aurora.main/slo';
export const SSO = 'https://hub.example/saml/sso';
export const SP = 'https://app.example/saml';
export const ACS = 'https://app.example/saml/acs';

export function connection(key: SamlTestKey, over: Partial<LogoutConnection['peer']> = {}): LogoutConnection {
  const peer = { entityId: IDP, signingCertificates: [key.certificatePem], allowSha1: false, clockSkewSeconds: 180 };
  return { peer: { ...peer, ...over }, ownEntityId: HUB, address: SLO };
}

export function serviceProvider(key: SamlTestKey, over: Partial<RegisteredServiceProvider> = {}) {
  const replyAddresses = [
    { index: 0, url: `${ACS}/first`, isDefault: false },
    { index: 7, url: ACS, isDefault: true },
  ];
  const { peer } = connection(key);
  return { ...peer, entityId: SP, replyAddresses, signsRequests: true, ...over };
}

export const ada = {
  value: 'a7c1-ada',
  format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  nameQualifier: null,
  spNameQualifier: null,
};

type Ask = Parameters<typeof logoutRequest>[0];

export function aLogoutRequest(over: Partial<Ask> = {}): Markup {
  const ask = { issuer: IDP, destination: SLO, now: NOW, nameId: ada, sessionIndexes: ['_s1'], validSeconds: 60 };
  return logoutRequest({ ...ask, ...over }).message;
}

export function aLogoutResponse(over: Partial<Ask> & { readonly inResponseTo?: string } = {}): Markup {
  const { issuer = IDP, destination = SLO, now = NOW, inResponseTo = '_ours' } = over;
  return logoutResponse({ issuer, destination, now }, inResponseTo, success).message;
}

export function anAuthnRequest(
  attributes: Readonly<Record<string, string | null>> = {},
  children: readonly Markup[] = [],
  issuer = SP,
): Markup {
  const head = { ID: '_ask-1', Version: '2.0', IssueInstant: NOW.toISOString(), Destination: SSO };
  const content = [Markup.element('saml:Issuer', {}, issuer), ...children];
  return Markup.element('samlp:AuthnRequest', { ...head, ...attributes }, content);
}

export function posted(field: MessageField, xml: string, relayState: string | null = null): InboundMessage {
  return inboundOf(byPost('https://hub.example', field, xml, relayState));
}

export function postedSigned(field: MessageField, message: Markup, key: SamlTestKey): InboundMessage {
  return posted(field, signed(message, keyPair(key)).text, 'their-state');
}

export function redirected(
  field: MessageField,
  message: Markup | string,
  key: SamlTestKey | null,
  relayState: string | null = 'their+state /=%',
): InboundMessage {
  const xml = typeof message === 'string' ? message : message.text;
  return inboundOf(byRedirect('https://hub.example', field, xml, relayState, key === null ? null : keyPair(key)));
}

/** The same redirect with another query. */
export function requeried(inbound: InboundMessage, edit: (rawQuery: string) => string): InboundMessage {
  return getOf(edit(inbound.rawQuery));
}

/** What a browser makes of a message, as http/ hands it on. */
export function inboundOf(sent: OutboundMessage): InboundMessage {
  if (sent.kind === 'redirect') return getOf(sent.url.slice(sent.url.indexOf('?') + 1));
  return { method: 'POST', rawQuery: '', query: [], form: Object.entries(sent.fields) };
}

export function getOf(rawQuery: string): InboundMessage {
  return { method: 'GET', rawQuery, query: [...new URLSearchParams(rawQuery)], form: [] };
}

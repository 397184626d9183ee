/** What an identity provider is, as metadata (SAML metadata, sections 2.3.2 and 2.4.3). */
import { bindings, ns } from '../names.rules.js';
import { keyDescriptor } from './key-info.rules.js';
import { Markup } from './markup.rules.js';

export interface IdentityProviderToPublish {
  readonly entityId: string;
  /** Takes requests by Redirect and by POST. */
  readonly ssoUrl: string;
  /** Takes messages of single logout by both bindings; null where there is none. */
  readonly sloUrl: string | null;
  readonly signingCertificates: readonly string[];
  readonly nameIdFormats: readonly string[];
  readonly wantAuthnRequestsSigned: boolean;
}

export function identityProviderMetadata(published: IdentityProviderToPublish): string {
  const { entityId, ssoUrl, sloUrl, signingCertificates, nameIdFormats, wantAuthnRequestsSigned } = published;
  const attributes = {
    protocolSupportEnumeration: ns.protocol,
    WantAuthnRequestsSigned: String(wantAuthnRequestsSigned),
  };
  const descriptor = Markup.element('md:IDPSSODescriptor', attributes, [
    ...signingCertificates.map((pem) => keyDescriptor('signing', pem)),
    ...(sloUrl === null ? [] : servicesOf('SingleLogoutService', sloUrl)),
    ...nameIdFormats.map((format) => Markup.element('md:NameIDFormat', {}, format)),
    ...servicesOf('SingleSignOnService', ssoUrl),
  ]);
  return Markup.element('md:EntityDescriptor', { entityID: entityId }, [descriptor]).text;
}

/** One address that takes both bindings. */
export function servicesOf(name: 'SingleLogoutService' | 'SingleSignOnService', url: string): readonly Markup[] {
  return [bindings.REDIRECT, bindings.POST].map((binding) =>
    Markup.element(`md:${name}`, { Binding: binding, Location: url }),
  );
}

/**
 * What the hub is towards a SAML IdP, as signed metadata (SAML metadata, sections 2.3.2 and 2.4.4; SAML2int section 4):
 * every active key, the addresses that take responses and logout, and what the hub demands. It ends of itself, so that a copy
 * which nobody refreshes does not outlive our keys.
 */
import { createHash } from 'node:crypto';
import type { SamlKeyPair, UpstreamSamlConfig } from '../../../login/contracts.js';
import { BoundedCache } from '../../../shared/bounded-cache.js';
import { bindings, ns } from '../names.rules.js';
import { signEnveloped } from '../samlify.js';
import { servicesOf } from './identity-provider-metadata.js';
import { keyDescriptor } from './key-info.rules.js';
import { Markup } from './markup.rules.js';

const DAY_MS = 86_400_000;
const VALID_DAYS = 28;

/** What the hub decrypts, in the order in which it prefers it. */
const encryptionMethods = [
  { algorithm: `${ns.xmlenc11}aes256-gcm` },
  { algorithm: `${ns.xmlenc11}aes128-gcm` },
  { algorithm: `${ns.xmlenc11}rsa-oaep`, digest: `${ns.xmlenc}sha256`, mgf: `${ns.xmlenc11}mgf1sha256` },
  { algorithm: `${ns.xmlenc}rsa-oaep-mgf1p`, digest: `${ns.xmldsig}sha1` },
];

export function serviceProviderMetadata(config: UpstreamSamlConfig, now: Date): string {
  const { serviceProvider } = config;
  const { signing } = serviceProvider;
  // The same text for a whole day, so that a cache in between sees one document.
  const today = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const validUntil = new Date(today + VALID_DAYS * DAY_MS).toISOString();
  const id = `_${createHash('sha256').update(`${serviceProvider.entityId} ${validUntil}`).digest('hex').slice(0, 40)}`;
  const entity = {
    ID: id,
    entityID: serviceProvider.entityId,
    validUntil,
    cacheDuration: 'P1D',
  };
  return signedOnce(Markup.element('md:EntityDescriptor', entity, [descriptor(config)]).text, signing);
}

/** Anybody may read metadata as often as he likes; it is signed once a day. */
const signedTexts = new BoundedCache<string, string>(500);

function signedOnce(xml: string, key: SamlKeyPair): string {
  const name = createHash('sha256').update(`${key.keyId} ${key.certificatePem} ${xml}`).digest('base64');
  const known = signedTexts.get(name);
  if (known !== undefined) return known;
  const signed = signEnveloped(xml, key, 'FIRST');
  signedTexts.set(name, signed);
  return signed;
}

function descriptor(config: UpstreamSamlConfig): Markup {
  const { serviceProvider, requireSigned, signRequests, nameIdFormat } = config;
  const attributes = {
    protocolSupportEnumeration: ns.protocol,
    AuthnRequestsSigned: String(signRequests),
    WantAssertionsSigned: String(requireSigned !== 'RESPONSE'),
  };
  return Markup.element('md:SPSSODescriptor', attributes, [
    ...serviceProvider.publishedSigningCertificates.map((pem) => keyDescriptor('signing', pem)),
    ...serviceProvider.decryption.map((key) => keyDescriptor('encryption', key.certificatePem, methods())),
    ...servicesOf('SingleLogoutService', serviceProvider.sloUrl),
    ...(nameIdFormat === null ? [] : [Markup.element('md:NameIDFormat', {}, nameIdFormat)]),
    Markup.element('md:AssertionConsumerService', {
      Binding: bindings.POST,
      Location: serviceProvider.acsUrl,
      index: '0',
      isDefault: 'true',
    }),
  ]);
}

function methods(): readonly Markup[] {
  return encryptionMethods.map(({ algorithm, digest, mgf }) =>
    Markup.element('md:EncryptionMethod', { Algorithm: algorithm }, [
      ...(digest === undefined ? [] : [Markup.element('ds:DigestMethod', { Algorithm: digest })]),
      ...(mgf === undefined ? [] : [Markup.element('xenc11:MGF', { Algorithm: mgf })]),
    ]),
  );
}

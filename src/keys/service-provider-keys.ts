/**
 * Key pairs of the hub as SAML service provider: RSA, since every IdP can verify and encrypt to it, each in a certificate
 * that the hub signs itself (SAML metadata, section 2.4.1.1: the certificate is a carrier, trust lies in the metadata).
 */
import { randomBytes, webcrypto } from 'node:crypto';
import {
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  type X509CertificateCreateSelfSignedParams,
  X509CertificateGenerator,
} from '@peculiar/x509';

export type ServiceProviderKeyUse = 'SIGNING' | 'ENCRYPTION';

export interface NewServiceProviderKey {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]) } as const;
const MODULUS_BITS = 2048;
const LIFETIME_YEARS = 10;

/** A new pair for one use, so that a key which decrypts never signs and the other way round. */
export async function newServiceProviderKey(
  use: ServiceProviderKeyUse,
  entityId: string,
  now: Date,
): Promise<NewServiceProviderKey> {
  const pair = await webcrypto.subtle.generateKey({ ...RSA, modulusLength: MODULUS_BITS }, true, ['sign', 'verify']);
  const flag = use === 'SIGNING' ? KeyUsageFlags.digitalSignature : KeyUsageFlags.keyEncipherment;
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + LIFETIME_YEARS);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=Entente service provider ${use.toLowerCase()}`,
    // The other side's clock may be behind ours: a certificate of tomorrow is no use today.
    notBefore: new Date(now.getTime() - 86_400_000),
    notAfter,
    keys: pair as X509CertificateCreateSelfSignedParams['keys'],
    signingAlgorithm: RSA,
    extensions: [
      new KeyUsagesExtension(flag, true),
      new SubjectAlternativeNameExtension([{ type: 'url', value: entityId }]),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', pair.privateKey));
  return { privateKeyPem: pem('PRIVATE KEY', pkcs8), certificatePem: certificate.toString('pem') };
}

/** 16 random bytes, positive and without leading zeros (RFC 5280, section 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

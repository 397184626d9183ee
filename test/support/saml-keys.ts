/** Key pairs with self-signed certificates for SAML tests, made when they are asked for and kept for the file that asked. */
import 'reflect-metadata';
import { KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import { X509CertificateGenerator } from '@peculiar/x509';

export interface SamlTestKey {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
  /** What stands in `ds:X509Certificate`. */
  readonly certificateBase64: string;
  readonly kind: 'RSA' | 'EC';
}

/** Named through the library: which global type it is depends on whether some package brings the DOM's types in. */
type SelfSigned = Parameters<typeof X509CertificateGenerator.createSelfSigned>;

export interface SamlTestKeyOptions {
  readonly kind?: 'RSA' | 'EC';
  readonly bits?: number;
  /** Bytes of the RSA exponent; 65537 unless told. */
  readonly exponent?: readonly number[];
  readonly curve?: 'P-256' | 'P-384' | 'P-521';
  readonly name?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Hash of the certificate's own signature. */
  readonly hash?: string;
}

export async function makeSamlKey(options: SamlTestKeyOptions = {}): Promise<SamlTestKey> {
  const kind = options.kind ?? 'RSA';
  const hash = options.hash ?? 'SHA-256';
  const algorithm =
    kind === 'RSA'
      ? {
          name: 'RSASSA-PKCS1-v1_5',
          hash,
          modulusLength: options.bits ?? 2048,
          publicExponent: new Uint8Array(options.exponent ?? [1, 0, 1]),
        }
      : { name: 'ECDSA', hash, namedCurve: options.curve ?? 'P-256' };
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: '01',
      name: `CN=${options.name ?? 'idp.example'}`,
      notBefore: options.notBefore ?? new Date('2020-01-01T00:00:00Z'),
      notAfter: options.notAfter ?? new Date('2049-01-01T00:00:00Z'),
      signingAlgorithm: algorithm,
      keys: keys as unknown as SelfSigned[0]['keys'],
    },
    webcrypto as unknown as SelfSigned[1],
  );
  const privateKey = KeyObject.from(keys.privateKey);
  const certificatePem = new X509Certificate(Buffer.from(certificate.rawData)).toString();
  return {
    kind,
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    certificatePem,
    certificateBase64: Buffer.from(certificate.rawData).toString('base64'),
  };
}

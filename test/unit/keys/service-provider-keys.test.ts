import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readPinnedCertificate } from '../../../src/keys/pinned-certificate.js';
import { newServiceProviderKey } from '../../../src/keys/service-provider-keys.js';

const now = new Date('2026-03-01T12:00:00Z');
const entityId = 'https://hub.example/federation/saml/aurora.main/metadata';

describe('a key of the hub as service provider', () => {
  it.each(['SIGNING', 'ENCRYPTION'] as const)('is an RSA pair in a certificate for one use (%s)', async (use) => {
    const { privateKeyPem, certificatePem } = await newServiceProviderKey(use, entityId, now);
    const certificate = new X509Certificate(certificatePem);
    expect(certificate.checkPrivateKey(createPrivateKey(privateKeyPem))).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(certificate.subjectAltName).toBe(`URI:${entityId}`);
    expect(certificate.validFromDate < now && certificate.validToDate > new Date('2036-02-01')).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    const pinned = readPinnedCertificate(certificatePem, now);
    expect(pinned.ok && pinned.value.certificatePem.trim()).toBe(certificatePem.trim());
  });

  it('has a serial number of its own', async () => {
    const keys = await Promise.all([1, 2].map(() => newServiceProviderKey('SIGNING', entityId, now)));
    const serials = keys.map(({ certificatePem }) => new X509Certificate(certificatePem).serialNumber);
    expect(new Set(serials).size).toBe(2);
  });
});

/** A certificate as KeyInfo and KeyDescriptor carry it (XML Signature, section 4.5.4; SAML metadata, section 2.4.1.1). */
import { Markup } from './markup.rules.js';

export function keyInfo(certificatePem: string): Markup {
  const certificate = Markup.element('ds:X509Certificate', {}, certificateBody(certificatePem));
  return Markup.element('ds:KeyInfo', {}, [Markup.element('ds:X509Data', {}, [certificate])]);
}

export function keyDescriptor(use: 'signing' | 'encryption', pem: string, after: readonly Markup[] = []): Markup {
  return Markup.element('md:KeyDescriptor', { use }, [keyInfo(pem), ...after]);
}

/** The base64 of a PEM certificate in one line. */
export function certificateBody(pem: string): string {
  return pem.replace(/-----(?:BEGIN|END) CERTIFICATE-----|\s/g, '');
}

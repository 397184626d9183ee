/**
 * The hub as the SAML IdP of the demonstration has it registered: one name, one address, and the keys that its metadata
 * publishes, read when a request comes, so that a roll of the hub's key needs nobody's hand.
 */
import type { Egress } from '../egress/egress.js';
import { childrenOf } from '../protocols/saml/elements.rules.js';
import { ns } from '../protocols/saml/names.rules.js';
import type { RegisteredServiceProvider } from '../protocols/saml/receiving/authn-request.js';
import { readUntrustedXml, type XmlElement } from '../xml/index.js';
import { DemonstrationProblem } from './server.js';

export interface RegisteredHub {
  readonly entityId: string;
  readonly acsUrl: string;
  /** Where its metadata is read. */
  readonly metadataUrl: string;
  readonly egress: Pick<Egress, 'getText'>;
}

const CLOCK_SKEW_SECONDS = 180;
const PATH = ['SPSSODescriptor', 'KeyDescriptor'] as const;
const KEY_PATH = ['KeyInfo', 'X509Data', 'X509Certificate'] as const;

export async function registrationOf(hub: RegisteredHub): Promise<RegisteredServiceProvider> {
  return {
    entityId: hub.entityId,
    signingCertificates: signingCertificatesIn(await hub.egress.getText(hub.metadataUrl)),
    allowSha1: false,
    clockSkewSeconds: CLOCK_SKEW_SECONDS,
    replyAddresses: [{ index: 0, url: hub.acsUrl, isDefault: true }],
    signsRequests: true,
  };
}

function signingCertificatesIn(metadata: string): readonly string[] {
  const read = readUntrustedXml(Buffer.from(metadata, 'utf8'));
  if (!read.ok) throw new DemonstrationProblem('The hub cannot be read', 'Its metadata is no XML.', 502);
  const below = (elements: readonly XmlElement[], namespace: string, names: readonly string[]) =>
    names.reduce((found, name) => found.flatMap((one) => childrenOf(one, namespace, name)), elements);
  const keys = below([read.value], ns.metadata, PATH).filter((key) => key.attribute('use') !== 'encryption');
  return below(keys, ns.xmldsig, KEY_PATH).map(
    ({ text }) => `-----BEGIN CERTIFICATE-----\n${text.trim()}\n-----END CERTIFICATE-----\n`,
  );
}

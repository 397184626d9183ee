/** What the benches of SAML verify: one IdP and the hub, with their keys, and messages of every kind that is measured. */
import type { InboundMessage, UpstreamSamlConfig } from '../src/login/contracts.js';
import type { PendingSaml } from '../src/protocols/saml/message.rules.js';
import { samlUpstream } from '../src/protocols/saml/upstream.js';
import { makeSamlKey, type SamlTestKey } from '../test/support/saml-keys.js';
import { type SamlResponseOptions, samlResponse, toFormField } from '../test/support/saml-messages.js';
import { ACS, config, IDP, REQUEST, SP } from '../test/unit/saml/message.js';

export { ACS, IDP, REQUEST, SP };

export interface Scene {
  readonly now: Date;
  readonly idp: SamlTestKey;
  readonly curve: SamlTestKey;
  readonly hub: SamlTestKey;
}

/** The instant is the machine's own, since the libraries beside us know no other. */
export async function makeScene(): Promise<Scene> {
  const [idp, curve, hub] = await Promise.all([makeSamlKey(), makeSamlKey({ kind: 'EC' }), makeSamlKey()]);
  return { now: new Date(), idp, curve, hub };
}

/** The form field as a browser posts it. */
export function response(scene: Scene, options: SamlResponseOptions): string {
  const { now, idp } = scene;
  const lifetime = new Date(now.getTime() + 3_600_000);
  const addressed = { issuer: IDP, destination: ACS, audience: SP, inResponseTo: REQUEST };
  const lasting = { notOnOrAfter: lifetime, confirmationNotOnOrAfter: lifetime };
  return toFormField(
    samlResponse({ now, ...addressed, ...lasting, sign: 'assertion', signing: { key: idp }, ...options }),
  );
}

/** Everything that the hub does between the form of the browser and the facts of a login. */
export function verifyAsHub(scene: Scene, key: SamlTestKey, field: string) {
  const { privateKeyPem, certificatePem } = scene.hub;
  const pending: PendingSaml = {
    kind: 'SAML',
    requestId: REQUEST,
    forceAuthn: false,
    requestedAt: scene.now.toISOString(),
  };
  const inbound: InboundMessage = {
    method: 'POST',
    rawQuery: '',
    query: [],
    form: [
      ['SAMLResponse', field],
      ['RelayState', 'local.state'],
    ],
  };
  const own: UpstreamSamlConfig = {
    ...config,
    signingCertificates: [key.certificatePem],
    serviceProvider: { ...config.serviceProvider, decryption: [{ keyId: 'hub', privateKeyPem, certificatePem }] },
  };
  return () => samlUpstream.verify(own, inbound, pending, scene.now);
}

export function attributes(count: number, valuesOfGroups: number): Record<string, string[]> {
  const names = Array.from({ length: count - 1 }, (_, index) => `urn:aurora:attribute:${index}`);
  const values = names.map((name) => [name, [`the value of ${name} for Ada Lindqvist`]]);
  const groups = Array.from({ length: valuesOfGroups }, (_, index) => `urn:aurora:group:application-${index}`);
  return { ...Object.fromEntries(values), groups };
}

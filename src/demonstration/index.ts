/**
 * The demonstration (development only): two partner organizations whose identity providers run here, and two
 * applications that sign people in through the hub. Everything listens on 127.0.0.1, beside the hub in one process.
 */
import type { FastifyInstance } from 'fastify';
import type { ApiTokenService } from '../access/api-token.service.js';
import type { ApiServices } from '../api.js';
import { Egress } from '../egress/egress.js';
import { addressesOf } from '../identity-providers/addresses.rules.js';
import type { Clock } from '../shared/clock.js';
import type { DemonstrationPlaces, Place } from './addresses.js';
import { createDemonstrationApplication } from './application.js';
import { aurora, borealis, HUB_CLIENT_ID, IDENTITY_PROVIDER_SLUG, orders, reports } from './estate.js';
import { LoginTraceReader } from './login-trace.js';
import { createDemonstrationOpenIdProvider } from './openid-provider.js';
import { RelyingParty } from './relying-party.js';
import { createDemonstrationSamlIdentityProvider } from './saml-identity-provider.js';
import { type DemonstrationSecrets, SecretFile } from './secrets.js';
import { type Seeded, type SeededApplication, seedDemonstration } from './seed.js';
import { listenAt } from './server.js';

export { type DemonstrationPlaces, demonstrationPlaces, withDemonstration } from './addresses.js';

export interface DemonstrationParts {
  readonly places: DemonstrationPlaces;
  readonly services: ApiServices;
  readonly tokens: ApiTokenService;
  readonly clock: Clock;
  /** Where keys and secrets are kept between two starts. */
  readonly dataDir: string;
}

export interface Demonstration {
  /** What the banner says, one line each. */
  readonly lines: readonly (readonly [name: string, text: string])[];
  close(): Promise<void>;
}

/**
 * Starts the IdPs, since the hub reads the discovery document of one; seeds; starts the applications.
 * @throws StartError when a port is taken
 */
export async function startDemonstration(parts: DemonstrationParts): Promise<Demonstration> {
  const { places, clock } = parts;
  const servers: FastifyInstance[] = [];
  const open = async (server: FastifyInstance, place: Place) => {
    servers.push(server);
    await listenAt(server, place);
  };
  const egress = new Egress({ allow: [new URL(places.hub.local).host] });
  const close = async () => {
    await Promise.all(servers.map((server) => server.close()));
    await egress.close();
  };
  try {
    const file = new SecretFile(parts.dataDir);
    const { secrets, areNew } = await file.load(clock.now());
    // Which address the hub answers at is known once it knows the provider.
    let openIdProviderSlug = IDENTITY_PROVIDER_SLUG;
    await open(auroraServer(parts, secrets, egress), places.aurora);
    await open(await borealisServer(parts, secrets, () => openIdProviderSlug), places.borealis);
    const seeded = await seedDemonstration({ ...parts, file, secrets, secretsAreNew: areNew });
    ({ openIdProviderSlug } = seeded);
    for (const [server, place] of applicationServers(parts, seeded, egress)) await open(server, place);
    return { lines: bannerLines(places), close };
  } catch (fault) {
    await close();
    throw fault;
  }
}

function auroraServer(
  { places, clock }: DemonstrationParts,
  { saml }: DemonstrationSecrets,
  egress: Egress,
): FastifyInstance {
  const { spEntityId, acsUrl } = addressesOf(places.hub.url, aurora.slug, IDENTITY_PROVIDER_SLUG);
  const metadataUrl = addressesOf(places.hub.local, aurora.slug, IDENTITY_PROVIDER_SLUG).spMetadataUrl;
  const hub = { entityId: spEntityId, acsUrl, metadataUrl, egress };
  return createDemonstrationSamlIdentityProvider({ place: places.aurora, partner: aurora, keys: saml, hub, clock });
}

function borealisServer(
  { places, clock }: DemonstrationParts,
  { openIdClientSecret }: DemonstrationSecrets,
  slug: () => string,
): Promise<FastifyInstance> {
  const redirectUri = () => addressesOf(places.hub.url, borealis.slug, slug()).redirectUri;
  const client = { id: HUB_CLIENT_ID, secret: openIdClientSecret, redirectUri };
  return createDemonstrationOpenIdProvider({ place: places.borealis, partner: borealis, client, clock });
}

function applicationServers(
  { places, tokens, clock }: DemonstrationParts,
  seeded: Seeded,
  egress: Egress,
): readonly (readonly [FastifyInstance, Place])[] {
  const traces = new LoginTraceReader({ hub: places.hub, tokens, egress, clock });
  const party = ({ clientId, clientSecret }: SeededApplication, { url }: Place) =>
    new RelyingParty({
      hub: places.hub,
      clientId,
      clientSecret,
      redirectUri: `${url}/callback`,
      postLogoutRedirectUri: `${url}/`,
      egress,
    });
  const first = createDemonstrationApplication({
    application: orders,
    theme: 'orders',
    party: party(seeded.orders, places.orders),
    traces,
    other: { name: reports.name, place: places.reports },
  });
  const second = createDemonstrationApplication({
    application: reports,
    theme: 'reports',
    party: party(seeded.reports, places.reports),
    traces,
    other: { name: orders.name, place: places.orders },
  });
  return [
    [first, places.orders],
    [second, places.reports],
  ];
}

function bannerLines(places: DemonstrationPlaces): Demonstration['lines'] {
  return [
    [
      'Demonstration',
      `${places.orders.url}  ${orders.name}: sign in with ${aurora.name} (SAML) or ${borealis.name} (OIDC)`,
    ],
    ['', `${places.reports.url}  ${reports.name}: signed in without being asked again`],
  ];
}

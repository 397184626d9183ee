/** The composition root: every `new` of the hub, the protocol map and the routes, in plain constructors. */
import type { FastifyInstance } from 'fastify';
import { AccessTokens, AccessTokenVerifier } from './access/access-token.js';
import { ApiClientService, ApiTokenService } from './access/index.js';
import { type ApiServices, apiRooms } from './api.js';
import { StoredClients } from './applications/client-source.store.js';
import { ApplicationService } from './applications/index.js';
import { AuditService } from './audit/index.js';
import type { Config } from './config.js';
import { Egress } from './egress/egress.js';
import { createTxtLookup } from './egress/txt-lookup.js';
import { globalId } from './graphql/global-id.js';
import { buildApiSchema } from './graphql/schema.js';
import { registerGraphql } from './graphql/server.js';
import { Arrivals, strayed } from './http/arrival.js';
import { HubCookies } from './http/cookies.js';
import { Departures } from './http/departure.js';
import { downstreamPages } from './http/downstream-pages.js';
import { federationRoutes } from './http/federation.routes.js';
import { frontRoute } from './http/front.route.js';
import { interactionRoutes } from './http/interaction.routes.js';
import { oidcRoutes } from './http/oidc.routes.js';
import { refusalAnswer } from './http/render.js';
import { createServer, healthRoutes } from './http/server.js';
import { AddressBook } from './identity-providers/address-book.store.js';
import { IdentityProviderCreation, IdentityProviderService, SamlMetadataService } from './identity-providers/index.js';
import { loadUpstreamConfig, speakingSamlConfig } from './identity-providers/upstream-config.store.js';
import { every } from './jobs/schedule.js';
import { Sweeper } from './jobs/sweeper.service.js';
import { loadOrCreateSecret } from './keys/hub-secret.store.js';
import { type HubSigningKey, KeyringService } from './keys/keyring.service.js';
import { Gatherer } from './login/gather.js';
import { ExplanationService, LoginService } from './login/index.js';
import type { Origin } from './login/login.store.js';
import { PendingLoginStore } from './login/pending.store.js';
import { LoginPipeline } from './login/pipeline.js';
import { loadAttributes } from './login/policy.store.js';
import { Refuser } from './login/refuse.js';
import { ReleaseGate } from './login/release.js';
import { LoginRouter } from './login/router.js';
import { AttributeDefinitionService, MappingService } from './mapping/index.js';
import { DomainService, PartnerService } from './partners/index.js';
import { openOrm } from './persistence/orm.js';
import { CATALOGUE } from './persistence/policy-epoch.js';
import { listenForPolicy } from './persistence/policy-listener.js';
import { derive, SecretBox } from './persistence/secret-box.js';
import { hubScope, UnitOfWork } from './persistence/unit-of-work.js';
import { ClientDirectory } from './protocols/oidc/downstream.clients.js';
import { OpenIdProviderHost } from './protocols/oidc/downstream.host.js';
import { createOidcUpstream } from './protocols/oidc/upstream.js';
import { OidcConnections } from './protocols/oidc/upstream-connection.js';
import { createOidcInspector } from './protocols/oidc/upstream-inspection.js';
import { InspectorRegistry, UpstreamRegistry } from './protocols/registry.js';
import { samlInspector } from './protocols/saml/inspection.js';
import { serviceProviderMetadata } from './protocols/saml/producing/service-provider-metadata.js';
import { samlUpstream } from './protocols/saml/upstream.js';
import { samlUpstreamLogout } from './protocols/saml/upstream-logout.js';
import { identityProviderSources } from './protocols/sources.js';
import { SessionService } from './sessions/index.js';
import { LogoutService } from './sessions/logout.service.js';
import { TokenAudit } from './sessions/token-audit.service.js';
import { UpstreamLogoutService } from './sessions/upstream-logout.service.js';
import { type Clock, systemClock } from './shared/clock.js';
import { RequestMemory } from './shared/request-memory.js';
import { TrustService } from './trust/index.js';
import { UserService } from './users/index.js';

const SWEEP_MS = 60_000;

export interface AppResources {
  /** URL of the database under the runtime role. */
  readonly databaseUrl: string;
  /** Key-encryption keys, the current one first. */
  readonly secretKeys: readonly Buffer[];
  readonly clock?: Clock;
}

export interface App {
  readonly server: FastifyInstance;
  readonly services: ApiServices;
  readonly tokens: ApiTokenService;
  listen(): Promise<void>;
  /** Refuses new work, lets requests in flight finish, closes what it opened. */
  close(): Promise<void>;
}

/** What every room stands on. */
interface Ground {
  readonly config: Config;
  readonly clock: Clock;
  readonly uow: UnitOfWork;
  readonly box: SecretBox;
  readonly egress: Egress;
  readonly memory: RequestMemory;
  readonly secretKeys: readonly Buffer[];
}

export async function createApp(config: Config, resources: AppResources): Promise<App> {
  const clock = resources.clock ?? systemClock;
  const orm = await openOrm(resources.databaseUrl, config.databasePoolSize);
  const uow = new UnitOfWork(orm);
  const box = new SecretBox(resources.secretKeys);
  const egress = new Egress({ allow: config.egressAllow, timeoutMs: config.egressTimeoutSeconds * 1000 });
  const memory = new RequestMemory();
  const ground: Ground = { config, clock, uow, box, egress, memory, secretKeys: resources.secretKeys };
  const keys = await new KeyringService(uow, box, clock).loadOrCreate();
  await new AttributeDefinitionService(uow).installStandard(clock.now());
  const accessTokens = new AccessTokens(config.url, keys);
  const login = createLogin(ground);
  const services = createServices(ground, login, new ApiTokenService(uow, accessTokens, clock));
  const server = createServer(config);
  const logFault = (err: unknown, correlationId: string) => server.log.error({ err, correlationId }, 'fault');
  const host = await createDownstream(ground, login, keys, logFault);

  await server.register(frontRoute);
  await server.register(healthRoutes(() => uow.read(hubScope, async (tx) => void (await tx.em.execute('select 1')))));
  await server.register(
    interactionRoutes({
      ...login,
      provider: () => host.current(),
      memory,
      findApplication: login.clients.application.bind(login.clients),
    }),
  );
  await server.register(oidcRoutes(config.url, host));
  await server.register(federationRoutes({ ...login, ...upstreamLookups(ground) }));
  await registerGraphql(server, {
    schema: buildApiSchema(apiRooms, services),
    verifier: new AccessTokenVerifier(accessTokens, uow, clock),
    clock,
    mode: config.mode,
    logFault,
  });
  const listener = await listenForPolicy(resources.databaseUrl, (id) => {
    const isCatalogue = id === CATALOGUE;
    login.gatherer.evict(isCatalogue ? null : id);
    if (id === null || isCatalogue) refreshCatalogue(ground, host).catch((err) => server.log.error({ err }, 'fault'));
  });
  const sweeper = new Sweeper(uow, clock);
  const sweeping = every(
    SWEEP_MS,
    () => sweeper.sweep(),
    (fault) => logFault(fault, 'sweep'),
  );
  return {
    server,
    services,
    tokens: services.apiTokens,
    listen: async () => void (await server.listen({ host: config.host, port: config.port })),
    close: async () => {
      await server.close();
      await sweeping.stop();
      await listener.close();
      await egress.close();
      await orm.close(true);
    },
  };
}

function createServices(
  { config, uow, box, egress }: Ground,
  { gatherer, inspectors }: Pick<ReturnType<typeof createLogin>, 'gatherer' | 'inspectors'>,
  apiTokens: ApiTokenService,
): ApiServices {
  const lookupTxt = createTxtLookup({ servers: config.dnsServers });
  const sources = identityProviderSources(egress, { allowInsecureEndpoints: config.mode !== 'production' });
  return {
    partners: new PartnerService(uow, config.region),
    domains: new DomainService({ uow, lookupTxt, mode: config.mode }),
    identityProviders: new IdentityProviderService(uow, box, config.url),
    identityProviderCreation: new IdentityProviderCreation({ uow, box, baseUrl: config.url, sources }),
    samlMetadata: new SamlMetadataService(uow, sources),
    applications: new ApplicationService(uow),
    trust: new TrustService(uow),
    attributeDefinitions: new AttributeDefinitionService(uow),
    mappings: new MappingService(uow),
    apiClients: new ApiClientService(uow),
    apiTokens,
    users: new UserService(uow),
    sessions: new SessionService(uow),
    logins: new LoginService(uow),
    explanations: new ExplanationService(uow, gatherer, inspectors),
    audit: new AuditService(uow),
  };
}

/** The room to read first, and what it stands on. */
function createLogin({ config, clock, uow, box, egress, memory }: Ground) {
  const limits = { idleSeconds: config.sessionIdleSeconds, absoluteSeconds: config.sessionAbsoluteSeconds };
  const pendings = new PendingLoginStore(box);
  const gatherer = new Gatherer(uow, box, config.url);
  const refuser = new Refuser(uow, pendings, clock);
  const connections = new OidcConnections(egress);
  const upstreams = new UpstreamRegistry({ SAML: samlUpstream, OIDC: createOidcUpstream(egress, connections) });
  const inspectors = new InspectorRegistry({ SAML: samlInspector, OIDC: createOidcInspector(connections) });
  const { region } = config;
  const logout = new LogoutService(uow, clock);
  const endSession = (handle: string, origin: Origin) => logout.endByHandle(handle, 'REPLACED', origin);
  const pipeline = new LoginPipeline({
    uow,
    gatherer,
    pendings,
    refuser,
    upstreams,
    clock,
    region,
    limits,
    endSession,
  });
  const router = new LoginRouter(uow, clock);
  const cookies = new HubCookies(config.url, region);
  return {
    gatherer,
    inspectors,
    refuser,
    pipeline,
    router,
    departures: new Departures(router, pipeline, cookies, refuser),
    arrivals: new Arrivals(pipeline, cookies),
    gate: new ReleaseGate(uow, gatherer, clock, limits),
    cookies,
    logout,
    clients: new StoredClients(uow, memory),
  };
}

async function createDownstream(
  ground: Ground,
  login: ReturnType<typeof createLogin>,
  keys: readonly HubSigningKey[],
  logFault: (fault: unknown, correlationId: string) => void,
): Promise<OpenIdProviderHost> {
  const { config, clock, uow, box, egress, memory, secretKeys } = ground;
  const { gate, cookies, logout, departures, arrivals } = login;
  const tokenAudit = new TokenAudit(uow, clock);
  const attributes = await uow.read(hubScope, loadAttributes);
  return new OpenIdProviderHost(
    {
      url: config.url,
      jwks: keys,
      // The first signs, every one verifies: a roll of the key-encryption key costs nobody the sign-in under way.
      cookieKeys: secretKeys.map((key) => derive(key, 'entente cookie signing')),
      pairwiseKey: await loadOrCreateSecret(uow, box, 'pairwise-identifiers', clock.now()),
      adapter: { uow, box, clock, memory, applications: login.clients, onReuse: tokenAudit.reused.bind(tokenAudit) },
      onRevoked: tokenAudit.revoked.bind(tokenAudit),
      logFault,
      clients: new ClientDirectory(login.clients),
      sessionSeconds: config.sessionAbsoluteSeconds,
      gate,
      browserSession: async (header, applicationId) => {
        const handle = cookies.session(header);
        return handle === null ? { kind: 'NONE' } : gate.forBrowser(handle, applicationId);
      },
      depart: departures.atOnce.bind(departures),
      arrive: arrivals.arrive.bind(arrivals),
      strayed: async (origin) => refusalAnswer(await strayed(login.refuser, origin), null),
      endBrowserSession: async ({ cookieHeader, origin }) => {
        const handle = cookies.session(cookieHeader);
        if (handle !== null) await logout.endByHandle(handle, 'LOGOUT', origin);
        return cookies.endSession();
      },
      loginNodeId: (partnerId, id) => globalId('Login', { partnerId, id }),
      pages: downstreamPages(login.refuser),
      fetch: (url, init) => egress.fetch(url instanceof Request ? url.url : url, init),
    },
    attributes,
  );
}

function upstreamLookups({ config, uow, box, clock }: Ground) {
  const addresses = new AddressBook(uow);
  return {
    findByAddress: addresses.find.bind(addresses),
    serviceProviderMetadata: async (address: { partnerId: string; identityProviderId: string }) => {
      const { partnerId, identityProviderId } = address;
      const parts = { box, baseUrl: config.url };
      const upstream = await uow.read(hubScope, (tx) => loadUpstreamConfig(tx, partnerId, identityProviderId, parts));
      return upstream?.kind === 'SAML' ? serviceProviderMetadata(upstream, clock.now()) : null;
    },
    upstreamLogout: new UpstreamLogoutService({
      uow,
      clock,
      saml: samlUpstreamLogout,
      configOf: (address) => speakingSamlConfig(uow, address, { box, baseUrl: config.url }),
    }),
  };
}

async function refreshCatalogue({ uow }: Ground, host: OpenIdProviderHost): Promise<void> {
  host.use(await uow.read(hubScope, loadAttributes));
}

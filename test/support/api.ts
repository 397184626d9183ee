/** The whole API on a database of its own: services, schema and HTTP, asked with real tokens. */
import Fastify, { type FastifyInstance } from 'fastify';
import { AccessTokens, AccessTokenVerifier } from '../../src/access/access-token.js';
import type { Role } from '../../src/access/api-client.entity.js';
import { ApiTokenService, type TokenRequest } from '../../src/access/api-token.service.js';
import { ApiClientService } from '../../src/access/index.js';
import { type ApiServices, apiRooms } from '../../src/api.js';
import { ApplicationService } from '../../src/applications/index.js';
import { AuditService } from '../../src/audit/index.js';
import type { Mode } from '../../src/config.js';
import { Egress } from '../../src/egress/egress.js';
import { createTxtLookup } from '../../src/egress/txt-lookup.js';
import { buildApiSchema } from '../../src/graphql/schema.js';
import { registerGraphql } from '../../src/graphql/server.js';
import {
  IdentityProviderCreation,
  IdentityProviderService,
  SamlMetadataService,
} from '../../src/identity-providers/index.js';
import { type HubSigningKey, KeyringService } from '../../src/keys/keyring.service.js';
import { Gatherer } from '../../src/login/gather.js';
import { ExplanationService, LoginService } from '../../src/login/index.js';
import { AttributeDefinitionService, MappingService } from '../../src/mapping/index.js';
import { DomainService, PartnerService } from '../../src/partners/index.js';
import { OidcConnections } from '../../src/protocols/oidc/upstream-connection.js';
import { createOidcInspector } from '../../src/protocols/oidc/upstream-inspection.js';
import { InspectorRegistry } from '../../src/protocols/registry.js';
import { samlInspector } from '../../src/protocols/saml/inspection.js';
import { identityProviderSources } from '../../src/protocols/sources.js';
import { SessionService } from '../../src/sessions/index.js';
import type { Clock } from '../../src/shared/clock.js';
import { TrustService } from '../../src/trust/index.js';
import { UserService } from '../../src/users/index.js';
import { createTestDatabase, type TestDatabase } from './database.js';

export const hubUrl = 'http://hub.test';
export const fixedNow = new Date('2026-03-01T09:00:00Z');

export interface GraphqlAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** biome-ignore lint/suspicious/noExplicitAny: tests read what they asked for. */
  readonly data: any;
  readonly errors: readonly { message: string; path?: readonly (string | number)[]; extensions: ErrorExtensions }[];
}

interface ErrorExtensions {
  readonly code: string;
  readonly correlationId?: string;
  readonly fields?: readonly { path: string; message: string }[];
}

export interface TestApi {
  readonly db: TestDatabase;
  readonly fastify: FastifyInstance;
  readonly services: ApiServices;
  readonly tokens: ApiTokenService;
  readonly accessTokens: AccessTokens;
  readonly keys: readonly HubSigningKey[];
  /** What would have gone to the log. */
  readonly faults: unknown[];
  readonly clock: Clock & { set(at: Date): void };
  tokenFor(request: Partial<TokenRequest> & { role: Role }): Promise<string>;
  /** @param as a bearer token; by default an operator's. */
  query(document: string, variables?: Record<string, unknown>, options?: { as?: string }): Promise<GraphqlAnswer>;
  close(): Promise<void>;
}

function testClock(): TestApi['clock'] {
  let now = fixedNow;
  return {
    now: () => now,
    set: (at) => {
      now = at;
    },
  };
}

export interface TestApiOptions {
  readonly mode?: Mode;
  /** Resolvers for TXT records, as `address:port`: a fake of the test. */
  readonly dnsServers?: readonly string[];
  /** Entries of the egress allow list: the fakes of the test. */
  readonly egressAllow?: readonly string[];
}

export async function createTestApi({
  mode = 'test',
  dnsServers = [],
  egressAllow = [],
}: TestApiOptions = {}): Promise<TestApi> {
  const db = await createTestDatabase();
  const clock = testClock();
  const keys = await new KeyringService(db.uow, db.box, clock).loadOrCreate();
  const accessTokens = new AccessTokens(hubUrl, keys);
  const tokens = new ApiTokenService(db.uow, accessTokens, clock);
  const lookupTxt = createTxtLookup({ servers: dnsServers, timeoutMs: 1_000 });
  const egress = new Egress({ allow: egressAllow, timeoutMs: 1_000 });
  const sources = identityProviderSources(egress, { allowInsecureEndpoints: mode !== 'production' });
  const inspectors = new InspectorRegistry({
    SAML: samlInspector,
    OIDC: createOidcInspector(new OidcConnections(egress)),
  });
  const services: ApiServices = {
    identityProviders: new IdentityProviderService(db.uow, db.box, hubUrl),
    identityProviderCreation: new IdentityProviderCreation({ uow: db.uow, box: db.box, baseUrl: hubUrl, sources }),
    samlMetadata: new SamlMetadataService(db.uow, sources),
    partners: new PartnerService(db.uow, 'local'),
    domains: new DomainService({ uow: db.uow, lookupTxt, mode }),
    applications: new ApplicationService(db.uow),
    users: new UserService(db.uow),
    sessions: new SessionService(db.uow),
    trust: new TrustService(db.uow),
    logins: new LoginService(db.uow),
    explanations: new ExplanationService(db.uow, new Gatherer(db.uow, db.box, hubUrl), inspectors),
    audit: new AuditService(db.uow),
    attributeDefinitions: new AttributeDefinitionService(db.uow),
    mappings: new MappingService(db.uow),
    apiClients: new ApiClientService(db.uow),
    apiTokens: tokens,
  };
  const faults: unknown[] = [];
  const fastify = Fastify();
  await registerGraphql(fastify, {
    schema: buildApiSchema(apiRooms, services),
    verifier: new AccessTokenVerifier(accessTokens, db.uow, clock),
    clock,
    mode,
    logFault: (fault) => faults.push(fault),
  });
  const tokenFor: TestApi['tokenFor'] = async (request) =>
    (await tokens.issue({ subject: 'test', ttlSeconds: 3_600, ...request })).token;
  const operator = await tokenFor({ role: 'OPERATOR' });
  const query: TestApi['query'] = async (document, variables = {}, { as = operator } = {}) => {
    const reply = await fastify.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization: `Bearer ${as}` },
      payload: { query: document, variables },
    });
    const { data = null, errors = [] } = reply.json();
    return { status: reply.statusCode, headers: reply.headers, data, errors };
  };
  const close = async () => {
    await fastify.close();
    await egress.close();
    await db.close();
  };
  return { db, fastify, services, tokens, accessTokens, keys, faults, clock, tokenFor, query, close };
}

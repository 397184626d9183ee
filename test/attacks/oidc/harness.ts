/** A hub's Relying Party side against one fake OpenID Provider: one call is one whole login by the code flow. */
import { Egress } from '../../../src/egress/egress.js';
import type {
  AssertionFacts,
  AuthenticationAsk,
  Begun,
  InboundMessage,
  UpstreamOidcConfig,
  UpstreamPending,
} from '../../../src/login/contracts.js';
import { createOidcUpstream } from '../../../src/protocols/oidc/upstream.js';
import type { Refusal } from '../../../src/shared/refusal.js';
import type { Result } from '../../../src/shared/result.js';
import {
  type OpenIdProvider,
  type OpenIdProviderOverrides,
  startOpenIdProvider,
} from '../../support/openid-provider.js';

/** The fixed instant of all logins here. It is far from the system's clock on purpose: nothing may read that one. */
export const NOW = new Date('2031-05-06T07:08:09.000Z');
export const CALLBACK = 'https://hub.example/federation/oidc/aurora.main/callback';

export const plainAsk: AuthenticationAsk = {
  state: 'local.state-of-the-login',
  forceAuthn: false,
  isPassive: false,
  loginHint: null,
  acrValues: [],
  maxAgeSeconds: null,
};

export interface LoginOptions {
  readonly ask?: Partial<AuthenticationAsk>;
  readonly now?: Date;
  readonly config?: UpstreamOidcConfig;
  /** Changes what the browser brings back. */
  readonly tamper?: (inbound: InboundMessage, begun: Begun) => InboundMessage;
  readonly pending?: (pending: UpstreamPending) => UpstreamPending;
}

export interface Harness {
  readonly op: OpenIdProvider;
  readonly egress: Egress;
  readonly upstream: ReturnType<typeof createOidcUpstream>;
  config(changes?: Partial<UpstreamOidcConfig>): UpstreamOidcConfig;
  login(options?: LoginOptions): Promise<Result<AssertionFacts>>;
  /** The refusal of a login that must not succeed. */
  refused(options?: LoginOptions): Promise<Refusal>;
  close(): Promise<void>;
}

export async function startHarness(overrides: OpenIdProviderOverrides = {}, timeoutMs = 5_000): Promise<Harness> {
  const op = await startOpenIdProvider({ now: () => NOW, ...overrides });
  const egress = new Egress({ allow: [op.hostPort], timeoutMs });
  const upstream = createOidcUpstream(egress);
  const base: UpstreamOidcConfig = {
    kind: 'OIDC',
    partnerId: '01890000-0000-7000-8000-000000000001',
    identityProviderId: '01890000-0000-7000-8000-000000000002',
    issuer: op.issuer,
    metadata: op.discovery(),
    clientId: op.clientId,
    clientSecret: op.clientSecret,
    tokenEndpointAuthMethod: 'client_secret_basic',
    scopes: ['openid', 'profile', 'email'],
    redirectUri: CALLBACK,
    idTokenAlgorithms: ['ES256', 'RS256'],
    allowedTenants: [],
    subjectSource: { kind: 'SUB' },
    clockSkewSeconds: 120,
    fetchUserInfo: false,
  };
  const harness: Harness = {
    op,
    egress,
    upstream,
    config: (changes = {}) => ({ ...base, ...changes }),
    login: async (options = {}) => {
      const config = options.config ?? base;
      const now = options.now ?? NOW;
      const begun = await upstream.begin(config, { ...plainAsk, ...options.ask }, now);
      if (begun.message.kind !== 'redirect') throw new Error('The upstream redirects.');
      const inbound = inboundOf(op.authorize(begun.message.url));
      const brought = options.tamper?.(inbound, begun) ?? inbound;
      return upstream.verify(config, brought, options.pending?.(begun.pending) ?? begun.pending, now);
    },
    refused: async (options = {}) => {
      const result = await harness.login(options);
      if (result.ok) throw new Error('The login was accepted.');
      return result.refusal;
    },
    close: async () => {
      await egress.close();
      await op.close();
    },
  };
  return harness;
}

export function inboundOf(url: string): InboundMessage {
  const { search, searchParams } = new URL(url);
  return { method: 'GET', rawQuery: search.slice(1), query: [...searchParams], form: [] };
}

/** The message with one parameter set to another value, or without it. */
export function withParameter(inbound: InboundMessage, name: string, value: string | null): InboundMessage {
  const others = inbound.query.filter(([one]) => one !== name);
  return { ...inbound, query: value === null ? others : [...others, [name, value]] };
}

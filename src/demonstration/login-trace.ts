/**
 * Reads the trace of a login as an auditor's tool would: over HTTP from the hub's GraphQL API, with a token that may read
 * logins and lives for minutes. Nothing here looks into the database.
 */
import type { ApiTokenService } from '../access/api-token.service.js';
import type { Egress } from '../egress/egress.js';
import type { Clock } from '../shared/clock.js';
import type { Place } from './addresses.js';
import { DemonstrationProblem } from './server.js';

const TOKEN_SECONDS = 300;
const SPARE_MS = 30_000;

const selected = `{
    id reference state code protocol trustVersion mappingVersion provisioningAction begunAt
    partner { name }
    application { name }
    trace {
      received { issuer undeclaredClaims }
      stages { stage outcome summary facts { name values } }
      attributes { attribute expression outcome values problem }
      release
    }
  }`;
const byId = `query Trace($id: ID!) { login(id: $id) ${selected} }`;
const byReference = `query Refused($reference: DisplayName!) {
  logins(first: 1, filter: { reference: $reference, state: DENIED }) { edges { node ${selected} } }
}`;
/** What that query reads, and nothing more. */
const scopes = ['logins:read', 'partners:read', 'applications:read', 'mapping:read'] as const;

export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

export interface TracedStage {
  readonly stage: string;
  readonly outcome: string;
  readonly summary: string;
  readonly facts: readonly NamedValue[];
}

export interface TracedAttribute {
  readonly attribute: string;
  readonly expression: string;
  readonly outcome: string;
  readonly values: readonly string[];
  readonly problem: string | null;
  readonly released: boolean;
}

export interface LoginView {
  readonly id: string;
  readonly state: string;
  readonly code: string | null;
  readonly facts: readonly NamedValue[];
  readonly stages: readonly TracedStage[];
  readonly attributes: readonly TracedAttribute[];
}

export interface LoginTraceParts {
  readonly hub: Place;
  readonly tokens: ApiTokenService;
  readonly egress: Egress;
  readonly clock: Clock;
}

export class LoginTraceReader {
  readonly #parts: LoginTraceParts;
  #token: { readonly text: string; readonly expiresAt: Date } | null = null;

  constructor(parts: LoginTraceParts) {
    this.#parts = parts;
  }

  get graphqlUrl(): string {
    return `${this.#parts.hub.url}/graphql`;
  }

  /** null where the hub has no such login. */
  async read(loginId: string): Promise<LoginView | null> {
    const { login } = await this.#ask<{ login: AnsweredLogin | null }>(byId, { id: loginId });
    return login === null ? null : viewOf(login);
  }

  /** A refused login by the reference that its person was shown. */
  async findRefused(reference: string): Promise<LoginView | null> {
    const { logins } = await this.#ask<{ logins: { edges: readonly { node: AnsweredLogin }[] } }>(byReference, {
      reference,
    });
    const [edge] = logins.edges;
    return edge === undefined ? null : viewOf(edge.node);
  }

  async #ask<T>(query: string, variables: Readonly<Record<string, string>>): Promise<T> {
    const { hub, egress } = this.#parts;
    const response = await egress.fetch(`${hub.local}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await this.#bearer()}` },
      body: JSON.stringify({ query, variables }),
    });
    const answer = (await response.json()) as { data?: T; errors?: readonly unknown[] };
    if (answer.data === undefined || answer.errors !== undefined) {
      throw new DemonstrationProblem(
        'The trace could not be read',
        `GraphQL answered with status ${response.status}.`,
        502,
      );
    }
    return answer.data;
  }

  async #bearer(): Promise<string> {
    const { tokens, clock } = this.#parts;
    if (this.#token === null || this.#token.expiresAt.getTime() - SPARE_MS < clock.now().getTime()) {
      const request = { role: 'AUDITOR', subject: 'demonstration', ttlSeconds: TOKEN_SECONDS } as const;
      const { token, expiresAt } = await tokens.issue({ ...request, scopes });
      this.#token = { text: token, expiresAt };
    }
    return this.#token.text;
  }
}

interface AnsweredLogin {
  readonly id: string;
  readonly reference: string;
  readonly state: string;
  readonly code: string | null;
  readonly protocol: string | null;
  readonly trustVersion: number | null;
  readonly mappingVersion: number | null;
  readonly provisioningAction: string | null;
  readonly begunAt: string;
  readonly partner: { readonly name: string } | null;
  readonly application: { readonly name: string } | null;
  readonly trace: AnsweredTrace | null;
}

interface AnsweredTrace {
  readonly received: { readonly issuer: string | null; readonly undeclaredClaims: readonly string[] };
  readonly stages: readonly (Omit<TracedStage, 'facts'> & {
    readonly facts: readonly { readonly name: string; readonly values: readonly unknown[] }[];
  })[];
  readonly attributes: readonly (Omit<TracedAttribute, 'values' | 'released'> & {
    readonly values: readonly unknown[];
  })[];
  readonly release: readonly string[];
}

/** As the page shows it. */
function viewOf(login: AnsweredLogin): LoginView {
  const { id, state, code, trace } = login;
  const released = new Set(trace?.release);
  return {
    id,
    state,
    code,
    facts: factsOf(login),
    stages: (trace?.stages ?? []).map((stage) => ({
      ...stage,
      facts: stage.facts.map(({ name, values }) => ({ name, value: values.map(String).join(', ') || 'none' })),
    })),
    attributes: (trace?.attributes ?? []).map((traced) => ({
      ...traced,
      values: traced.values.map(String),
      released: released.has(traced.attribute),
    })),
  };
}

function factsOf(login: AnsweredLogin): readonly NamedValue[] {
  const { partner, application, protocol, trace, begunAt, trustVersion, mappingVersion } = login;
  // Of a message that was refused unread, nothing is said.
  const dropped = mappingVersion === null ? null : trace?.received.undeclaredClaims.join(', ') || 'none';
  const rows: readonly (readonly [string, string | null | undefined])[] = [
    ['Partner', partner?.name],
    ['Issuer', trace?.received.issuer],
    ['Protocol', protocol],
    ['Application', application?.name],
    ['Begun', `${begunAt.replace('T', ' ').slice(0, 19)} UTC`],
    ['Trust relationship', trustVersion === null ? null : `version ${trustVersion}`],
    ['Mapping', mappingVersion === null ? null : `version ${mappingVersion}`],
    ['Account', provisioning[login.provisioningAction ?? '']],
    ['Claims that no rule reads', dropped],
    ['Reference', login.reference],
  ];
  return rows.flatMap(([name, value]) => (value ? [{ name, value }] : []));
}

const provisioning: Readonly<Record<string, string>> = { CREATE: 'created', UPDATE: 'updated', NONE: 'unchanged' };

/** What the OpenID Provider needs of the hub, and what it shows to people: plain interfaces, filled in `app.ts`. */
import type { AttributeDefinitionFacts } from '../../login/facts.js';
import type { Origin } from '../../login/login.store.js';
import type { Released, ReleaseOutcome } from '../../login/release.js';
import type { AdapterParts } from './downstream.adapter.store.js';
import type { ClientDirectory } from './downstream.clients.js';

export interface DownstreamPages {
  /** A page for an error that may not be redirected; records it and returns what to show. */
  error(refused: RefusedRequest): Promise<Page>;
  logoutConfirm(question: LogoutQuestion): Page;
  loggedOut(): Page;
}

export interface RefusedRequest {
  /** OAuth error code; `server_error` for a fault of ours. */
  readonly code: string;
  readonly detail: string;
  readonly applicationId: string | null;
  readonly origin: Origin;
}

export interface LogoutQuestion {
  readonly action: string;
  readonly xsrf: string;
  readonly applicationName?: string;
  readonly postLogoutRedirectUri?: string;
}

export interface Page {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface BrowserRequest {
  readonly cookieHeader: string | undefined;
  readonly origin: Origin;
}

/** The library's record of a request that needs a sign-in, as far as the sign-in reads it. */
export interface InteractionRequest {
  readonly uid: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly prompt: { readonly name: string; readonly reasons: readonly string[] };
}

export interface Shown {
  readonly status: number;
  readonly page: Page;
}

/** Where a browser goes from the authorization endpoint: to an IdP, or no further than a page. */
export type WayOn = { readonly cookie: string | null } & ({ readonly location: string } | Shown);

/** How a sign-in ended that comes back from its IdP. */
export type Arrival =
  | ({ readonly accountId: null } & Shown)
  | {
      readonly accountId: string;
      readonly authentication: { readonly ts: number; readonly acr?: string; readonly amr?: string[] };
      /** Carries the hub's session. */
      readonly cookie: string;
      /** The cookies of the browser with that one among them. */
      readonly cookieHeader: string;
    };

export interface DownstreamParts {
  /** Issuer, without a trailing slash. */
  readonly url: string;
  readonly jwks: readonly Readonly<Record<string, unknown>>[];
  /** The first signs, every one verifies. */
  readonly cookieKeys: readonly Buffer[];
  readonly pairwiseKey: Buffer;
  readonly adapter: AdapterParts;
  readonly clients: ClientDirectory;
  readonly attributes: readonly AttributeDefinitionFacts[];
  readonly sessionSeconds: number;
  readonly gate: {
    forGrant(grantId: string): Promise<ReleaseOutcome>;
    opened(released: Released, grantId: string): Promise<void>;
    hangsOn(grantId: string, released: Released): Promise<boolean>;
  };
  /** The session of the browser with these cookies, for the application that asks. */
  readonly browserSession: (cookieHeader: string | undefined, applicationId: string) => Promise<ReleaseOutcome>;
  /** Begins the sign-in that a request needs, or asks again where its hints name nobody; null where it has no hints. */
  readonly depart: (
    interaction: InteractionRequest,
    application: { readonly id: string; readonly name: string },
    request: BrowserRequest,
  ) => Promise<WayOn | null>;
  /** Decides and commits the sign-in behind a handle, within an interaction that this browser stands in. */
  readonly arrive: (interaction: string, handle: string, request: BrowserRequest) => Promise<Arrival>;
  /** For a browser that stands in no interaction; records it. */
  readonly strayed: (origin: Origin) => Promise<Shown>;
  /** The person has signed out in the browser with these cookies; returns the cookie that says so. */
  readonly endBrowserSession: (request: BrowserRequest) => Promise<string>;
  /** Global id of a login, as GraphQL shows it. */
  readonly loginNodeId: (partnerId: string, loginId: string) => string;
  /** An application gave a token back: its family is gone. */
  readonly onRevoked: (model: string, grantId: string, origin: Origin) => Promise<void>;
  /** A fault that nobody outside can mend. */
  readonly logFault: (fault: unknown, correlationId: string) => void;
  readonly pages: DownstreamPages;
  readonly fetch: typeof fetch;
}

/** What goes into the pipeline and what comes out of it. */
import type { Uuid } from '../shared/ids.js';
import type { AuthenticationAsk, Protocol } from './contracts.js';
import type { Origin } from './login.store.js';
import type { PolicyKey } from './policy.store.js';
import type { Refused } from './refuse.js';

export interface LoginRequest {
  readonly key: PolicyKey;
  readonly interactionUid: string;
  /** The cookie that ties the login to one browser. */
  readonly browserHandle: string;
  readonly ask: Omit<AuthenticationAsk, 'state'>;
  readonly origin: Origin;
}

export interface IdentityProviderAddress {
  readonly partnerId: Uuid;
  readonly identityProviderId: Uuid;
  readonly protocol: Protocol;
}

export interface SignedIn {
  readonly partnerId: Uuid;
  readonly membershipId: Uuid;
  readonly sessionHandle: string;
  readonly authenticatedAt: Date;
  readonly acr: string | null;
  readonly amr: readonly string[];
}

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly refused: Refused;
      /** The interaction to begin again in, where it is known. */
      readonly interactionUid: string | null;
    };

/** The upstream protocols by kind: the map is typed, so that a forgotten protocol does not compile. */

import type {
  AuthenticationAsk,
  Begun,
  InboundMessage,
  Protocol,
  Upstream,
  UpstreamConfig,
  UpstreamPending,
  VerifiedAssertion,
} from '../login/contracts.js';
import { refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import { unfit } from './fitness.rules.js';

export type UpstreamMap = { readonly [K in Protocol]: Upstream<Extract<UpstreamConfig, { kind: K }>> };

export class UpstreamRegistry {
  readonly #map: UpstreamMap;

  constructor(map: UpstreamMap) {
    this.#map = map;
  }

  for(protocol: Protocol): Pick<Upstream, 'readState'> {
    return this.#map[protocol];
  }

  /** A fault in building the request (an IdP whose settings cannot work) is a refusal of this login, not of the hub. */
  async begin(config: UpstreamConfig, ask: AuthenticationAsk, now: Date): Promise<Result<Begun>> {
    try {
      return ok(
        await (config.kind === 'SAML'
          ? this.#map.SAML.begin(config, ask, now)
          : this.#map.OIDC.begin(config, ask, now)),
      );
    } catch (fault) {
      return refused(refusal('IDP_UNAVAILABLE', `the request could not be built: ${nameOf(fault)}`));
    }
  }

  async verify(
    config: UpstreamConfig,
    inbound: InboundMessage,
    pending: UpstreamPending,
    now: Date,
  ): Promise<Result<VerifiedAssertion>> {
    const verified = await (config.kind === 'SAML'
      ? this.#map.SAML.verify(config, inbound, pending, now)
      : this.#map.OIDC.verify(config, inbound, pending, now));
    const because = verified.ok ? unfit(verified.value) : null;
    return because === null ? verified : refused(because);
  }
}

function nameOf(fault: unknown): string {
  return fault instanceof Error ? fault.name : 'unknown';
}

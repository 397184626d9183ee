/** The upstream protocols by kind: the map is typed, so that a forgotten protocol does not compile. */

import type {
  AuthenticationAsk,
  Begun,
  InboundMessage,
  Inspection,
  InspectionTime,
  Inspector,
  Protocol,
  Upstream,
  UpstreamConfig,
  UpstreamPending,
  VerifiedAssertion,
} from '../login/contracts.js';
import { refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import { unfit } from './fitness.rules.js';
import { refusedBy } from './inspection.rules.js';

export type UpstreamMap = { readonly [K in Protocol]: Upstream<Extract<UpstreamConfig, { kind: K }>> };

export type InspectorMap = { readonly [K in Protocol]: Inspector<Extract<UpstreamConfig, { kind: K }>> };

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

/** What judges captured messages. Apart from the upstreams: who holds this holds nothing that could sign anybody in. */
export class InspectorRegistry {
  readonly #map: InspectorMap;

  constructor(map: InspectorMap) {
    this.#map = map;
  }

  async inspect(config: UpstreamConfig, message: string, time: InspectionTime): Promise<Inspection> {
    const inspection = await (config.kind === 'SAML'
      ? this.#map.SAML.inspect(config, message, time)
      : this.#map.OIDC.inspect(config, message, time));
    const { facts, verdicts } = inspection;
    const because = facts.ok ? unfit(facts.value) : null;
    if (because === null) return inspection;
    const judged = verdicts.map((one) => (one.check === 'SUBJECT' ? refusedBy('SUBJECT', because) : one));
    return { verdicts: judged, facts: refused(because) };
  }
}

function nameOf(fault: unknown): string {
  return fault instanceof Error ? fault.name : 'unknown';
}

/**
 * What a decision needs, gathered before it: the policy of (partner, IdP, application) as a snapshot with keys opened and
 * rules compiled, cached with a bound. A change of policy evicts it through LISTEN/NOTIFY. A replica may not have heard:
 * so what verifies an answer is compared with the epochs first, a commit compares them and asks for a fresh snapshot, and
 * a stale one costs time and never a wrong ruling.
 */
import { loadUpstreamConfig } from '../identity-providers/upstream-config.store.js';
import { type CompiledMapping, compileMapping } from '../mapping/map.rules.js';
import type { Epochs } from '../persistence/policy-epoch.js';
import type { SecretBox } from '../persistence/secret-box.js';
import { hubScope, type UnitOfWork } from '../persistence/unit-of-work.js';
import { BoundedCache } from '../shared/bounded-cache.js';
import type { Uuid } from '../shared/ids.js';
import type { Result } from '../shared/result.js';
import { findPerson } from '../users/person.store.js';
import type { AssertionFacts, UpstreamConfig } from './contracts.js';
import type { MappedProfile, PersonFacts, PolicyFacts } from './facts.js';
import { loadPolicy, type PolicyKey } from './policy.store.js';

const SNAPSHOTS = 2_000;

export interface PolicySnapshot {
  readonly key: PolicyKey;
  readonly policy: PolicyFacts;
  readonly upstream: UpstreamConfig;
  readonly mapping: Result<CompiledMapping>;
}

export class Gatherer {
  readonly #snapshots = new BoundedCache<string, PolicySnapshot>(SNAPSHOTS);
  readonly #uow: UnitOfWork;
  readonly #box: SecretBox;
  readonly #baseUrl: string;

  constructor(uow: UnitOfWork, box: SecretBox, baseUrl: string) {
    this.#uow = uow;
    this.#box = box;
    this.#baseUrl = baseUrl;
  }

  /** null when one of the three does not exist. @param fresh past the cache, after an epoch that moved */
  async policy(key: PolicyKey, fresh = false): Promise<PolicySnapshot | null> {
    const name = `${key.partnerId} ${key.identityProviderId} ${key.applicationId}`;
    const cached = fresh ? undefined : this.#snapshots.get(name);
    if (cached !== undefined) return cached;
    const snapshot = await this.#load(key);
    if (snapshot !== null) this.#snapshots.set(name, snapshot);
    return snapshot;
  }

  /**
   * As of these epochs or later: for keys and secrets of the other side, which no commit looks at again.
   * @param epochs as they stand in the database now; null when partner or application is gone
   */
  async policyAt(key: PolicyKey, epochs: Epochs | null): Promise<PolicySnapshot | null> {
    const snapshot = await this.policy(key);
    const known = snapshot?.policy.epochs;
    const isCurrent = known?.partner === epochs?.partner && known?.application === epochs?.application;
    return isCurrent ? snapshot : this.policy(key, true);
  }

  person(
    assertion: Pick<AssertionFacts, 'partnerId' | 'identityProviderId'>,
    mapped: MappedProfile,
  ): Promise<PersonFacts> {
    const { partnerId, identityProviderId } = assertion;
    const key = { partnerId, identityProviderId, subject: mapped.subject };
    return findPerson(this.#uow, key, mapped.profile);
  }

  /** Forgets what rests on a partner or an application; null forgets everything (a listener that was away). */
  evict(id: Uuid | null): void {
    if (id === null) this.#snapshots.clear();
    else this.#snapshots.deleteWhere(({ key }) => key.partnerId === id || key.applicationId === id);
  }

  #load(key: PolicyKey): Promise<PolicySnapshot | null> {
    return this.#uow.read(hubScope, async (tx) => {
      const policy = await loadPolicy(tx, key);
      const deps = { box: this.#box, baseUrl: this.#baseUrl };
      const upstream = await loadUpstreamConfig(tx, key.partnerId, key.identityProviderId, deps);
      if (policy === null || upstream === null) return null;
      return { key, policy, upstream, mapping: compileMapping(policy.mapping, policy.attributes) };
    });
  }
}

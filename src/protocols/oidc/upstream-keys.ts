/**
 * The signing keys of one OpenID Provider, read from its jwks_uri and from nowhere else: header parameters such as jku,
 * x5u and jwk are never followed (O07, O14, O29). A key id that is not known makes the set be read again, at most
 * once a minute, so that a rotation works at once and a flood of invented ids costs one request.
 */
import type { Egress } from '../../egress/egress.js';
import { refusal } from '../../shared/refusal.js';
import { ok, type Result, refused } from '../../shared/result.js';
import { isJsonObject, type JsonObject, parseJsonObject } from './upstream-json.rules.js';

const FRESH_MS = 300_000;
const REFETCH_MS = 60_000;
const MAX_KEYS = 100;
const DOCUMENT_BYTES = 262_144;
const MEDIA_TYPES = ['application/json', 'application/jwk-set+json'];

export class UpstreamKeys {
  readonly #egress: Egress;
  readonly #uri: string;
  #keys: readonly JsonObject[] | null = null;
  #readAt = 0;
  #reread = Number.NEGATIVE_INFINITY;
  #underWay: Promise<Result<readonly JsonObject[]>> | null = null;

  constructor(egress: Egress, uri: string) {
    this.#egress = egress;
    this.#uri = uri;
  }

  /**
   * The keys a token of that `kid` may be verified with; every key when the token names none.
   * @throws EgressError
   */
  async candidates(kid: string | undefined, now: Date): Promise<Result<readonly JsonObject[]>> {
    const age = now.getTime() - this.#readAt;
    // Without a key id a rotation cannot be noticed: such a set is read again every minute.
    const fresh = kid === undefined ? REFETCH_MS : FRESH_MS;
    if (this.#keys === null || age >= fresh || age < 0) return select(await this.#read(now), kid);
    const known = select(ok(this.#keys), kid);
    if (known.ok) return known;
    if (this.#underWay === null) {
      if (Math.abs(now.getTime() - this.#reread) < REFETCH_MS) return known;
      this.#reread = now.getTime();
    }
    return select(await this.#read(now), kid);
  }

  #read(now: Date): Promise<Result<readonly JsonObject[]>> {
    this.#underWay ??= this.#fetch(now).finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  async #fetch(now: Date): Promise<Result<readonly JsonObject[]>> {
    const text = await this.#egress.getText(this.#uri, { accept: MEDIA_TYPES, maxBytes: DOCUMENT_BYTES });
    const keys = parseJsonObject(text)?.keys;
    if (!Array.isArray(keys) || !keys.every(isJsonObject)) {
      return refused(refusal('OIDC_KEY', 'The key set of the identity provider is malformed.'));
    }
    if (keys.length > MAX_KEYS) {
      return refused(
        refusal('EGRESS_LIMIT', 'The key set of the identity provider is too large.', { keys: keys.length }),
      );
    }
    this.#keys = keys;
    this.#readAt = now.getTime();
    return ok(keys);
  }
}

function select(keys: Result<readonly JsonObject[]>, kid: string | undefined): Result<readonly JsonObject[]> {
  if (!keys.ok) return keys;
  const found = keys.value.filter((key) => key.use !== 'enc' && (kid === undefined || key.kid === kid));
  if (found.length > 0) return ok(found);
  return refused(
    refusal('OIDC_KEY', 'The identity provider publishes no signing key of that id.', { kid: kid ?? null }),
  );
}

/**
 * The hub's own signing keys: one ES256 and one RS256 at least, made at the first start, private halves sealed in the
 * database (promise 9). Every replica reads the same set; retired keys stay published while tokens may carry them.
 */
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { recordAuditFrom } from '../audit/audit.store.js';
import type { SecretBox } from '../persistence/secret-box.js';
import { hubScope, type Tx, type UnitOfWork } from '../persistence/unit-of-work.js';
import type { Clock } from '../shared/clock.js';
import { RESERVED_PARTNER_ID, uuidv7 } from '../shared/ids.js';
import { SigningKey } from './signing-key.entity.js';

const ALGORITHMS = ['ES256', 'RS256'] as const;
const KEY_CREATION_LOCK = 0x6b657973;

/** A private signing key with `kid`, `alg` and `use`, newest first per algorithm. */
export type HubSigningKey = JWK & { readonly kid: string; readonly alg: (typeof ALGORITHMS)[number] };

export class KeyringService {
  readonly #uow: UnitOfWork;
  readonly #box: SecretBox;
  readonly #clock: Clock;

  constructor(uow: UnitOfWork, box: SecretBox, clock: Clock) {
    this.#uow = uow;
    this.#box = box;
    this.#clock = clock;
  }

  /** Loads the keys in use, and makes those that are missing. Safe on several replicas at once. */
  loadOrCreate(): Promise<readonly HubSigningKey[]> {
    return this.#uow.write(hubScope, async (tx) => {
      await tx.em.execute('select pg_advisory_xact_lock(?)', [KEY_CREATION_LOCK]);
      const stored = await tx.em.find(SigningKey, { state: 'ACTIVE' }, { orderBy: { createdAt: 'desc' } });
      const keys = stored.map((key) => this.#open(key));
      for (const algorithm of ALGORITHMS) {
        if (!keys.some((key) => key.alg === algorithm)) keys.push(await this.#create(tx, algorithm));
      }
      return keys;
    });
  }

  #open(key: SigningKey): HubSigningKey {
    const place = { column: 'signing_key.private_jwk', partnerId: RESERVED_PARTNER_ID, rowId: key.id };
    return JSON.parse(this.#box.open(key.privateJwkEncrypted, place)) as HubSigningKey;
  }

  async #create(tx: Tx, algorithm: (typeof ALGORITHMS)[number]): Promise<HubSigningKey> {
    const now = this.#clock.now();
    const id = uuidv7(now);
    const pair = await generateKeyPair(algorithm, { extractable: true, modulusLength: 2048 });
    const common = { kid: id, alg: algorithm, use: 'sig' };
    const jwk = { ...(await exportJWK(pair.privateKey)), ...common } as HubSigningKey;
    await tx.em.insert(SigningKey, {
      id,
      kid: id,
      algorithm,
      state: 'ACTIVE',
      publicJwk: { ...(await exportJWK(pair.publicKey)), ...common },
      privateJwkEncrypted: this.#box.seal(JSON.stringify(jwk), {
        column: 'signing_key.private_jwk',
        partnerId: RESERVED_PARTNER_ID,
        rowId: id,
      }),
      createdAt: now,
    });
    const origin = { actorKind: 'SYSTEM', actorId: 'keyring', correlationId: null, sourceIp: null, now } as const;
    await recordAuditFrom(tx, origin, { action: 'signing-key.created', targetType: 'SigningKey', targetId: id });
    return jwk;
  }
}

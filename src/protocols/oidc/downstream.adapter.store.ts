/**
 * Where oidc-provider keeps its own artefacts (codes, grants, tokens, interactions): the one exception to "protocols
 * have no access to the hub's tables" (docs/architecture.md). Ids are stored as digests and payloads encrypted, so that a
 * read of the table gives nobody a working token; a code or refresh token is consumed by one conditional UPDATE.
 */
import { type Adapter, type AdapterPayload, errors, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { OidcArtifact } from '../../login/login.entity.js';
import type { SecretBox } from '../../persistence/secret-box.js';
import { sql } from '../../persistence/sql.js';
import { hubScope, type Tx, type UnitOfWork } from '../../persistence/unit-of-work.js';
import type { Clock } from '../../shared/clock.js';
import { handleHash, RESERVED_PARTNER_ID, type Uuid } from '../../shared/ids.js';
import { decodeAccountId } from './downstream.account.rules.js';

const GRANT_MODELS = ['AccessToken', 'AuthorizationCode', 'RefreshToken'];
/** What is handed in once and then replaced: a second time means that somebody else has it too. */
const SINGLE_USE = ['AuthorizationCode', 'RefreshToken'];

const TABLE = sql`"regional"."oidc_artifact"`;
const COLUMNS = sql`partner_id, id_hash, payload_encrypted, floor(extract(epoch from consumed_at))::int as consumed`;

interface ArtifactRow {
  readonly partner_id: Uuid;
  readonly id_hash: string;
  readonly payload_encrypted: string;
  /** Unix time in seconds. */
  readonly consumed: number | null;
}

export interface AdapterParts {
  readonly uow: UnitOfWork;
  readonly box: SecretBox;
  readonly clock: Clock;
  /** Told when a code or refresh token came a second time, in the transaction that revokes its family. */
  readonly onReuse: (tx: Tx, model: string, grantId: string) => Promise<void>;
}

export class ArtifactAdapter implements Adapter {
  readonly #parts: AdapterParts;
  readonly #model: string;

  constructor(parts: AdapterParts, model: string) {
    this.#parts = parts;
    this.#model = model;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn: number): Promise<void> {
    const { uow, box, clock } = this.#parts;
    const account = typeof payload.accountId === 'string' ? decodeAccountId(payload.accountId) : null;
    const partnerId = account?.partnerId ?? RESERVED_PARTNER_ID;
    const idHash = handleHash(id);
    const payloadEncrypted = box.seal(JSON.stringify(payload), this.#place(partnerId, idHash));
    const expiresAt = new Date(clock.now().getTime() + expiresIn * 1000);
    const membershipId = account?.membershipId ?? null;
    const hashOf = (handle: string | undefined) => (handle === undefined ? null : handleHash(handle));
    await uow.rows(
      hubScope,
      sql`insert into ${TABLE} (model, id_hash, partner_id, payload_encrypted, grant_hash, uid_hash, membership_id,
        application_client_id, expires_at) values (${this.#model}, ${idHash}, ${partnerId}, ${payloadEncrypted},
        ${hashOf(payload.grantId)}, ${hashOf(payload.uid)}, ${membershipId}, ${payload.clientId ?? null}, ${expiresAt})
        on conflict (model, id_hash) do update set partner_id = excluded.partner_id,
        payload_encrypted = excluded.payload_encrypted, grant_hash = excluded.grant_hash, uid_hash = excluded.uid_hash,
        membership_id = excluded.membership_id, application_client_id = excluded.application_client_id,
        expires_at = excluded.expires_at`,
    );
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const found = await this.#read('id_hash', id);
    if (found?.consumed !== undefined && SINGLE_USE.includes(this.#model) && isTokenRequest()) {
      await this.#revokeFamily(found.grantId);
    }
    return found;
  }

  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#read('uid_hash', uid);
  }

  /** Device flow is switched off; the interface asks for the method. */
  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  /** @throws InvalidGrant when another request was first: then the whole family is revoked (RFC 9700, section 4.14.2) */
  async consume(id: string): Promise<void> {
    const { uow, clock } = this.#parts;
    const taken = await uow.rows(
      hubScope,
      sql`update ${TABLE} set consumed_at = ${clock.now()} where model = ${this.#model} and id_hash = ${handleHash(id)}
        and consumed_at is null returning 1`,
    );
    if (taken.length === 1) return;
    await this.#revokeFamily((await this.#read('id_hash', id))?.grantId);
    throw new errors.InvalidGrant('already consumed');
  }

  async destroy(id: string): Promise<void> {
    await this.#parts.uow.rows(
      hubScope,
      sql`delete from ${TABLE} where model = ${this.#model} and id_hash = ${handleHash(id)}`,
    );
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.#parts.uow.rows(
      hubScope,
      sql`delete from ${TABLE} where model = ${this.#model} and grant_hash = ${handleHash(grantId)}`,
    );
  }

  async #read(column: 'id_hash' | 'uid_hash', handle: string): Promise<AdapterPayload | undefined> {
    const { uow, box } = this.#parts;
    const by = column === 'id_hash' ? sql`id_hash` : sql`uid_hash`;
    const [row] = await uow.rows<ArtifactRow>(
      hubScope,
      sql`select ${COLUMNS} from ${TABLE} where model = ${this.#model} and ${by} = ${handleHash(handle)}`,
    );
    if (row === undefined) return undefined;
    const place = this.#place(row.partner_id, row.id_hash);
    const payload = JSON.parse(box.open(row.payload_encrypted, place)) as AdapterPayload;
    if (row.consumed !== null) payload.consumed = row.consumed;
    return payload;
  }

  /** Codes, tokens and the grant itself, told of once: of many that come too late, one finds the grant. */
  async #revokeFamily(grantId: string | undefined): Promise<void> {
    if (grantId === undefined) return;
    const grantHash = handleHash(grantId);
    await this.#parts.uow.write(hubScope, async (tx) => {
      const revoked = await tx.em.nativeDelete(OidcArtifact, { model: 'Grant', idHash: grantHash });
      await tx.em.nativeDelete(OidcArtifact, { model: { $in: GRANT_MODELS }, grantHash });
      if (revoked === 1) await this.#parts.onReuse(tx, this.#model, grantId);
    });
  }

  #place(partnerId: string, idHash: string) {
    return { column: 'oidc_artifact.payload', partnerId, rowId: `${this.#model}:${idHash}` };
  }
}

/** Reading about a used token (introspection, revocation) is no reuse; handing it in at the token endpoint is. */
function isTokenRequest(): boolean {
  const { ctx } = Provider as unknown as { readonly ctx: KoaContextWithOIDC | undefined };
  return ctx?.oidc?.route === 'token';
}

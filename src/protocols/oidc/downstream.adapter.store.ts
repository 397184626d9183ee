/**
 * Where oidc-provider keeps its own artefacts (codes, grants, tokens, interactions): the one exception to "protocols
 * have no access to the hub's tables" (docs/architecture.md). Ids are stored as digests and payloads encrypted, so that a
 * read of the table gives nobody a working token; a code or refresh token is consumed by one conditional UPDATE.
 */
import { type Adapter, type AdapterPayload, errors, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { OidcArtifact } from '../../login/login.entity.js';
import type { SecretBox } from '../../persistence/secret-box.js';
import { type Sql, sql } from '../../persistence/sql.js';
import { hubScope, type Tx, type UnitOfWork } from '../../persistence/unit-of-work.js';
import type { Clock } from '../../shared/clock.js';
import { handleHash, RESERVED_PARTNER_ID, type Uuid } from '../../shared/ids.js';
import type { RequestMemory } from '../../shared/request-memory.js';
import { decodeAccountId } from './downstream.account.rules.js';

const GRANT_MODELS = ['AccessToken', 'AuthorizationCode', 'RefreshToken'];
/** What is handed in once and then replaced: a second time means that somebody else has it too. */
const SINGLE_USE = ['AuthorizationCode', 'RefreshToken'];

const TABLE = sql`"regional"."oidc_artifact"`;

interface ArtifactRow {
  readonly partner_id: Uuid;
  readonly payload_encrypted: string;
  /** Unix time in seconds. */
  readonly consumed: number | null;
}

/** An artefact with what the same request asks for next: its application and its grant. */
interface FoundRow extends ArtifactRow {
  readonly id_hash: string;
  readonly application_client_id: string | null;
  readonly application: string | null;
  readonly grant_hash: string | null;
  readonly grant_partner_id: Uuid | null;
  readonly grant_payload: string | null;
}

export interface AdapterParts {
  readonly uow: UnitOfWork;
  readonly box: SecretBox;
  readonly clock: Clock;
  readonly memory: RequestMemory;
  /** Reads an application beside an artefact. */
  readonly applications: {
    selectApplication(clientId: Sql): Sql;
    remember(clientId: string, found: string | null): unknown;
  };
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
    const { uow, box, clock, memory } = this.#parts;
    const account = typeof payload.accountId === 'string' ? decodeAccountId(payload.accountId) : null;
    const partnerId = account?.partnerId ?? RESERVED_PARTNER_ID;
    const idHash = handleHash(id);
    const payloadEncrypted = box.seal(JSON.stringify(payload), placeOf(this.#model, partnerId, idHash));
    const expiresAt = new Date(clock.now().getTime() + expiresIn * 1000);
    const clientId = payload.clientId ?? payload.params?.client_id;
    const hashOf = (handle: string | undefined) => (handle === undefined ? null : handleHash(handle));
    // What is handed in once is read as it stands; anything else is by now what it will be.
    if (SINGLE_USE.includes(this.#model)) memory.forget(nameOf(this.#model, idHash));
    else memory.set(nameOf(this.#model, idHash), written(partnerId, payloadEncrypted));
    const insertion = sql`insert into ${TABLE} (model, id_hash, partner_id, payload_encrypted, grant_hash, uid_hash, membership_id,
        application_client_id, expires_at) values (${this.#model}, ${idHash}, ${partnerId}, ${payloadEncrypted},
        ${hashOf(payload.grantId)}, ${hashOf(payload.uid)}, ${account?.membershipId ?? null},
        ${typeof clientId === 'string' ? clientId : null}, ${expiresAt})`;
    if (this.#model === 'ReplayDetection') return this.#once(insertion);
    await uow.later(
      hubScope,
      sql`${insertion} on conflict (model, id_hash) do update set partner_id = excluded.partner_id,
        payload_encrypted = excluded.payload_encrypted, grant_hash = excluded.grant_hash, uid_hash = excluded.uid_hash,
        membership_id = excluded.membership_id, application_client_id = excluded.application_client_id,
        expires_at = excluded.expires_at`,
    );
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const idHash = handleHash(id);
    const known = this.#parts.memory.get<ArtifactRow>(nameOf(this.#model, idHash));
    const row = known === undefined ? await this.#select(sql`a.id_hash = ${idHash}`) : known;
    const found = this.#open(row, idHash);
    if (found?.consumed !== undefined && SINGLE_USE.includes(this.#model) && isTokenRequest()) {
      await this.#revokeFamily(found.grantId);
    }
    return found;
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    const row = await this.#select(sql`a.uid_hash = ${handleHash(uid)}`);
    return row === null ? undefined : this.#open(row, row.id_hash);
  }

  /** Device flow is switched off; the interface asks for the method. */
  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  /** @throws InvalidGrant when another request was first: then the whole family is revoked (RFC 9700, section 4.14.2) */
  async consume(id: string): Promise<void> {
    const { uow, clock, memory } = this.#parts;
    const idHash = handleHash(id);
    memory.forget(nameOf(this.#model, idHash));
    const taken = await uow.rows(
      hubScope,
      sql`update ${TABLE} set consumed_at = ${clock.now()} where model = ${this.#model} and id_hash = ${idHash}
        and consumed_at is null returning 1`,
    );
    if (taken.length === 1) return;
    const row = await this.#select(sql`a.id_hash = ${idHash}`);
    await this.#revokeFamily(this.#open(row, idHash)?.grantId);
    throw new errors.InvalidGrant('already consumed');
  }

  async destroy(id: string): Promise<void> {
    const { uow, memory } = this.#parts;
    const idHash = handleHash(id);
    memory.set(nameOf(this.#model, idHash), null);
    await uow.later(hubScope, sql`delete from ${TABLE} where model = ${this.#model} and id_hash = ${idHash}`);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    const ofGrant = sql`model = ${this.#model} and grant_hash = ${handleHash(grantId)}`;
    await this.#parts.uow.rows(hubScope, sql`delete from ${TABLE} where ${ofGrant}`);
  }

  /** @throws InvalidDpopProof when another request brought the same proof in the same instant */
  async #once(insertion: Sql): Promise<void> {
    const [first] = await this.#parts.uow.rows(hubScope, sql`${insertion} on conflict do nothing returning 1`);
    if (first === undefined) throw new errors.InvalidDpopProof('the proof was used before');
  }

  async #select(isWanted: Sql): Promise<FoundRow | null> {
    const { uow, memory, applications } = this.#parts;
    const [row] = await uow.rows<FoundRow>(
      hubScope,
      sql`select a.partner_id, a.id_hash, a.payload_encrypted, floor(extract(epoch from a.consumed_at))::int as consumed,
        a.application_client_id, ${applications.selectApplication(sql`a.application_client_id`)} as application,
        a.grant_hash, g.partner_id as grant_partner_id, g.payload_encrypted as grant_payload
        from ${TABLE} a left join ${TABLE} g on g.model = 'Grant' and g.id_hash = a.grant_hash
        where a.model = ${this.#model} and ${isWanted}`,
    );
    if (row === undefined) return null;
    memory.set(nameOf(this.#model, row.id_hash), row);
    if (row.application_client_id !== null) applications.remember(row.application_client_id, row.application);
    if (row.grant_hash !== null) memory.set(nameOf('Grant', row.grant_hash), grantOf(row));
    return row;
  }

  #open(row: ArtifactRow | null, idHash: string): AdapterPayload | undefined {
    if (row === null) return undefined;
    const place = placeOf(this.#model, row.partner_id, idHash);
    const payload = JSON.parse(this.#parts.box.open(row.payload_encrypted, place)) as AdapterPayload;
    if (row.consumed !== null) payload.consumed = row.consumed;
    return payload;
  }

  /** Codes, tokens and the grant itself, told of once: of many that come too late, one finds the grant. */
  async #revokeFamily(grantId: string | undefined): Promise<void> {
    if (grantId === undefined) return;
    const grantHash = handleHash(grantId);
    this.#parts.memory.forget(nameOf('Grant', grantHash));
    await this.#parts.uow.write(hubScope, async (tx) => {
      const revoked = await tx.em.nativeDelete(OidcArtifact, { model: 'Grant', idHash: grantHash });
      await tx.em.nativeDelete(OidcArtifact, { model: { $in: GRANT_MODELS }, grantHash });
      if (revoked === 1) await this.#parts.onReuse(tx, this.#model, grantId);
    });
  }
}

function grantOf({ grant_partner_id, grant_payload }: FoundRow): ArtifactRow | null {
  return grant_partner_id === null || grant_payload === null ? null : written(grant_partner_id, grant_payload);
}

function written(partnerId: Uuid, payloadEncrypted: string): ArtifactRow {
  return { partner_id: partnerId, payload_encrypted: payloadEncrypted, consumed: null };
}

function nameOf(model: string, idHash: string): string {
  return `${model} ${idHash}`;
}

function placeOf(model: string, partnerId: string, idHash: string) {
  return { column: 'oidc_artifact.payload', partnerId, rowId: `${model}:${idHash}` };
}

/** Reading about a used token (introspection, revocation) is no reuse; handing it in at the token endpoint is. */
function isTokenRequest(): boolean {
  const { ctx } = Provider as unknown as { readonly ctx: KoaContextWithOIDC | undefined };
  return ctx?.oidc?.route === 'token';
}

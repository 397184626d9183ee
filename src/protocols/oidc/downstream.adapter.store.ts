/**
 * Where oidc-provider keeps its own artefacts (codes, grants, tokens, interactions): the one exception to "protocols
 * have no access to the hub's tables" (DESIGN, section 3). Ids are stored as digests and payloads encrypted, so that a
 * read of the table gives nobody a working token; a code or refresh token is consumed by one conditional UPDATE.
 */
import { type Adapter, type AdapterPayload, errors, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { OidcArtifact } from '../../login/login.entity.js';
import type { SecretBox } from '../../persistence/secret-box.js';
import { hubScope, type Tx, type UnitOfWork } from '../../persistence/unit-of-work.js';
import type { Clock } from '../../shared/clock.js';
import { handleHash, RESERVED_PARTNER_ID } from '../../shared/ids.js';
import { decodeAccountId } from './downstream.account.rules.js';

const GRANT_MODELS = ['AccessToken', 'AuthorizationCode', 'RefreshToken'];
/** What is handed in once and then replaced: a second time means that somebody else has it too. */
const SINGLE_USE = ['AuthorizationCode', 'RefreshToken'];

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
    const row = {
      model: this.#model,
      idHash,
      partnerId,
      payloadEncrypted: box.seal(JSON.stringify(payload), this.#place(partnerId, idHash)),
      grantHash: payload.grantId === undefined ? null : handleHash(payload.grantId),
      uidHash: payload.uid === undefined ? null : handleHash(payload.uid),
      membershipId: account?.membershipId ?? null,
      applicationClientId: payload.clientId ?? null,
      expiresAt: new Date(clock.now().getTime() + expiresIn * 1000),
    };
    await uow.write(hubScope, (tx) => tx.em.upsert(OidcArtifact, row));
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const found = await this.#read({ idHash: handleHash(id) });
    if (found?.consumed !== undefined && SINGLE_USE.includes(this.#model) && isTokenRequest()) {
      await this.#revokeFamily(found.grantId);
    }
    return found;
  }

  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#read({ uidHash: handleHash(uid) });
  }

  /** Device flow is switched off; the interface asks for the method. */
  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  /** @throws InvalidGrant when another request was first: then the whole family is revoked (RFC 9700, section 4.14.2) */
  async consume(id: string): Promise<void> {
    const { uow, clock } = this.#parts;
    const where = { model: this.#model, idHash: handleHash(id), consumedAt: null };
    const taken = await uow.write(hubScope, (tx) =>
      tx.em.nativeUpdate(OidcArtifact, where, { consumedAt: clock.now() }),
    );
    if (taken === 1) return;
    await this.#revokeFamily((await this.#read({ idHash: handleHash(id) }))?.grantId);
    throw new errors.InvalidGrant('already consumed');
  }

  async destroy(id: string): Promise<void> {
    const where = { model: this.#model, idHash: handleHash(id) };
    await this.#parts.uow.write(hubScope, (tx) => tx.em.nativeDelete(OidcArtifact, where));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    const where = { model: this.#model, grantHash: handleHash(grantId) };
    await this.#parts.uow.write(hubScope, (tx) => tx.em.nativeDelete(OidcArtifact, where));
  }

  async #read(where: { idHash: string } | { uidHash: string }): Promise<AdapterPayload | undefined> {
    const { uow, box } = this.#parts;
    const row = await uow.read(hubScope, (tx) => tx.em.findOne(OidcArtifact, { model: this.#model, ...where }));
    if (row === null) return undefined;
    const payload = JSON.parse(
      box.open(row.payloadEncrypted, this.#place(row.partnerId, row.idHash)),
    ) as AdapterPayload;
    if (row.consumedAt) payload.consumed = Math.floor(row.consumedAt.getTime() / 1000);
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

/**
 * The login between its request and its commit. Its row moves BEGUN → CLAIMED → ASSERTED → SPENT, each step by one
 * conditional UPDATE, so that of any number of hubs that try only one succeeds. An answer claims the request before it is
 * verified: of many that come at once one goes on, and the others cannot end its login. Loading an ASSERTED row is, beside `verify`, the only
 * way to a VerifiedAssertion (docs/architecture.md).
 */
import type { SecretBox } from '../persistence/secret-box.js';
import { hubScope, type ReadTx, type Tx, type UnitOfWork } from '../persistence/unit-of-work.js';
import { handleHash, type Uuid } from '../shared/ids.js';
import type { AssertionFacts, UpstreamPending, VerifiedAssertion } from './contracts.js';
import { PendingLogin, type PendingStage } from './login.entity.js';
import { sealVerified } from './verified-assertion.js';

export interface PendingRecord {
  readonly partnerId: Uuid;
  readonly stateHash: string;
  readonly loginId: Uuid;
  readonly reference: string;
  readonly identityProviderId: Uuid;
  readonly applicationId: Uuid;
  /** The OpenID Provider's interaction to return to. */
  readonly interactionUid: string;
  readonly browserHash: string;
  readonly pending: UpstreamPending;
  readonly expiresAt: Date;
}

/** Which steps a login can still be ended from. */
export type UnspentStage = Exclude<PendingStage, 'SPENT'>;

interface Payload {
  readonly reference: string;
  readonly interactionUid: string;
  readonly pending: UpstreamPending;
  readonly assertion?: AssertionFacts;
}

export interface FoundLogin {
  readonly record: PendingRecord;
  readonly stage: PendingStage;
  readonly assertion: VerifiedAssertion | null;
}

type Columns = Omit<PendingRecord, 'reference' | 'interactionUid' | 'pending' | 'expiresAt'> & { stage: PendingStage };

interface Row {
  readonly found: string;
  readonly payload_encrypted: string;
  /** Unix time in milliseconds. */
  readonly expires_ms: number | string;
}

const BY_HANDLE = `select jsonb_build_object('partnerId', partner_id, 'stateHash', state_hash, 'loginId', login_id,
  'identityProviderId', identity_provider_id, 'applicationId', application_id, 'browserHash', browser_hash,
  'stage', stage)::text as found, payload_encrypted, extract(epoch from expires_at)::float8 * 1000 as expires_ms
  from "regional"."pending_login" where state_hash = ?`;

export class PendingLoginStore {
  readonly #box: SecretBox;

  constructor(box: SecretBox) {
    this.#box = box;
  }

  async insert(tx: Tx, record: PendingRecord, now: Date): Promise<void> {
    const { reference, interactionUid, pending, ...columns } = record;
    await tx.em.insert(PendingLogin, {
      ...columns,
      stage: 'BEGUN',
      payloadEncrypted: this.#seal(record, { reference, interactionUid, pending }),
      createdAt: now,
    });
  }

  /** The record behind a handle, in whatever stage; null when there is none. */
  async find(tx: ReadTx, handle: string): Promise<FoundLogin | null> {
    const [row] = await tx.em.execute<Row[]>(BY_HANDLE, [handleHash(handle)]);
    return row === undefined ? null : this.#read(row);
  }

  /** The same, as a unit of work of its own. */
  async findAlone(uow: UnitOfWork, handle: string): Promise<FoundLogin | null> {
    const { rows } = await uow.single<Row>(hubScope, BY_HANDLE, [handleHash(handle)]);
    return rows[0] === undefined ? null : this.#read(rows[0]);
  }

  #read({ found, payload_encrypted, expires_ms }: Row): FoundLogin {
    const { stage, ...columns } = JSON.parse(found) as Columns;
    const payload = JSON.parse(this.#box.open(payload_encrypted, place(columns))) as Payload;
    const { reference, interactionUid, pending, assertion } = payload;
    return {
      record: { ...columns, reference, interactionUid, pending, expiresAt: new Date(Number(expires_ms)) },
      stage,
      assertion: assertion === undefined ? null : sealVerified(assertion),
    };
  }

  /** Claims the request for one answer; false when another answer was first. */
  async claim(tx: Tx, record: PendingRecord): Promise<boolean> {
    return (await tx.em.nativeUpdate(PendingLogin, key(record, 'BEGUN'), { stage: 'CLAIMED' })) === 1;
  }

  /** Takes the assertion in, at most once over all replicas (promise 6). A replayed one never becomes ASSERTED. */
  async takeIn(tx: Tx, record: PendingRecord, assertion: VerifiedAssertion): Promise<'TAKEN' | 'SPENT' | 'REPLAYED'> {
    const { reference, interactionUid, pending } = record;
    const taken = await tx.em.execute<{ affectedRows: number }>(
      'insert into "regional"."assertion_replay" (partner_id, identity_provider_id, assertion_hash, expires_at) ' +
        'values (?, ?, ?, ?) on conflict do nothing',
      [record.partnerId, record.identityProviderId, handleHash(assertion.assertionId), assertion.replayUntil],
      'run',
    );
    if (taken.affectedRows !== 1) return 'REPLAYED';
    const payloadEncrypted = this.#seal(record, { reference, interactionUid, pending, assertion });
    const columns = { stage: 'ASSERTED', payloadEncrypted } as const;
    return (await tx.em.nativeUpdate(PendingLogin, key(record, 'CLAIMED'), columns)) === 1 ? 'TAKEN' : 'SPENT';
  }

  /** Ends the record from the given stage; false when another request was first. */
  async spend(tx: Tx, record: PendingRecord, from: UnspentStage): Promise<boolean> {
    const row = key(record, from);
    const payloadEncrypted = this.#seal(record, record);
    return (await tx.em.nativeUpdate(PendingLogin, row, { stage: 'SPENT', payloadEncrypted })) === 1;
  }

  #seal(
    row: { partnerId: Uuid; stateHash: string },
    { reference, interactionUid, pending, assertion }: Payload,
  ): string {
    return this.#box.seal(JSON.stringify({ reference, interactionUid, pending, assertion }), place(row));
  }
}

function key(record: PendingRecord, stage: UnspentStage) {
  return { partnerId: record.partnerId, stateHash: record.stateHash, stage };
}

function place(row: { partnerId: Uuid; stateHash: string }) {
  return { column: 'pending_login.payload', partnerId: row.partnerId, rowId: row.stateHash };
}

/**
 * The login between its request and its commit. Its row moves BEGUN → ASSERTED → SPENT, each step by one conditional
 * UPDATE, so that of any number of hubs that try only one succeeds. Loading an ASSERTED row is, beside `verify`, the only
 * way to a VerifiedAssertion (DESIGN, section 4, stage 3).
 */
import type { SecretBox } from '../persistence/secret-box.js';
import type { ReadTx, Tx } from '../persistence/unit-of-work.js';
import { handleHash, type Uuid } from '../shared/ids.js';
import type { AssertionFacts, UpstreamPending, VerifiedAssertion } from './contracts.js';
import { PendingLogin } from './login.entity.js';
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

interface Payload {
  readonly reference: string;
  readonly interactionUid: string;
  readonly pending: UpstreamPending;
  readonly assertion?: AssertionFacts;
}

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
  async find(
    tx: ReadTx,
    handle: string,
  ): Promise<{
    record: PendingRecord;
    stage: 'BEGUN' | 'ASSERTED' | 'SPENT';
    assertion: VerifiedAssertion | null;
  } | null> {
    const row = await tx.em.findOne(PendingLogin, { stateHash: handleHash(handle) });
    if (row === null) return null;
    const payload = JSON.parse(this.#box.open(row.payloadEncrypted, place(row))) as Payload;
    const { partnerId, stateHash, loginId, identityProviderId, applicationId, browserHash, expiresAt, stage } = row;
    const { reference, interactionUid, pending } = payload;
    return {
      record: {
        partnerId,
        stateHash,
        loginId,
        reference,
        identityProviderId,
        applicationId,
        interactionUid,
        browserHash,
        pending,
        expiresAt,
      },
      stage,
      assertion: payload.assertion === undefined ? null : sealVerified(payload.assertion),
    };
  }

  /** Takes the assertion in, at most once over all replicas (promise 6). */
  async takeIn(tx: Tx, record: PendingRecord, assertion: VerifiedAssertion): Promise<'TAKEN' | 'SPENT' | 'REPLAYED'> {
    const { reference, interactionUid, pending } = record;
    const payloadEncrypted = this.#seal(record, { reference, interactionUid, pending, assertion });
    const moved = await tx.em.nativeUpdate(PendingLogin, key(record, 'BEGUN'), { stage: 'ASSERTED', payloadEncrypted });
    if (moved === 0) return 'SPENT';
    const taken = await tx.em.execute<{ affectedRows: number }>(
      'insert into "regional"."assertion_replay" (partner_id, identity_provider_id, assertion_hash, expires_at) ' +
        'values (?, ?, ?, ?) on conflict do nothing',
      [record.partnerId, record.identityProviderId, handleHash(assertion.assertionId), assertion.replayUntil],
      'run',
    );
    return taken.affectedRows === 1 ? 'TAKEN' : 'REPLAYED';
  }

  /** Ends the record from the given stage; false when another request was first. */
  async spend(tx: Tx, record: PendingRecord, from: 'BEGUN' | 'ASSERTED'): Promise<boolean> {
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

function key(record: PendingRecord, stage: 'BEGUN' | 'ASSERTED') {
  return { partnerId: record.partnerId, stateHash: record.stateHash, stage };
}

function place(row: { partnerId: Uuid; stateHash: string }) {
  return { column: 'pending_login.payload', partnerId: row.partnerId, rowId: row.stateHash };
}

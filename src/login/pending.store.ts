/**
 * The login between its request and its commit. Its row moves BEGUN → CLAIMED → ASSERTED → SPENT, each step by one
 * conditional UPDATE, so that of any number of hubs that try only one succeeds. An answer claims the request before it is
 * verified: of many that come at once one goes on, and the others cannot end its login. Loading an ASSERTED row is, beside `verify`, the only
 * way to a VerifiedAssertion (docs/architecture.md).
 */
import { type EpochRow, type Epochs, epochColumns, readEpochs } from '../persistence/policy-epoch.js';
import type { SecretBox } from '../persistence/secret-box.js';
import { type Sql, sql } from '../persistence/sql.js';
import { changesOne, type Question } from '../persistence/statement-transaction.js';
import { hubScope, partnerScope, type UnitOfWork, type Writes } from '../persistence/unit-of-work.js';
import { handleHash, type Uuid } from '../shared/ids.js';
import type { AssertionFacts, UpstreamPending, VerifiedAssertion } from './contracts.js';
import type { PendingStage } from './login.entity.js';
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

/** The IdP at whose address an answer came. */
export type Addressed = Pick<PendingRecord, 'partnerId' | 'identityProviderId'>;

/** What an answer finds: the request it belongs to, whether it has it for itself now, and today's policy epochs. */
export interface ClaimedLogin {
  readonly record: PendingRecord;
  readonly claimed: boolean;
  readonly epochs: Epochs | null;
}

const COLUMNS = sql`jsonb_build_object('partnerId', l.partner_id, 'stateHash', l.state_hash, 'loginId', l.login_id,
  'identityProviderId', l.identity_provider_id, 'applicationId', l.application_id, 'browserHash', l.browser_hash,
  'stage', l.stage)::text as found, l.payload_encrypted, extract(epoch from l.expires_at)::float8 * 1000 as expires_ms`;

export class PendingLoginStore {
  readonly #box: SecretBox;

  constructor(box: SecretBox) {
    this.#box = box;
  }

  insert(tx: Writes, record: PendingRecord, now: Date): Promise<void> {
    const { reference, interactionUid, pending } = record;
    const payload = this.#seal(record, { reference, interactionUid, pending });
    return tx.write(sql`insert into "regional"."pending_login" (partner_id, state_hash, login_id, identity_provider_id,
      application_id, stage, payload_encrypted, browser_hash, expires_at, created_at) values (${record.partnerId},
      ${record.stateHash}, ${record.loginId}, ${record.identityProviderId}, ${record.applicationId}, 'BEGUN', ${payload},
      ${record.browserHash}, ${record.expiresAt}, ${now})`);
  }

  /** The record behind a handle, in whatever stage; null when there is none. */
  async find(uow: UnitOfWork, handle: string): Promise<FoundLogin | null> {
    const [row] = await uow.rows<Row>(
      hubScope,
      sql`select ${COLUMNS} from "regional"."pending_login" l where l.state_hash = ${handleHash(handle)}`,
    );
    return row === undefined ? null : this.#read(row);
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

  /**
   * Claims the request for one answer of the IdP that it was sent to; `claimed` is false when another answer was first.
   * null: no request under this handle waits for this IdP.
   */
  async claim(uow: UnitOfWork, handle: string, address: Addressed): Promise<ClaimedLogin | null> {
    const isMine = sql`state_hash = ${handleHash(handle)} and partner_id = ${address.partnerId}
      and identity_provider_id = ${address.identityProviderId}`;
    const [row] = await uow.rows<Row & EpochRow & { readonly claimed: boolean }>(
      hubScope,
      sql`with claimed as (update "regional"."pending_login" set stage = 'CLAIMED'
        where ${isMine} and stage = 'BEGUN' returning 1)
        select ${COLUMNS}, exists (select from claimed) as claimed,
        ${epochColumns(sql`l.partner_id`, sql`l.application_id`)}
        from "regional"."pending_login" l where ${isMine}`,
    );
    return row === undefined ? null : { record: this.#read(row).record, claimed: row.claimed, epochs: readEpochs(row) };
  }

  /** Takes the assertion in, at most once over all replicas (promise 6). A replayed one never becomes ASSERTED. */
  async takeIn(
    uow: UnitOfWork,
    record: PendingRecord,
    assertion: VerifiedAssertion,
  ): Promise<'TAKEN' | 'SPENT' | 'REPLAYED'> {
    const { partnerId, identityProviderId, reference, interactionUid, pending } = record;
    const payload = this.#seal(record, { reference, interactionUid, pending, assertion });
    const [row] = await uow.rows<{ readonly fresh: boolean; readonly taken: boolean }>(
      partnerScope(partnerId),
      sql`with fresh as (insert into "regional"."assertion_replay" (partner_id, identity_provider_id, assertion_hash,
        expires_at) values (${partnerId}, ${identityProviderId}, ${handleHash(assertion.assertionId)},
        ${assertion.replayUntil}) on conflict do nothing returning 1),
        taken as (update "regional"."pending_login" set stage = 'ASSERTED', payload_encrypted = ${payload}
        where ${isIn(record, 'CLAIMED')} and exists (select from fresh) returning 1)
        select exists (select from fresh) as fresh, exists (select from taken) as taken`,
    );
    if (row?.fresh !== true) return 'REPLAYED';
    return row.taken ? 'TAKEN' : 'SPENT';
  }

  /** Ends the record from the given stage; false when another request was first. */
  spend(record: PendingRecord, from: UnspentStage): Question<boolean> {
    const payload = this.#seal(record, record);
    const spending = sql`update "regional"."pending_login" set stage = 'SPENT', payload_encrypted = ${payload}
      where ${isIn(record, from)}`;
    return changesOne(spending);
  }

  #seal(
    row: { partnerId: Uuid; stateHash: string },
    { reference, interactionUid, pending, assertion }: Payload,
  ): string {
    return this.#box.seal(JSON.stringify({ reference, interactionUid, pending, assertion }), place(row));
  }
}

function isIn(record: PendingRecord, stage: UnspentStage): Sql {
  return sql`partner_id = ${record.partnerId} and state_hash = ${record.stateHash} and stage = ${stage}`;
}

function place(row: { partnerId: Uuid; stateHash: string }) {
  return { column: 'pending_login.payload', partnerId: row.partnerId, rowId: row.stateHash };
}

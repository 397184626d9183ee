/**
 * The policy epoch (docs/architecture.md): one counter per partner and one per application, raised by every change that
 * could alter a decision. A change takes the advisory lock exclusively, a login that commits takes it shared, so a
 * suspension can never miss a login in flight.
 */
import { Application } from '../applications/application.entity.js';
import { Partner } from '../partners/partner.entity.js';
import type { Uuid } from '../shared/ids.js';
import { type Sql, sql, textOf } from './sql.js';
import type { Question } from './statement-transaction.js';
import type { ReadTx, Tx } from './unit-of-work.js';

/** Channel of LISTEN/NOTIFY on which every replica hears of a change; the payload is the id. */
export const POLICY_CHANNEL = 'entente_policy';

/** Payload when the attribute catalogue has grown: it belongs to no partner and no application. */
export const CATALOGUE = 'catalogue';

export function notifyCatalogue(tx: Tx): Promise<unknown> {
  return tx.em.execute('select pg_notify(?, ?)', [POLICY_CHANNEL, CATALOGUE]);
}

export interface Epochs {
  readonly partner: number;
  readonly application: number;
}

export function raisePartnerEpoch(tx: Tx, partnerId: Uuid): Promise<void> {
  return raise(tx, Partner, partnerId);
}

export function raiseApplicationEpoch(tx: Tx, applicationId: Uuid): Promise<void> {
  return raise(tx, Application, applicationId);
}

async function raise(tx: Tx, entity: typeof Partner | typeof Application, id: Uuid): Promise<void> {
  const table = entity === Partner ? 'partner' : 'application';
  await tx.em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [id]);
  await tx.em.execute(`update "control"."${table}" set policy_epoch = policy_epoch + 1 where id = ?`, [id]);
  await tx.em.execute('select pg_notify(?, ?)', [POLICY_CHANNEL, id]);
}

/** The epochs as they stand, held still until the transaction ends. null when either row is gone or out of scope. */
export function heldEpochs(partnerId: Uuid, applicationId: Uuid): Question<Epochs | null> {
  return {
    statements: [
      sql`select pg_advisory_xact_lock_shared(hashtextextended(${partnerId}, 0)),
        pg_advisory_xact_lock_shared(hashtextextended(${applicationId}, 0))`,
      sql`select ${epochColumns(partnerId, applicationId)}`,
    ],
    read: ([, answer]) => readEpochs(answer?.rows[0]),
  };
}

/** The epochs as they stand at this instant; null when either row is gone or out of scope. */
export async function currentEpochs(tx: ReadTx, partnerId: Uuid, applicationId: Uuid): Promise<Epochs | null> {
  const rows = await tx.em.execute<EpochRow[]>(textOf(sql`select ${epochColumns(partnerId, applicationId)}`));
  return readEpochs(rows[0]);
}

export interface EpochRow {
  readonly partner: number | null;
  readonly application: number | null;
}

export function readEpochs(row: EpochRow | undefined): Epochs | null {
  if (row === undefined || row.partner === null || row.application === null) return null;
  return { partner: row.partner, application: row.application };
}

/** The columns of an EpochRow, as part of a statement. The ids may be columns of it. */
export function epochColumns(partnerId: Uuid | Sql, applicationId: Uuid | Sql): Sql {
  return sql`(select policy_epoch from "control"."partner" where id = ${partnerId}) as partner,
    (select policy_epoch from "control"."application" where id = ${applicationId}) as application`;
}

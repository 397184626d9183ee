/**
 * The contract of every negative test of a login: the catalogue's status with the constant page of its kind and a
 * reference, no session cookie, nothing provisioned or issued, and exactly one audit event that carries the code and no
 * byte of what the other side sent. The cost of a refusal is checked where an attack is about cost.
 */
import { refusalPage } from '../../src/http/pages/index.js';
import { type ErrorCode, errorCatalogue } from '../../src/shared/error-catalogue.js';
import { asOwner, type TestDatabase } from './database.js';
import type { Visit } from './user-agent.js';

const provisioned = ['user_account', 'membership', 'federated_identity', 'session', 'session_application'] as const;
const issued = ['AuthorizationCode', 'AccessToken', 'RefreshToken', 'Grant'];
const sessionCookie = /^(__Host-)?entente-session=[^;]/;

export interface AuditRow {
  readonly id: string;
  readonly partner_id: string;
  readonly action: string;
  readonly code: string | null;
  readonly login_id: string | null;
  readonly correlation_id: string | null;
  readonly data: Record<string, unknown>;
}

interface Census {
  readonly rows: Readonly<Record<string, number>>;
  readonly audit: readonly AuditRow[];
}

/** What a refusal must leave as it is, and the audit events so far. Read as the owner, past row-level security. */
export function takeCensus(db: TestDatabase): Promise<Census> {
  return asOwner(db.ownerUrl, async (client) => {
    const rows: Record<string, number> = {};
    for (const table of provisioned) {
      const counted = await client.query(`select count(*)::int as n from regional.${table}`);
      rows[table] = counted.rows[0].n;
    }
    const artifacts = await client.query(
      'select count(*)::int as n from regional.oidc_artifact where model = any ($1)',
      [issued],
    );
    rows.issued = artifacts.rows[0].n;
    const { rows: audit } = await client.query<AuditRow>('select * from regional.audit_event order by id');
    return { rows, audit };
  });
}

export interface ExpectedRejection {
  readonly code: ErrorCode;
  /** What was sent in: no part of it may stand in the page or in the audit event. */
  readonly sent?: readonly string[];
}

/** Runs `act`, whose last answer must be the refusal. Returns it with the one audit event. */
export async function expectRejected(
  db: TestDatabase,
  expected: ExpectedRejection,
  act: () => Promise<Visit>,
): Promise<{ readonly visit: Visit; readonly event: AuditRow }> {
  const before = await takeCensus(db);
  const visit = await act();
  const after = await takeCensus(db);
  const event = expectOneEvent(before, after, expected.code);
  expect(after.rows).toEqual(before.rows);
  const { http, page: kind } = errorCatalogue[expected.code];
  expect({ status: visit.status, code: event.code }).toEqual({ status: http, code: expected.code });
  const reference = /<dt>Reference<\/dt><dd>([0-9A-F]{10})<\/dd>/.exec(visit.body)?.[1] ?? 'none';
  const retryUrl = /<a class="button" href="([^"]+)">Try again<\/a>/.exec(visit.body)?.[1];
  expect(visit.body).toBe(refusalPage({ kind, reference, ...(retryUrl === undefined ? {} : { retryUrl }) }).html);
  expect(event.data).toMatchObject({ reference });
  expect(visit.headers.getSetCookie().filter((line) => sessionCookie.test(line))).toEqual([]);
  for (const text of expected.sent ?? []) {
    expect(visit.body).not.toContain(text);
    expect(JSON.stringify(event)).not.toContain(text);
  }
  return { visit, event };
}

/** Exactly one new audit event, with this code. */
export function expectOneEvent(before: Census, after: Census, code: ErrorCode): AuditRow {
  const known = new Set(before.audit.map(({ id }) => id));
  const events = after.audit.filter(({ id }) => !known.has(id));
  expect(events.map(({ action, code: said }) => ({ action, code: said }))).toEqual([
    { action: expect.stringMatching(/\.denied$/), code },
  ]);
  return events[0] as AuditRow;
}

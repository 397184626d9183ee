import { sql } from '../../../src/persistence/sql.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { sessionOfBrowser, sessionOfGrant } from '../../../src/sessions/live-session.store.js';
import { handleHash, uuidv7 } from '../../../src/shared/ids.js';
import { asOwner, createTestDatabase, type TestDatabase } from '../../support/database.js';

const now = new Date('2026-03-01T12:00:00Z');
const partnerId = uuidv7(now);
const applicationId = uuidv7(now);
let db: TestDatabase;

/** A few people who come often: a small table beside one that grows. The first session is the one that is looked for. */
const rows = [
  "select set_config('entente.scope', 'hub', false)",
  'set session_replication_role = replica',
  `insert into control.partner (id, slug, name, region, state, created_at, updated_at)
     values ('${partnerId}', 'p', 'P', 'local', 'ACTIVE', now(), now())`,
  `insert into regional.membership (partner_id, id, user_id, state, origin, attributes, created_at, updated_at)
     select '${partnerId}', gen_random_uuid(), gen_random_uuid(), 'ACTIVE', 'JIT', '{}', now(), now()
     from generate_series(1, 20)`,
  `insert into regional.session (partner_id, id, handle_hash, membership_id, identity_provider_id, login_id, state,
     authenticated_at, authentication_time_stated, amr, idle_until, absolute_until, created_at)
     select m.partner_id, gen_random_uuid(), md5(m.id::text || g), m.id, gen_random_uuid(), gen_random_uuid(), 'LIVE',
     now(), true, '[]', now(), now(), now() from regional.membership m, generate_series(1, 150) g`,
  `update regional.session set handle_hash = '${handleHash('handle')}'
     where id = (select id from regional.session order by id limit 1)`,
  `insert into regional.session_application (partner_id, session_id, application_id, partner_epoch,
     application_epoch, decided_at, grant_hash)
     select partner_id, id, '${applicationId}', 1, 1, now(),
     case handle_hash when '${handleHash('handle')}' then '${handleHash('grant')}' else handle_hash end
     from regional.session`,
  'analyze',
];
beforeAll(async () => {
  db = await createTestDatabase();
  await asOwner(db.ownerUrl, async (owner) => {
    for (const statement of rows) await owner.query(statement);
  });
});
afterAll(() => db.close());

interface Plan {
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}

/** Rows of sessions that a plan has looked at. */
function sessionRows(plan: Plan): number {
  const { 'Actual Rows': kept, 'Actual Loops': loops, 'Rows Removed by Filter': removed = 0 } = plan;
  const own = plan['Relation Name']?.startsWith('session') ? (kept + removed) * loops : 0;
  return (plan.Plans ?? []).reduce((sum, child) => sum + sessionRows(child), own);
}

describe('a live session', () => {
  it.each([
    ['grant', () => sessionOfGrant('grant')],
    ['handle', () => sessionOfBrowser('handle', applicationId)],
  ])('is found by its %s without a look at the others', async (_name, statement) => {
    const [row] = await db.uow.rows<{ found: string }>(hubScope, statement());
    expect(JSON.parse(row?.found ?? 'null')).toMatchObject({ partnerId, facts: { state: 'LIVE' } });
    const [explained] = await db.uow.rows<{ 'QUERY PLAN': readonly { Plan: Plan }[] }>(
      hubScope,
      sql`explain (analyze, format json) ${statement()}`,
    );
    expect(sessionRows(explained?.['QUERY PLAN'][0]?.Plan as Plan)).toBeLessThanOrEqual(2);
  });
});

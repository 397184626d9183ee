/** What must hold between the tables of persons, logins and audit at every instant, whatever has crashed. */
import { asOwner, type TestDatabase } from './database.js';

const broken: Readonly<Record<string, string>> = {
  'a user without a membership': `select u.id from regional.user_account u
    where not exists (select 1 from regional.membership m where m.user_id = u.id)`,
  'a membership without an identity': `select m.id from regional.membership m where not exists (
    select 1 from regional.federated_identity f where f.partner_id = m.partner_id and f.membership_id = m.id)`,
  'a membership whose creation nobody told of': `select m.id from regional.membership m where not exists (
    select 1 from regional.audit_event a where a.action = 'membership.created' and a.target_id = m.id::text)`,
  'a membership told of and not there': `select a.id from regional.audit_event a where a.action = 'membership.created'
    and not exists (select 1 from regional.membership m where m.id::text = a.target_id)`,
  'a session of no allowed login': `select s.id from regional.session s where not exists (
    select 1 from regional.login l where l.partner_id = s.partner_id and l.id = s.login_id and l.state = 'ALLOWED')`,
  'a session whose start nobody told of': `select s.id from regional.session s where not exists (
    select 1 from regional.audit_event a where a.action = 'session.started' and a.target_id = s.id::text)`,
  'a finished login that nobody told of': `select l.id from regional.login l where l.state in ('ALLOWED', 'DENIED') and (
    select count(*) from regional.audit_event a where a.login_id = l.id and a.action = 'login.' || lower(l.state)) <> 1`,
  'an allowed login whose request is not spent': `select p.login_id from regional.pending_login p
    join regional.login l on l.id = p.login_id where l.state = 'ALLOWED' and p.stage <> 'SPENT'`,
};

/** Fails with the names of what is broken. */
export async function expectWhole(db: TestDatabase): Promise<void> {
  const found = await asOwner(db.ownerUrl, async (client) => {
    const names: string[] = [];
    for (const [name, sql] of Object.entries(broken)) if ((await client.query(sql)).rowCount !== 0) names.push(name);
    return names;
  });
  expect(found).toEqual([]);
}

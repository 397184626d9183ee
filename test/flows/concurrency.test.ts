import { startTestHub, type TestHub } from '../support/hub.js';
import { ada, aPerson, hint, type LoginEstate, startEstate } from '../support/login-estate.js';
import { takeCensus } from '../support/reject-invariant.js';
import { UserAgent } from '../support/user-agent.js';

let estate: LoginEstate;
let other: TestHub;
beforeAll(async () => {
  estate = await startEstate();
  other = await startTestHub({ db: estate.db, publicUrl: estate.hub.url, egressAllow: [estate.upstream.hostPort] });
});
afterAll(async () => {
  await other.close();
  await estate.close();
});

/** The address at the other hub, as a balancer would send it there. */
const atOther = (url: string) => url.replace(estate.hub.url, other.url);

/** A browser that knows only one host, and a balancer that picks a hub for each request by turns. */
function balanced(agent: UserAgent) {
  let turn = 0;
  return agent.through((url) => (url.startsWith(estate.hub.url) && turn++ % 2 === 1 ? atOther(url) : url));
}

async function beforeCallback(agent: UserAgent) {
  const request = await estate.party.request(hint);
  const { url: callback } = await agent.follow(request.url, `${estate.hub.url}/federation/`);
  return { request, callback };
}

const hubRows = (sql: string, values: unknown[] = []) =>
  estate.db.uow.read({ kind: 'hub' }, (tx) => tx.em.execute<Record<string, unknown>[]>(sql, values));

describe('two hubs on one database', () => {
  it('end on one what the other has begun, at every step [N40]', async () => {
    const agent = balanced(aPerson(estate.upstream, 'balanced'));
    const tokens = await estate.party.signIn(agent, hint);
    expect(tokens.claims()?.idp).toBe('borealis.main');
    const silent = await estate.party.signIn(agent, { prompt: 'none' });
    expect(silent.claims()?.sub).toBe(tokens.claims()?.sub);
  });

  it('take one answer of an IdP once when it comes to both in the same instant [N5] [N57]', async () => {
    for (let round = 1; round <= 5; round++) {
      const agent = aPerson(estate.upstream, `both-${round}`);
      const { callback } = await beforeCallback(agent);
      const twin = agent.copy();
      const before = await takeCensus(estate.db);
      const answers = await Promise.all([agent.get(callback), twin.through(atOther).get(callback)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
      const after = await takeCensus(estate.db);
      expect(after.audit.length - before.audit.length).toBe(1);
    }
  });
});

describe('many at once', () => {
  it('two subjects that come for the first time with one address are one account and a refusal [C32]', async () => {
    for (let round = 1; round <= 4; round++) {
      const email = `shared-${round}@borealis.example`;
      const ways = [];
      for (const name of ['one', 'two']) {
        const agent = aPerson(estate.upstream, `${name}-${round}`, { email });
        const { callback } = await beforeCallback(agent);
        const taken = await agent.get(callback);
        ways.push({ agent, next: new URL(taken.headers.get('location') ?? '', callback).href });
      }
      const answers = await Promise.all(ways.map(({ agent, next }) => agent.get(next)));
      expect(answers.map(({ status }) => status).sort()).toEqual([303, 403]);
      const held = await hubRows('select id from regional.membership where email = ?', [email]);
      expect(held).toHaveLength(1);
    }
  });

  it('50 callbacks with the same code and state are one sign-in, and 49 refusals [N5] [O02] [O03]', async () => {
    const agent = aPerson(estate.upstream, 'fifty');
    const { request, callback } = await beforeCallback(agent);
    const tokenCalls = estate.upstream.tokenRequests.length;
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const one = agent.copy();
        return (index % 2 === 0 ? one : one.through(atOther)).get(callback);
      }),
    );
    const through = answers.filter(({ status }) => status === 303);
    expect(through).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(49);
    expect(estate.upstream.tokenRequests.length).toBe(tokenCalls + 1);
    const next = new URL(through[0]?.headers.get('location') ?? '', callback).href;
    const tokens = await estate.party.redeem(request, await agent.follow(next, estate.application.redirectUri));
    expect(tokens.claims()?.sub).toBeDefined();
  });

  it('decisions on the same login make one session [N5]', async () => {
    const agent = aPerson(estate.upstream, 'twice-decided');
    const { callback } = await beforeCallback(agent);
    const taken = await agent.get(callback);
    const next = new URL(taken.headers.get('location') ?? '', callback).href;
    const before = await takeCensus(estate.db);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => {
        const one = agent.copy();
        return (index % 2 === 0 ? one : one.through(atOther)).get(next);
      }),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    for (const { status } of answers) expect([303, 409, 400]).toContain(status);
    const after = await takeCensus(estate.db);
    expect(after.rows.session).toBe((before.rows.session ?? 0) + 1);
    expect(after.rows.membership).toBe((before.rows.membership ?? 0) + 1);
  });

  it('first sign-ins of one subject make one account and one creation event [C33] [N12]', async () => {
    estate.upstream.set({ subject: 'newcomer', claims: { ...ada, email: 'newcomer@borealis.example' } });
    const waiting = [];
    for (let index = 0; index < 12; index++) {
      const agent = new UserAgent();
      const { callback } = await beforeCallback(agent);
      const taken = await agent.get(callback);
      waiting.push({ agent, next: new URL(taken.headers.get('location') ?? '', callback).href });
    }
    const ends = await Promise.all(
      waiting.map(({ agent, next }, index) => (index % 2 === 0 ? agent : agent.through(atOther)).get(next)),
    );
    expect(ends.map(({ status }) => status)).toEqual(ends.map(() => 303));
    const members = await hubRows("select id from regional.membership where email = 'newcomer@borealis.example'");
    expect(members).toHaveLength(1);
    const id = members[0]?.id;
    const identities = await hubRows('select id from regional.federated_identity where membership_id = ?', [id]);
    expect(identities).toHaveLength(1);
    const created = await hubRows(
      "select id from regional.audit_event where action = 'membership.created' and target_id = ?",
      [id],
    );
    expect(created).toHaveLength(1);
    const sessions = await hubRows('select id from regional.session where membership_id = ?', [id]);
    expect(sessions).toHaveLength(12);
  });

  it('sign-ins of many people in parallel are each their own [C33]', async () => {
    const people = Array.from({ length: 8 }, (_, index) => `crowd-${index}`);
    const waiting = [];
    for (const subject of people) {
      const agent = aPerson(estate.upstream, subject);
      const { request, callback } = await beforeCallback(agent);
      const taken = await agent.get(callback);
      waiting.push({ agent, request, next: new URL(taken.headers.get('location') ?? '', callback).href });
    }
    const subjects = await Promise.all(
      waiting.map(async ({ agent, request, next }) => {
        const back = await agent.follow(next, estate.application.redirectUri);
        return (await estate.party.redeem(request, back)).claims()?.sub;
      }),
    );
    expect(new Set(subjects).size).toBe(people.length);
  });
});

/** The same assertion twice, in every disguise: at one hub, at two, at fifty requests at once, and after a restart. */
import { startTestHub, type TestHub } from '../../support/hub.js';
import { takeCensus } from '../../support/reject-invariant.js';
import type { SamlAnswer } from '../../support/saml-identity-provider.js';
import type { UserAgent, Visit } from '../../support/user-agent.js';
import { type Harness, startHarness, withFields } from './harness.js';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

/** The same answer at the other hub's own port, as a balancer would send it. */
function at(hub: TestHub, answer: SamlAnswer): SamlAnswer {
  return { ...answer, action: answer.action.replace(harness.hub.url, hub.url) };
}

/** Only the step that takes the answer in: 303 for the one that is taken. */
function takeIn(agent: UserAgent, { action, fields }: SamlAnswer): Promise<Visit> {
  return agent.post(action, fields, true);
}

/** Codes of the audit events that came since. */
async function newCodes(before: Awaited<ReturnType<typeof takeCensus>>): Promise<(string | null)[]> {
  const known = new Set(before.audit.map(({ id }) => id));
  return (await takeCensus(harness.db)).audit.filter(({ id }) => !known.has(id)).map(({ code }) => code);
}

describe('an assertion that was used', () => {
  it('is refused byte by byte the same, in a new envelope, and at another partner [S37] [N5] [N57] [C48]', async () => {
    const { agent, answer, received } = await harness.begin();
    const xml = Buffer.from(answer.fields.SAMLResponse ?? '', 'base64').toString('utf8');
    expect((await harness.post(agent, answer)).url).toMatch(/[?&]code=/);
    await harness.refusesPost('LOGIN_SPENT', agent, answer);
    const enveloped = xml.replace(/ ID="_response[^"]*"/, ' ID="_new-envelope"');
    expect(enveloped).not.toBe(xml);
    await harness.refusesPost('LOGIN_SPENT', agent, withFields(answer, { SAMLResponse: encode(enveloped) }));
    const elsewhere = { ...answer, action: received.acsUrl.replace('aurora.main', 'borealis.main') };
    await harness.refusesPost('LOGIN_UNKNOWN', agent, elsewhere);
  });

  it('is refused in answer to a new request, even where the IdP itself signs its ID again [S37] [N5] [N57] [C48]', async () => {
    const assertionId = '_the-same-once-more';
    await harness.accepts({ response: () => ({ assertionId }) });
    await harness.refuses('SAML_REPLAY', { response: () => ({ assertionId }) });
  });

  it('is remembered for each partner by itself: an ID of one says nothing to another [S37] [S41] [N5] [N57] [C48]', async () => {
    const assertionId = '_the-same-at-two-partners';
    await harness.accepts({ response: () => ({ assertionId }) });
    harness.otherIdp.set({ response: () => ({ assertionId }) });
    const { agent, answer } = await harness.begin(harness.borealis);
    harness.otherIdp.reset();
    expect((await harness.post(agent, answer)).url).toMatch(/[?&]code=/);
  });

  it('is refused after a restart [S37] [N5] [N57] [C48]', async () => {
    const first = await startTestHub({ db: harness.db, publicUrl: harness.hub.url });
    const { agent, answer } = await harness.begin();
    expect((await takeIn(agent, at(first, answer))).status).toBe(303);
    await first.close();
    const second = await startTestHub({ db: harness.db, publicUrl: harness.hub.url });
    try {
      await harness.refusesPost('LOGIN_SPENT', agent, at(second, answer));
    } finally {
      await second.close();
    }
  });
});

describe('an assertion that comes fifty times at once', () => {
  let second: TestHub;
  beforeAll(async () => {
    second = await startTestHub({ db: harness.db, publicUrl: harness.hub.url });
  });
  afterAll(() => second.close());

  it('is taken in once over two hubs, and signs in once [S37] [N16] [N5] [N57] [C48]', async () => {
    const { agent, answer } = await harness.begin();
    const before = await takeCensus(harness.db);
    const hubs = [answer, at(second, answer)];
    const visits = await Promise.all(
      Array.from({ length: 50 }, (_, index) => takeIn(agent, hubs[index % 2] as SamlAnswer)),
    );
    const taken = visits.filter(({ status }) => status === 303);
    expect(taken).toHaveLength(1);
    expect(visits.filter(({ status }) => status === 409)).toHaveLength(49);
    expect(await newCodes(before)).toEqual(Array.from({ length: 49 }, () => 'LOGIN_SPENT'));
    // Begun here, answered wherever it fell: it ends in the browser that began.
    const onward = new URL(taken[0]?.headers.get('location') ?? '', harness.hub.url).href;
    expect((await agent.follow(onward, harness.party.application.redirectUri)).url).toMatch(/[?&]code=/);
    const { rows } = await takeCensus(harness.db);
    expect(rows.session).toBe((before.rows.session ?? 0) + 1);
  });

  it('is taken in once in answer to ten requests that are all open [S37] [N16] [L27] [L33] [N5] [N57] [C48]', async () => {
    const logins = [];
    harness.idp.set({ response: () => ({ assertionId: '_one-for-ten' }) });
    for (let count = 0; count < 10; count++) logins.push(await harness.begin());
    harness.idp.reset();
    const before = await takeCensus(harness.db);
    const visits = await Promise.all(
      logins.map(({ agent, answer }, index) => takeIn(agent, index % 2 === 0 ? answer : at(second, answer))),
    );
    expect(visits.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(await newCodes(before)).toEqual(Array.from({ length: 9 }, () => 'SAML_REPLAY'));
  });
});

function encode(xml: string): string {
  return Buffer.from(xml, 'utf8').toString('base64');
}

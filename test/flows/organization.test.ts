import { aPartnerWithOpenIdProvider, aTrust, type TestPartner } from '../support/federation.js';
import { aPerson, type LoginEstate, startEstate } from '../support/login-estate.js';
import { countMessages } from '../support/messages.js';
import { type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.js';
import { setIdentityProviderState, setPartnerState, setTrustState } from '../support/policy-change.js';
import { expectOneEvent, takeCensus } from '../support/reject-invariant.js';
import { formOf, UserAgent, type Visit } from '../support/user-agent.js';

let estate: LoginEstate;
let second: OpenIdProvider;
let cumulus: TestPartner;
beforeAll(async () => {
  second = await startOpenIdProvider({ subject: 'cy', claims: { email: 'cy@cumulus.example', email_verified: true } });
  estate = await startEstate({ env: { ENTENTE_EGRESS_ALLOW: '127.0.0.0/8' } });
  cumulus = await aPartnerWithOpenIdProvider(estate.db, 'cumulus', second);
});
afterAll(async () => {
  await estate.close();
  await second.close();
});

/** Where the hub sends a browser with these parameters: an IdP's origin, or the page that it shows. */
async function sentTo(parameters: Record<string, string>, agent = new UserAgent()) {
  const { url } = await estate.party.request(parameters);
  const visit = await agent.follow(url, `${estate.upstream.origin}/authorize`);
  return { visit, agent, isSent: visit.status === 0 };
}

async function typed(email: string) {
  const { visit, agent } = await sentTo({});
  const form = formOf(visit);
  return { agent, page: await agent.post(form?.url ?? '', { ...form?.fields, email }) };
}

/** What a browser shows, without what differs between any two requests. */
const shown = ({ body }: Visit) =>
  body.replaceAll(/interaction\/[\w-]+/g, 'interaction/*').replaceAll(/value="[^"]*"/g, '');

describe('choosing the organization', () => {
  it.each([
    ['idp_hint', { idp_hint: 'borealis.main' }],
    ['organization', { organization: 'borealis' }],
    ['domain_hint', { domain_hint: 'Borealis.Example' }],
    ['login_hint', { login_hint: 'ada@borealis.example' }],
  ])('goes straight to the IdP by %s [C24]', async (_name, parameters) => {
    const { isSent, visit } = await sentTo(parameters);
    expect(isSent).toBe(true);
    const asked = new URL(visit.url).searchParams;
    expect(asked.get('login_hint')).toBe('login_hint' in parameters ? parameters.login_hint : null);
  });

  it('lets the most exact hint decide [C24]', async () => {
    expect((await sentTo({ idp_hint: 'borealis.main', organization: 'cumulus' })).isSent).toBe(true);
    expect((await sentTo({ organization: 'cumulus', login_hint: 'ada@borealis.example' })).isSent).toBe(false);
  });

  it('asks for the work e-mail address when there is no hint, and never lists partners [C24] [H19]', async () => {
    const { visit } = await sentTo({});
    expect(visit.status).toBe(200);
    expect(visit.body).toContain('Work e-mail address');
    expect(visit.body).not.toMatch(/borealis|cumulus/i);
  });

  it('finds the partner by the domain of that address, and goes all the way [C24]', async () => {
    aPerson(estate.upstream, 'typed');
    const { request, visit } = await estate.party.visit(new UserAgent());
    expect(visit.body).toContain('Work e-mail address');
    const agent = new UserAgent();
    const first = await estate.party.request();
    const page = await agent.follow(first.url);
    const form = formOf(page);
    const sent = await agent.post(form?.url ?? '', { ...form?.fields, email: 'typed@borealis.example' });
    const back = await agent.follow(sent, estate.application.redirectUri);
    const tokens = await estate.party.redeem(first, back);
    expect(tokens.claims()?.partner).toBe('borealis');
    expect(request.state).not.toBe(first.state);
  });

  it.each([
    ['', 'Enter your work e-mail address.'],
    ['ada', 'Enter an e-mail address in full'],
    ['ada@', 'Enter an e-mail address in full'],
    ['@borealis.example', 'Enter an e-mail address in full'],
  ])('asks again for %p', async (email, text) => {
    const { page } = await typed(email);
    expect(page.status).toBe(422);
    expect(page.body).toContain(text);
  });
});

describe('what the choice of organization tells a stranger', () => {
  it('is the same for a domain that nobody has and one of a partner that may not come in [H19] [H26]', async () => {
    const nobody = (await typed('ada@nobody.example')).page;
    const untrusted = (await typed('ada@cumulus.example')).page;
    expect(untrusted.status).toBe(nobody.status);
    expect(shown(untrusted)).toBe(shown(nobody));
    expect([...untrusted.headers.keys()]).toEqual([...nobody.headers.keys()]);
  });

  it.each(['idp_hint', 'organization', 'domain_hint', 'login_hint'])(
    'is the same for any %s that leads nowhere [H19] [H26]',
    async (name) => {
      const value = (slug: string) =>
        ({
          idp_hint: `${slug}.main`,
          organization: slug,
          domain_hint: `${slug}.example`,
          login_hint: `x@${slug}.example`,
        })[name] ?? '';
      const nobody = await sentTo({ [name]: value('nobody') });
      const untrusted = await sentTo({ [name]: value('cumulus') });
      await setPartnerState(estate.db, estate.partner, 'SUSPENDED');
      const suspended = await sentTo({ [name]: value('borealis') });
      await setPartnerState(estate.db, estate.partner, 'ACTIVE');
      for (const { visit } of [untrusted, suspended]) {
        expect(visit.status).toBe(nobody.visit.status);
        expect(shown(visit)).toBe(shown(nobody.visit));
      }
    },
  );

  it('is recorded, with the reason, for those who may know it [H19]', async () => {
    const before = await takeCensus(estate.db);
    await typed('ada@cumulus.example');
    const after = await takeCensus(estate.db);
    const events = after.audit.filter(({ id }) => !before.audit.some((known) => known.id === id));
    expect(events).toEqual([expect.objectContaining({ action: 'login.denied', code: 'PARTNER_UNKNOWN' })]);
    expect(JSON.stringify(events)).not.toContain('ada@');
    expect(after.rows).toEqual(before.rows);
  });

  it('is recorded once for a hint, however far the browser follows [C24] [H19]', async () => {
    for (const follow of [false, true]) {
      const agent = new UserAgent();
      const { url } = await estate.party.request({ domain_hint: 'nobody.example' });
      const before = await takeCensus(estate.db);
      await (follow ? agent.follow(url) : agent.get(url));
      expectOneEvent(before, await takeCensus(estate.db), 'PARTNER_UNKNOWN');
    }
  });

  it('takes the same number of messages to the database for an unknown and for an untrusted partner [H19]', async () => {
    const messages = countMessages(estate.db);
    const counted = (email: string) => messages.of(() => typed(email));
    await typed('warm@nobody.example');
    const [nobody, untrusted] = [await counted('ada@nobody.example'), await counted('ada@cumulus.example')];
    messages.stop();
    expect(nobody).toBeGreaterThan(3);
    expect(Math.abs(nobody - untrusted)).toBeLessThanOrEqual(1);
  });
});

describe('hints are checked again', () => {
  it.each([
    [
      'the partner is suspended',
      () => setPartnerState(estate.db, estate.partner, 'SUSPENDED'),
      () => setPartnerState(estate.db, estate.partner, 'ACTIVE'),
    ],
    [
      'the IdP is disabled',
      () => setIdentityProviderState(estate.db, estate.partner, 'DISABLED'),
      () => setIdentityProviderState(estate.db, estate.partner, 'ACTIVE'),
    ],
    [
      'the trust relationship is suspended',
      () => setTrustState(estate.db, estate.partner, estate.application, 'SUSPENDED'),
      () => setTrustState(estate.db, estate.partner, estate.application, 'ACTIVE'),
    ],
  ] as const)('at the request: %s [C24]', async (_name, change, restore) => {
    expect((await sentTo({ idp_hint: 'borealis.main' })).isSent).toBe(true);
    await change();
    expect((await sentTo({ idp_hint: 'borealis.main' })).isSent).toBe(false);
    await restore();
    expect((await sentTo({ idp_hint: 'borealis.main' })).isSent).toBe(true);
  });

  it('an IdP that the terms do not name is not offered by its partner [C24] [N16]', async () => {
    const listed = await estate.addApplication(
      'listed',
      {},
      { identityProviderIds: ['00000000-0000-7000-8000-00000000abcd'] },
    );
    const { url } = await listed.party.request({ organization: 'borealis' });
    const visit = await new UserAgent().follow(url, `${estate.upstream.origin}/authorize`);
    expect(visit.status).toBe(422);
  });

  it('a partner that gets its trust comes in at once [C83]', async () => {
    expect((await sentTo({ organization: 'cumulus' })).isSent).toBe(false);
    await aTrust(estate.db, cumulus, estate.application);
    const { visit } = await estate.party.visit(new UserAgent(), { organization: 'cumulus' });
    expect(visit.url).toContain(estate.application.redirectUri);
  });
});

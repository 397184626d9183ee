import { AuditEvent } from '../../../src/audit/audit.entity.js';
import { globalId } from '../../../src/graphql/global-id.js';
import { Domain, ProvedDomain } from '../../../src/partners/domain.entity.js';
import { MAX_DOMAINS } from '../../../src/partners/domain.service.js';
import { Partner } from '../../../src/partners/partner.entity.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { RESERVED_PARTNER_ID, uuidv7 } from '../../../src/shared/ids.js';
import { createTestApi, type GraphqlAnswer, type TestApi } from '../../support/api.js';
import { type DnsServer, startDnsServer } from '../../support/dns-server.js';
import { insertPartner } from '../../support/estate.js';
import { statementsOf } from '../../support/statements.js';

const ADD = `mutation ($partnerId: ID!, $name: DomainName!) { addDomain(input: { partnerId: $partnerId, name: $name }) {
  domain { id name state proof provedAt recordName recordValue partner { slug } } } }`;

let dns: DnsServer;
let api: TestApi;
let development: TestApi;
beforeAll(async () => {
  dns = await startDnsServer();
  api = await createTestApi({ dnsServers: [dns.address] });
  development = await createTestApi({ mode: 'development' });
});
afterAll(async () => {
  await api.close();
  await development.close();
  await dns.close();
});

async function aPartner(slug: string, on = api) {
  const id = await on.db.uow.write(hubScope, (tx) => insertPartner(tx, slug));
  const administrator = await on.tokenFor({ role: 'PARTNER_ADMINISTRATOR', partnerId: id });
  return { id, node: globalId('Partner', { id }), administrator };
}

async function aDomain(partnerId: string, name: string, on = api) {
  const { data, errors } = await on.query(ADD, { partnerId, name });
  expect(errors).toEqual([]);
  return data.addDomain.domain;
}

function change(operation: string, id: string, as?: string, on = api) {
  const document = `mutation ($id: ID!) { change: ${operation}(input: { id: $id }) { domain { id name state proof provedAt } } }`;
  return on.query(document, { id }, as === undefined ? {} : { as });
}

function refusalOf({
  errors,
}: Pick<GraphqlAnswer, 'errors'>): { message?: string } & Partial<GraphqlAnswer['errors'][number]['extensions']> {
  return { message: errors[0]?.message, ...errors[0]?.extensions };
}

async function epochOf(id: string): Promise<number> {
  return (await api.db.uow.read(hubScope, ({ em }) => em.findOneOrFail(Partner, { id }))).policyEpoch;
}

function publish({ recordName, recordValue }: { recordName: string; recordValue: string }): void {
  dns.set(recordName, ['v=spf1 -all', recordValue]);
}

describe('a domain', () => {
  it('is claimed, shown with what to publish, proved by its TXT record and given back [C16] [C24] [H18]', async () => {
    const acme = await aPartner('acme');
    const domain = await aDomain(acme.node, 'Acme.Example');
    expect(domain).toMatchObject({ name: 'acme.example', state: 'PENDING', proof: null, partner: { slug: 'acme' } });
    expect(domain.recordName).toBe('_entente-challenge.acme.example');
    expect(domain.recordValue).toMatch(/^entente-domain-verification=[\w-]{32}$/);
    publish(domain);
    const before = await epochOf(acme.id);
    const { data } = await change('proveDomain', domain.id, acme.administrator);
    expect(data.change.domain).toMatchObject({
      state: 'PROVED',
      proof: 'DNS_TXT',
      provedAt: '2026-03-01T09:00:00.000Z',
    });
    expect(await epochOf(acme.id)).toBe(before + 1);
    expect((await change('proveDomain', domain.id)).data.change.domain.state).toBe('PROVED');
    await change('removeDomain', domain.id, acme.administrator);
    expect(await epochOf(acme.id)).toBe(before + 2);
    const events = await api.db.uow.read(hubScope, ({ em }) =>
      em.find(AuditEvent, { partnerId: acme.id, action: { $like: 'domain.%' } }, { orderBy: { action: 'asc' } }),
    );
    expect(events.map(({ action, actorKind, data: told }) => [action, actorKind, told])).toEqual([
      ['domain.added', 'OPERATOR', { name: 'acme.example' }],
      ['domain.proved', 'PARTNER_ADMINISTRATOR', { name: 'acme.example', proof: 'DNS_TXT' }],
      ['domain.removed', 'PARTNER_ADMINISTRATOR', { name: 'acme.example', state: 'PROVED' }],
    ]);
    expect(await api.db.uow.read(hubScope, ({ em }) => em.count(ProvedDomain, { name: 'acme.example' }))).toBe(0);
  });

  it.each([
    ['co.uk', 'Names are registered below this one; no organization owns it.'],
    ['github.io', 'Names are registered below this one; no organization owns it.'],
    ['gmail.com', 'Anybody can have a mailbox in this domain.'],
  ])('is refused as %s [H18]', async (name, message) => {
    const partner = await aPartner(`p-${name.replace('.', '-')}`);
    const answer = await api.query(ADD, { partnerId: partner.node, name });
    expect(refusalOf(answer)).toMatchObject({ code: 'DOMAIN_INVALID', fields: [{ path: 'input.name', message }] });
    expect(await api.db.uow.read(hubScope, ({ em }) => em.count(Domain, { partnerId: partner.id }))).toBe(0);
  });

  it('is taken in either form of an international name, and kept as A-labels [H18]', async () => {
    const { node } = await aPartner('idn');
    expect((await aDomain(node, 'Bücher.example')).name).toBe('xn--bcher-kva.example');
    const again = await api.query(ADD, { partnerId: node, name: 'xn--bcher-kva.example' });
    expect(refusalOf(again)).toMatchObject({ code: 'DOMAIN_TAKEN', fields: [{ path: 'input.name' }] });
    const broken = await api.query(ADD, { partnerId: node, name: 'not a domain' });
    expect(refusalOf(broken)).toMatchObject({ code: 'INPUT_INVALID', fields: [{ path: 'name' }] });
  });

  it('is not proved without its record, by the record of another claim, or while DNS is silent [H18]', async () => {
    const partner = await aPartner('unproved');
    const domain = await aDomain(partner.node, 'unproved.example');
    const refusedWith = async (message: RegExp) => {
      const answer = refusalOf(await change('proveDomain', domain.id));
      expect(answer).toMatchObject({ code: 'DOMAIN_NOT_PROVED', fields: [{ path: 'input.id' }] });
      expect(JSON.stringify(answer)).toMatch(message);
    };
    await refusedWith(/There is no TXT record at _entente-challenge\.unproved\.example/);
    dns.set(domain.recordName, ['entente-domain-verification=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA']);
    await refusedWith(/None of the TXT records/);
    dns.set(domain.recordName, 'silent');
    await refusedWith(/DNS did not answer in time/);
    const stored = await api.db.uow.read(hubScope, ({ em }) => em.findOneOrFail(Domain, { partnerId: partner.id }));
    expect(stored).toMatchObject({ state: 'PENDING', provedAt: null });
  });

  it('is proved by one partner, and a refusal tells no other that it is [C16] [H18]', async () => {
    const [first, second] = [await aPartner('first'), await aPartner('second')];
    const owned = await aDomain(first.node, 'contested.example');
    publish(owned);
    expect((await change('proveDomain', owned.id)).errors).toEqual([]);

    // The claim of a stranger is answered as for a name that nobody has, before and without the record.
    const claimed = await aDomain(second.node, 'contested.example');
    const free = await aDomain(second.node, 'free.example');
    dns.set(claimed.recordName, []);
    dns.set(free.recordName, []);
    const [ofOwned, ofFree] = [await change('proveDomain', claimed.id), await change('proveDomain', free.id)];
    expect(JSON.stringify(refusalOf(ofOwned)).replaceAll('contested', 'free')).toBe(JSON.stringify(refusalOf(ofFree)));

    // Who controls the name as well gets the words of a name that the partner claimed twice.
    publish(claimed);
    const taken = refusalOf(await change('proveDomain', claimed.id, second.administrator));
    const twice = refusalOf(await api.query(ADD, { partnerId: second.node, name: 'contested.example' }));
    expect(taken).toMatchObject({ code: 'DOMAIN_TAKEN', fields: [{ path: 'input.id' }] });
    expect(taken.message).toBe(twice.message);
    const rows = await api.db.uow.read(hubScope, ({ em }) => em.find(ProvedDomain, { name: 'contested.example' }));
    expect(rows).toMatchObject([{ partnerId: first.id }]);

    // Given back by the first, it can be proved by the second.
    await change('removeDomain', owned.id);
    expect((await change('proveDomain', claimed.id, second.administrator)).data.change.domain.state).toBe('PROVED');
  });

  it('is proved once when two partners prove it in the same instant [C16] [H18]', async () => {
    const partners = [await aPartner('race-a'), await aPartner('race-b')];
    const domains = await Promise.all(partners.map(({ node }) => aDomain(node, 'race.example')));
    dns.set(
      '_entente-challenge.race.example',
      domains.map(({ recordValue }) => recordValue),
    );
    const answers = await Promise.all(domains.map(({ id }) => change('proveDomain', id)));
    expect(answers.map((answer) => refusalOf(answer).code ?? 'PROVED').sort()).toEqual(['DOMAIN_TAKEN', 'PROVED']);
  });

  it('is one of two hundred at most in one partner', async () => {
    const { id: partnerId, node } = await aPartner('bound');
    await api.db.uow.write(hubScope, async ({ em }) => {
      for (let index = 0; index < MAX_DOMAINS; index += 1) {
        const row = { partnerId, id: uuidv7(), name: `bound-${index}.example`, state: 'PENDING' } as const;
        await em.insert(Domain, { ...row, challenge: 'x', createdAt: new Date() });
      }
    });
    expect(refusalOf(await api.query(ADD, { partnerId: node, name: 'one-more.example' })).code).toBe('CONFLICT');
  });

  it('claimed anew needs the record of the new claim', async () => {
    const { node } = await aPartner('anew');
    const before = await aDomain(node, 'anew.example');
    await change('removeDomain', before.id);
    const after = await aDomain(node, 'anew.example');
    publish(before);
    expect(refusalOf(await change('proveDomain', after.id))).toMatchObject({ code: 'DOMAIN_NOT_PROVED' });
    publish(after);
    expect((await change('proveDomain', after.id)).data.change.domain.state).toBe('PROVED');
  });

  it('is asserted by an operator in development, and nowhere else', async () => {
    const here = await aPartner('asserted', development);
    const domain = await aDomain(here.node, 'asserted.example', development);
    const refused = await change('assertDomain', domain.id, here.administrator, development);
    expect(refusalOf(refused)).toMatchObject({ code: 'FORBIDDEN' });
    const { data } = await change('assertDomain', domain.id, undefined, development);
    expect(data.change.domain).toMatchObject({ state: 'PROVED', proof: 'OPERATOR' });
    const there = await aDomain((await aPartner('asserted')).node, 'asserted.example');
    expect(refusalOf(await change('assertDomain', there.id))).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('the wall around domains', () => {
  it('shows a partner administrator nothing of another partner, by any way [C25] [G10] [G11]', async () => {
    const [mine, theirs] = [await aPartner('mine'), await aPartner('theirs')];
    const domain = await aDomain(theirs.node, 'theirs.example');
    publish(domain);
    for (const operation of ['proveDomain', 'removeDomain']) {
      expect(refusalOf(await change(operation, domain.id, mine.administrator)).code).toBe('NOT_FOUND');
    }
    const add = await api.query(ADD, { partnerId: theirs.node, name: 'new.example' }, { as: mine.administrator });
    expect(refusalOf(add).code).toBe('NOT_FOUND');
    const read = await api.query(
      'query ($id: ID!) { node(id: $id) { id } }',
      { id: domain.id },
      { as: mine.administrator },
    );
    expect(read.data.node).toBeNull();
    const stored = await api.db.uow.read(hubScope, ({ em }) => em.find(Domain, { partnerId: theirs.id }));
    expect(stored).toMatchObject([{ name: 'theirs.example', state: 'PENDING' }]);
  });

  it('lets auditors read and not write, and application owners do neither', async () => {
    const { node } = await aPartner('roles');
    const domain = await aDomain(node, 'roles.example');
    const auditor = await api.tokenFor({ role: 'AUDITOR' });
    const owner = await api.tokenFor({ role: 'APPLICATION_OWNER', applicationIds: [RESERVED_PARTNER_ID] });
    const READ = 'query ($id: ID!) { node(id: $id) { ... on Domain { name } } }';
    expect((await api.query(READ, { id: domain.id }, { as: auditor })).data.node).toEqual({ name: 'roles.example' });
    expect(refusalOf(await api.query(READ, { id: domain.id }, { as: owner })).code).toBe('FORBIDDEN');
    for (const as of [auditor, owner]) {
      for (const operation of ['proveDomain', 'assertDomain', 'removeDomain']) {
        expect(refusalOf(await change(operation, domain.id, as)).code).toBe('FORBIDDEN');
      }
      expect(refusalOf(await api.query(ADD, { partnerId: node, name: 'x.example' }, { as })).code).toBe('FORBIDDEN');
    }
  });

  it('answers NOT_FOUND for ids that are forged, of another type or gone', async () => {
    const { id, node } = await aPartner('forged');
    const gone = globalId('Domain', { partnerId: id, id });
    for (const wrong of [gone, node, 'AAAA', '']) {
      expect(refusalOf(await change('proveDomain', wrong)).code).toBe('NOT_FOUND');
      expect(refusalOf(await change('removeDomain', wrong)).code).toBe('NOT_FOUND');
    }
  });
});

describe('the domains of many partners', () => {
  it('are read page by page in as many statements for forty partners as for two [G13]', async () => {
    const db = api.db;
    await db.uow.write(hubScope, async (tx) => {
      for (let index = 0; index < 40; index += 1) {
        const partnerId = await insertPartner(tx, `many-${index}`);
        for (const label of ['a', 'b', 'c']) {
          const id = globalRow(index, label);
          const row = {
            partnerId,
            id,
            name: `${label}.many-${index}.example`,
            state: 'PENDING',
            challenge: 'x',
          } as const;
          await tx.em.insert(Domain, { ...row, createdAt: new Date() });
        }
      }
    });
    const LIST = `query ($first: Int!) { partners(first: $first, filter: { search: "many-" }) { edges { node {
      slug domains(first: 2) { edges { node { name partner { slug } } } pageInfo { hasNextPage endCursor } } } } } }`;
    const ask = async (first: number) => {
      let answer: Awaited<ReturnType<TestApi['query']>> | undefined;
      const statements = await statementsOf(db, async () => {
        answer = await api.query(LIST, { first });
      });
      expect(answer?.errors).toEqual([]);
      return { statements, rows: answer?.data.partners.edges };
    };
    const [two, forty] = [await ask(2), await ask(40)];
    expect(forty.rows).toHaveLength(40);
    for (const { node } of forty.rows) {
      expect(node.domains.edges.map(({ node: domain }: { node: { name: string } }) => domain.name)).toEqual([
        `a.${node.slug}.example`,
        `b.${node.slug}.example`,
      ]);
      expect(node.domains.edges[0].node.partner.slug).toBe(node.slug);
      expect(node.domains.pageInfo.hasNextPage).toBe(true);
    }
    expect(forty.statements).toHaveLength(two.statements.length);
    const NEXT = `query ($id: ID!, $after: String) { partner(id: $id) { domains(after: $after) { edges { node { name } } } } }`;
    const partner = await api.query('{ partner(slug: "many-7") { id } }');
    const after = forty.rows.find(({ node }: { node: { slug: string } }) => node.slug === 'many-7').node.domains
      .pageInfo;
    const next = await api.query(NEXT, { id: partner.data.partner.id, after: after.endCursor });
    expect(next.data.partner.domains.edges).toEqual([{ node: { name: 'c.many-7.example' } }]);
  });
});

/** Ids that rise with the label, so that pages have one order. */
function globalRow(index: number, label: string): string {
  return `01900000-0000-7000-8000-${index.toString(16).padStart(10, '0')}${label.charCodeAt(0).toString(16)}`;
}

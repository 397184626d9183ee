import type { Role } from '../../../src/access/api-client.entity.js';
import { AuditEvent } from '../../../src/audit/audit.entity.js';
import { globalId } from '../../../src/graphql/global-id.js';
import { AttributeMapping } from '../../../src/mapping/mapping.entity.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { createTestApi, fixedNow, type TestApi } from '../../support/api.js';
import { insertPartnerWithIdentityProvider } from '../../support/estate.js';
import { statementsOf } from '../../support/statements.js';

let api: TestApi;
let aurora: Party;
let boreal: Party;

interface Party {
  readonly key: string;
  readonly identityProvider: string;
}

beforeAll(async () => {
  api = await createTestApi();
  await api.services.attributeDefinitions.installStandard(fixedNow);
  [aurora, boreal] = [await aParty('aurora'), await aParty('boreal')];
});
afterAll(() => api.close());

async function aParty(slug: string): Promise<Party> {
  const { partnerId, identityProviderId } = await insertPartnerWithIdentityProvider(api.db.uow, slug);
  return { key: partnerId, identityProvider: globalId('IdentityProvider', { partnerId, id: identityProviderId }) };
}

const READ = `query ($id: ID!) { attributeMapping(identityProviderId: $id) {
  id version state createdBy rules { attribute expression required defaultValue updateMode } } }`;
const CHANGE = `mutation ($input: ChangeAttributeMappingInput!) { changeAttributeMapping(input: $input) {
  attributeMapping { id version state } } }`;
const CHECK = 'query ($rules: [MappingRuleInput!]!) { checkMappingRules(rules: $rules) { path code } }';
const DEFINE = `mutation ($input: DefineAttributeInput!) { defineAttribute(input: $input) {
  attributeDefinition { id name type multiValued maxLength claim scope traceValues } } }`;

const email = { attribute: 'email', expression: 'claims.email' };

function administratorOf(partner: Party): Promise<string> {
  return api.tokenFor({ role: 'PARTNER_ADMINISTRATOR', partnerId: partner.key });
}

async function versionOf(id: string): Promise<number> {
  return (await api.query(READ, { id })).data.attributeMapping.version;
}

describe('the mapping of an identity provider', () => {
  it('is changed by its own administrator as the next version, and the one before is still to be read [C19]', async () => {
    const id = aurora.identityProvider;
    const as = await administratorOf(aurora);
    const before = (await api.query(READ, { id }, { as })).data.attributeMapping;
    expect(before).toMatchObject({ version: 1, state: 'ACTIVE' });
    const rules = [
      { ...email, required: true },
      { attribute: 'roles', expression: 'claims.groups', defaultValue: ['guest'], updateMode: 'CLEAR_IF_ABSENT' },
    ];
    const changed = await api.query(CHANGE, { input: { identityProviderId: id, expectedVersion: 1, rules } }, { as });
    expect(changed.errors).toEqual([]);
    const after = (await api.query(READ, { id }, { as })).data.attributeMapping;
    expect(after).toMatchObject({
      version: 2,
      createdBy: 'test',
      rules: [
        { ...email, required: true, defaultValue: null, updateMode: 'CLEAR_IF_ABSENT' },
        { attribute: 'roles', defaultValue: ['guest'], updateMode: 'CLEAR_IF_ABSENT' },
      ],
    });
    const old = await api.query(
      'query ($id: ID!) { node(id: $id) { ... on AttributeMapping { version state } } }',
      { id: before.id },
      { as },
    );
    expect(old.data.node).toEqual({ version: 1, state: 'SUPERSEDED' });
    const events = await api.db.uow.read(hubScope, ({ em }) =>
      em.find(AuditEvent, { action: 'mapping.changed', partnerId: aurora.key }),
    );
    expect(events).toMatchObject([{ actorKind: 'PARTNER_ADMINISTRATOR', data: { version: 2 } }]);
  });

  it('is refused on top of a version that somebody else has replaced', async () => {
    const input = { identityProviderId: aurora.identityProvider, expectedVersion: 99, rules: [email] };
    expect((await api.query(CHANGE, { input })).errors[0]?.extensions.code).toBe('STALE_VERSION');
  });

  it.each([
    [[{ attribute: 'hubAdmin', expression: 'claims.email' }], 'ATTRIBUTE_UNKNOWN', ['input.rules.0.attribute']],
    [[email, { attribute: 'givenName', expression: '(' }], 'RULE_INVALID', ['input.rules.1.expression']],
    [[email, email], 'RULE_INVALID', ['input.rules.1.attribute']],
    [[{ ...email, expression: `"${'a'.repeat(4_001)}"` }], 'RULE_TOO_COSTLY', ['input.rules.0.expression']],
    [
      [{ attribute: 'email', expression: 'claims.email', defaultValue: ['no address'] }],
      'RULE_INVALID',
      ['input.rules.0.defaultValue'],
    ],
  ])('is refused with every problem of its rules, and changes nothing: %j', async (rules, code, paths) => {
    const id = boreal.identityProvider;
    const before = await versionOf(id);
    const { errors } = await api.query(CHANGE, { input: { identityProviderId: id, expectedVersion: before, rules } });
    expect(errors[0]?.extensions).toMatchObject({ code, fields: paths.map((path) => ({ path })) });
    expect(await versionOf(id)).toBe(before);
    const { data } = await api.query(CHECK, { rules });
    expect(data.checkMappingRules).toEqual(paths.map((path) => ({ path: path.replace('input.', ''), code })));
  });

  it('takes values of the types of the catalogue and nothing else [G16]', async () => {
    for (const defaultValue of [[{ $ne: null }], [[1]], [1.5], { a: 1 }]) {
      const { errors } = await api.query(CHECK, { rules: [{ ...email, defaultValue }] });
      expect(errors[0]?.extensions.code).toBe('INPUT_INVALID');
    }
  });

  it('of another partner looks exactly as if it were not there [C25] [G10] [G11]', async () => {
    const as = await administratorOf(boreal);
    const foreign = aurora.identityProvider;
    const missing = globalId('IdentityProvider', { partnerId: boreal.key, id: aurora.key });
    const answers = await Promise.all(
      [foreign, missing, globalId('Partner', { id: aurora.key }), 'AAAA'].flatMap((id) => {
        const input = { identityProviderId: id, expectedVersion: 2, rules: [email] };
        return [api.query(CHANGE, { input }, { as })];
      }),
    );
    for (const { errors } of answers) expect(errors).toEqual(answers[0]?.errors);
    expect(answers[0]?.errors[0]?.extensions.code).toBe('NOT_FOUND');
    expect((await api.query(READ, { id: foreign }, { as })).data).toEqual({ attributeMapping: null });
  });

  it('hangs on its identity provider, read for many in one statement [G13]', async () => {
    for (let index = 0; index < 12; index += 1) await aParty(`many-${index}`);
    const LIST =
      'query ($first: Int!) { identityProviders(first: $first) { edges { node { slug attributeMapping { version } } } } }';
    const ask = async (first: number) => {
      let answer: Awaited<ReturnType<TestApi['query']>> | undefined;
      const statements = await statementsOf(api.db, async () => {
        answer = await api.query(LIST, { first });
      });
      expect(api.faults).toEqual([]);
      expect(answer?.errors).toEqual([]);
      return { count: statements.length, rows: answer?.data.identityProviders.edges };
    };
    const [two, many] = [await ask(2), await ask(12)];
    expect(
      many.rows.filter(({ node }: { node: { attributeMapping: object | null } }) => node.attributeMapping === null),
    ).toEqual([]);
    expect(many.count).toBe(two.count);
  });
});

describe('the catalogue of attributes', () => {
  const badge = {
    name: 'badge',
    description: 'Number on the badge.',
    type: 'STRING',
    maxLength: 20,
    claim: 'badge',
    scope: 'organization',
  };

  it('is read by everybody, and grows by an operator [C17]', async () => {
    const defined = await api.query(DEFINE, { input: badge });
    const { id, ...rest } = defined.data.defineAttribute.attributeDefinition;
    const { description: _, ...expected } = badge;
    expect(rest).toEqual({ ...expected, multiValued: false, traceValues: 'MASKED' });
    for (const as of [
      await administratorOf(aurora),
      await api.tokenFor({ role: 'APPLICATION_OWNER', applicationIds: [aurora.key] }),
    ]) {
      const { data } = await api.query('{ attributeDefinitions { id name } }', {}, { as });
      expect(data.attributeDefinitions).toContainEqual({ id, name: 'badge' });
      expect((await api.query('query ($id: ID!) { node(id: $id) { __typename } }', { id }, { as })).data.node).toEqual({
        __typename: 'AttributeDefinition',
      });
    }
    const events = await api.db.uow.read(hubScope, ({ em }) => em.find(AuditEvent, { action: 'attribute.defined' }));
    expect(events).toMatchObject([{ data: { name: 'badge', claim: 'badge' } }]);
  });

  it('refuses names, claims and scopes that are not its to give', async () => {
    const { errors } = await api.query(DEFINE, {
      input: { ...badge, name: 'Not a name', claim: 'sub', scope: 'openid', maxLength: 0 },
    });
    expect(errors[0]?.extensions.code).toBe('INPUT_INVALID');
    expect(errors[0]?.extensions.fields?.map(({ path }) => path).sort()).toEqual([
      'input.claim',
      'input.maxLength',
      'input.name',
      'input.scope',
    ]);
    await api.query(DEFINE, { input: { ...badge, name: 'locker', claim: 'locker' } });
    expect(
      (await api.query(DEFINE, { input: { ...badge, name: 'locker', claim: 'other' } })).errors[0]?.extensions,
    ).toMatchObject({
      ...{ code: 'CONFLICT', fields: [{ path: 'input.name' }] },
    });
  });
});

describe('attributes and mappings', () => {
  it('are changed by the roles of their rows and by nobody else: every mutation, every role [H25]', async () => {
    const input = { identityProviderId: aurora.identityProvider, expectedVersion: 2, rules: [email] };
    const draft = { name: 'sneaky', description: 'x', type: 'STRING', claim: 'sneaky', scope: 'profile' };
    const as = {
      AUDITOR: await api.tokenFor({ role: 'AUDITOR' }),
      APPLICATION_OWNER: await api.tokenFor({ role: 'APPLICATION_OWNER', applicationIds: [aurora.key] }),
      PARTNER_ADMINISTRATOR: await administratorOf(aurora),
      OPERATOR: await api.tokenFor({ role: 'OPERATOR', scopes: ['mapping:read'] }),
    };
    const attempts: [string, Record<string, unknown>, Role[]][] = [
      [CHANGE, { input }, ['AUDITOR', 'APPLICATION_OWNER', 'OPERATOR']],
      [DEFINE, { input: draft }, ['AUDITOR', 'APPLICATION_OWNER', 'PARTNER_ADMINISTRATOR', 'OPERATOR']],
      [CHECK, { rules: [email] }, ['APPLICATION_OWNER']],
      [READ, { id: aurora.identityProvider }, ['APPLICATION_OWNER']],
    ];
    for (const [document, variables, roles] of attempts) {
      for (const role of roles) {
        const { errors } = await api.query(document, variables, { as: as[role] });
        expect([document.slice(0, 40), role, errors[0]?.extensions.code]).toEqual([
          document.slice(0, 40),
          role,
          'FORBIDDEN',
        ]);
      }
    }
    expect(await api.db.uow.read(hubScope, ({ em }) => em.count(AttributeMapping, { partnerId: aurora.key }))).toBe(2);
  });
});

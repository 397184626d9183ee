import { AuditEvent } from '../../../src/audit/audit.entity.js';
import { AttributeDefinitionService } from '../../../src/mapping/attribute-definition.service.js';
import { standardAttributes } from '../../../src/mapping/catalogue.rules.js';
import { AttributeMapping } from '../../../src/mapping/mapping.entity.js';
import { MappingService } from '../../../src/mapping/mapping.service.js';
import { addDefinition, insertFirstMapping } from '../../../src/mapping/mapping.store.js';
import { Partner } from '../../../src/partners/partner.entity.js';
import { hubScope, partnerScope } from '../../../src/persistence/unit-of-work.js';
import type { Uuid } from '../../../src/shared/ids.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import {
  aCaller,
  anAdministratorOf,
  anOperator,
  insertPartnerWithIdentityProvider,
  noon,
} from '../../support/estate.js';

let db: TestDatabase;
let mappings: MappingService;
let definitions: AttributeDefinitionService;
let aurora: { partnerId: Uuid; identityProviderId: Uuid };
let boreal: { partnerId: Uuid; identityProviderId: Uuid };

beforeAll(async () => {
  db = await createTestDatabase();
  mappings = new MappingService(db.uow);
  definitions = new AttributeDefinitionService(db.uow);
  await db.uow.write(hubScope, async (tx) => {
    for (const attribute of standardAttributes) await addDefinition(tx, attribute, noon);
  });
  aurora = await insertPartnerWithIdentityProvider(db.uow, 'aurora');
  boreal = await insertPartnerWithIdentityProvider(db.uow, 'boreal');
});
afterAll(() => db.close());

const email = {
  attribute: 'email',
  expression: 'lower(first(claims.mail))',
  required: true,
  defaultValue: null,
  updateMode: 'ALWAYS',
} as const;

describe('a change of an attribute mapping', () => {
  it('puts a new version in force, keeps the one before as it was, and tells the audit log [C19]', async () => {
    const before = await mappings.current(anOperator, aurora);
    const administrator = anAdministratorOf(aurora.partnerId);
    const changed = await mappings.change(administrator, { ...aurora, expectedVersion: 1, rules: [email] });
    expect(changed).toMatchObject({ version: 2, state: 'ACTIVE', rules: [email], createdBy: administrator.actor.id });
    expect(changed.rules[0]?.id).toBe(before?.rules.find(({ attribute }) => attribute === 'email')?.id);
    const [first, events, partner] = await db.uow.read(
      hubScope,
      async ({ em }) =>
        [
          await em.findOneOrFail(AttributeMapping, { ...aurora, version: 1 }),
          await em.find(AuditEvent, { partnerId: aurora.partnerId, action: 'mapping.changed' }),
          await em.findOneOrFail(Partner, { id: aurora.partnerId }),
        ] as const,
    );
    expect([first.state, first.rules]).toEqual(['SUPERSEDED', before?.rules]);
    expect(events).toMatchObject([
      {
        targetId: aurora.identityProviderId,
        actorKind: 'PARTNER_ADMINISTRATOR',
        data: { version: 2, changed: ['email'] },
      },
    ]);
    expect(partner.policyEpoch).toBe(2);
  });

  it('is refused where somebody else was first, also at the same instant, and leaves nothing behind', async () => {
    const current = await mappings.current(anOperator, boreal);
    const change = { ...boreal, expectedVersion: current?.version ?? 0, rules: [email] };
    const both = await Promise.allSettled([mappings.change(anOperator, change), mappings.change(anOperator, change)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'STALE_VERSION' } });
    const versions = await db.uow.read(hubScope, ({ em }) => em.count(AttributeMapping, boreal));
    expect(versions).toBe(2);
  });

  it('is refused with every problem of the rules, and changes nothing', async () => {
    const current = await mappings.current(anOperator, aurora);
    const rules = [
      { ...email, expression: 'claims.mail.matches("^(a+)+$") ? "a" : "b"' },
      { ...email, attribute: 'hubAdmin' },
    ];
    const change = { ...aurora, expectedVersion: current?.version ?? 0, rules };
    await expect(mappings.change(anOperator, change)).rejects.toMatchObject({
      code: 'RULE_INVALID',
      fields: [{ path: 'input.rules.0.expression' }, { path: 'input.rules.1.attribute' }],
    });
    expect((await mappings.current(anOperator, aurora))?.version).toBe(current?.version);
  });

  it('of another partner looks as if there were none, and so does its mapping [C25] [H01]', async () => {
    const stranger = anAdministratorOf(boreal.partnerId);
    const change = { ...aurora, expectedVersion: 2, rules: [email] };
    await expect(mappings.change(stranger, change)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const disguised = { ...change, partnerId: boreal.partnerId };
    await expect(mappings.change(stranger, disguised)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await mappings.current(stranger, aurora)).toBeNull();
    expect((await mappings.currentOfMany(stranger, [aurora.identityProviderId])).size).toBe(0);
    const author = { createdBy: 'stranger', now: noon };
    await expect(
      db.uow.write(partnerScope(boreal.partnerId), (tx) => insertFirstMapping(tx, aurora, 'OIDC', author)),
    ).rejects.toThrow(/row-level security/);
  });

  it('is for operators and the partner alone', async () => {
    const change = { ...aurora, expectedVersion: 2, rules: [email] };
    for (const role of ['AUDITOR', 'APPLICATION_OWNER'] as const) {
      await expect(mappings.change(aCaller(role), change)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
    const readOnly = aCaller('OPERATOR', { scopes: new Set(['mapping:read'] as const) });
    await expect(mappings.change(readOnly, change)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('cannot rewrite a version: the running hub may change no more than its state', async () => {
    await expect(
      db.uow.write(hubScope, ({ em }) => em.nativeUpdate(AttributeMapping, { ...aurora, version: 1 }, { rules: [] })),
    ).rejects.toThrow(/permission denied/);
  });

  it('can be checked before it is made', async () => {
    const problems = await mappings.check(anAdministratorOf(aurora.partnerId), [email, { ...email, expression: '(' }]);
    expect(problems.map(({ path, code }) => [path, code])).toEqual([
      ['rules.1.attribute', 'RULE_INVALID'],
      ['rules.1.expression', 'RULE_INVALID'],
    ]);
  });
});

describe('the catalogue of attributes', () => {
  const badge = {
    name: 'badge',
    description: 'Number on the badge.',
    type: 'STRING',
    multiValued: false,
    maxLength: 20,
    claim: 'badge_number',
    scope: 'organization',
    traceValues: 'MASKED',
  } as const;

  it('grows by what an operator defines, for everybody to read', async () => {
    await definitions.define(anOperator, badge);
    for (const caller of [anAdministratorOf(aurora.partnerId), aCaller('APPLICATION_OWNER')]) {
      expect((await definitions.list(caller)).map(({ name }) => name)).toContain('badge');
    }
    expect(await mappings.check(anOperator, [{ ...email, attribute: 'badge', expression: 'claims.badge' }])).toEqual(
      [],
    );
  });

  it('refuses a name or a claim that is taken, and a claim that the hub states itself', async () => {
    await expect(definitions.define(anOperator, { ...badge, claim: 'other' })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await expect(definitions.define(anOperator, { ...badge, name: 'pass' })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await expect(definitions.define(anOperator, { ...badge, name: 'x', claim: 'sub' })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      fields: [expect.objectContaining({ path: 'input.claim' })],
    });
  });

  it('is written by operators alone', async () => {
    for (const caller of [anAdministratorOf(aurora.partnerId), aCaller('AUDITOR'), aCaller('APPLICATION_OWNER')]) {
      await expect(definitions.define(caller, badge)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
  });
});

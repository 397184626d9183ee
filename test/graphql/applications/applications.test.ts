import { Application } from '../../../src/applications/application.entity.js';
import { AuditEvent } from '../../../src/audit/audit.entity.js';
import { decodeGlobalId } from '../../../src/graphql/global-id.js';
import { clientSecretMatches } from '../../../src/keys/client-secret.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { createTestApi, type TestApi } from '../../support/api.js';

const CREATE = `mutation ($input: CreateApplicationInput!) { createApplication(input: $input) {
  clientSecret application { id slug clientId isPublic subjectType pkceRequired state minimumAssurance { ial aal fal } } } }`;
const UPDATE = `mutation ($input: UpdateApplicationInput!) { updateApplication(input: $input) {
  application { name redirectUris pkceRequired minimumAssurance { ial aal fal } } } }`;
const FIND = 'query ($id: ID!) { application(id: $id) { slug } }';

let api: TestApi;
beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.close());

async function create(slug: string, over: Record<string, unknown> = {}) {
  const input = { slug, name: slug, redirectUris: [`https://${slug}.example/callback`], ...over };
  const { data, errors } = await api.query(CREATE, { input });
  expect(errors).toEqual([]);
  return data.createApplication as {
    clientSecret: string | null;
    application: { id: string; clientId: string } & Record<string, unknown>;
  };
}

function keyOf(id: string): string {
  return decodeGlobalId(id)?.key[0] ?? '';
}

function row(id: string): Promise<Application> {
  return api.db.uow.read(hubScope, ({ em }) => em.findOneOrFail(Application, { id: keyOf(id) }));
}

function events(id: string) {
  return api.db.uow.read(hubScope, ({ em }) =>
    em.find(AuditEvent, { targetId: keyOf(id) }, { orderBy: { transactionId: 'asc' } }),
  );
}

function ownerOf(...ids: string[]): Promise<string> {
  return api.tokenFor({ role: 'APPLICATION_OWNER', applicationIds: ids.map(keyOf), subject: 'owner' });
}

describe('an application', () => {
  it('is created with safe settings, and its secret is shown once and kept as a digest [H02]', async () => {
    const { clientSecret, application } = await create('orders');
    expect(application).toMatchObject({
      isPublic: false,
      subjectType: 'PAIRWISE',
      pkceRequired: true,
      state: 'ACTIVE',
      minimumAssurance: { ial: null, aal: null, fal: null },
    });
    expect(clientSecret).toMatch(/^ents_[\w-]{43}$/);
    const stored = await row(application.id);
    expect(clientSecretMatches(clientSecret ?? '', stored.clientSecretHash ?? '')).toBe(true);
    const said = JSON.stringify(await events(application.id));
    expect(said).toContain('"action":"application.created"');
    expect(said).not.toContain(clientSecret);
    expect(said).not.toContain(stored.clientSecretHash);
  });

  it('has no secret where it is public, and then PKCE always', async () => {
    const { clientSecret, application } = await create('phone', { isPublic: true });
    expect([clientSecret, application.isPublic, application.pkceRequired]).toEqual([null, true, true]);
    const input = {
      slug: 'lax',
      name: 'x',
      redirectUris: ['https://lax.example/'],
      isPublic: true,
      pkceRequired: false,
    };
    const { errors } = await api.query(CREATE, { input });
    expect(errors[0]?.extensions).toMatchObject({ code: 'INPUT_INVALID', fields: [{ path: 'input.pkceRequired' }] });
  });

  it('names every redirect URI that is refused, and stores nothing [O15] [N26]', async () => {
    const input = {
      slug: 'bad',
      name: 'x',
      redirectUris: ['https://a.example/', 'https://*.a.example/', 'http://a.example/'],
    };
    const { errors } = await api.query(CREATE, { input });
    expect(errors[0]?.extensions.code).toBe('REDIRECT_URI_INVALID');
    expect(errors[0]?.extensions.fields?.map(({ path }) => path)).toEqual([
      'input.redirectUris.1',
      'input.redirectUris.2',
    ]);
    expect(await api.db.uow.read(hubScope, ({ em }) => em.count(Application, { slug: 'bad' }))).toBe(0);
  });

  it('refuses a slug that is in use, and a level that does not exist', async () => {
    await create('twice');
    const again = await api.query(CREATE, {
      input: { slug: 'twice', name: 'x', redirectUris: ['https://t.example/'] },
    });
    expect(again.errors[0]?.extensions).toMatchObject({ code: 'SLUG_TAKEN', fields: [{ path: 'input.slug' }] });
    const level = { slug: 'level', name: 'x', redirectUris: ['https://l.example/'], minimumAssurance: { aal: 4 } };
    expect((await api.query(CREATE, { input: level })).errors[0]?.extensions).toMatchObject({
      code: 'INPUT_INVALID',
      fields: [{ path: 'input.minimumAssurance.aal' }],
    });
  });

  it('is updated field by field, raises its epoch, and tells what changed', async () => {
    const { application } = await create('editable');
    const { id } = application;
    const before = (await row(id)).policyEpoch;
    const { data } = await api.query(UPDATE, { input: { id, name: 'New', minimumAssurance: { aal: 2 } } });
    expect(data.updateApplication.application).toEqual({
      name: 'New',
      redirectUris: ['https://editable.example/callback'],
      pkceRequired: true,
      minimumAssurance: { ial: null, aal: 2, fal: null },
    });
    expect((await row(id)).policyEpoch).toBe(before + 1);
    expect((await events(id)).at(-1)).toMatchObject({
      action: 'application.updated',
      applicationId: keyOf(id),
      data: { name: { before: 'editable', after: 'New' } },
    });
    const bad = await api.query(UPDATE, { input: { id, redirectUris: [] } });
    expect(bad.errors[0]?.extensions).toMatchObject({
      code: 'REDIRECT_URI_INVALID',
      fields: [{ path: 'input.redirectUris' }],
    });
    expect((await row(id)).policyEpoch).toBe(before + 1);
  });

  it('gets a new secret, shown once, in place of the old one [H02]', async () => {
    const { clientSecret, application } = await create('rotating');
    const ROTATE = 'mutation ($id: ID!) { rotateApplicationSecret(input: { id: $id }) { clientSecret } }';
    const { data } = await api.query(ROTATE, { id: application.id });
    const fresh = data.rotateApplicationSecret.clientSecret;
    const stored = (await row(application.id)).clientSecretHash ?? '';
    expect([clientSecretMatches(fresh, stored), clientSecretMatches(clientSecret ?? '', stored)]).toEqual([
      true,
      false,
    ]);
    expect((await events(application.id)).at(-1)).toMatchObject({ action: 'application.secret-rotated', data: {} });
    const open = await create('open', { isPublic: true });
    expect((await api.query(ROTATE, { id: open.application.id })).errors[0]?.extensions.code).toBe('CONFLICT');
  });

  it('is disabled and enabled, and nothing else', async () => {
    const { id } = (await create('switch')).application;
    const change = (operation: string) =>
      api.query(`mutation ($id: ID!) { change: ${operation}(input: { id: $id }) { application { state } } }`, { id });
    expect((await change('enableApplication')).errors[0]?.extensions.code).toBe('STATE_TRANSITION');
    expect((await change('disableApplication')).data.change.application.state).toBe('DISABLED');
    expect((await change('disableApplication')).errors[0]?.extensions.code).toBe('STATE_TRANSITION');
    expect((await change('enableApplication')).data.change.application.state).toBe('ACTIVE');
    expect((await events(id)).map(({ action }) => action)).toEqual([
      'application.created',
      'application.disabled',
      'application.enabled',
    ]);
  });

  it('is listed by state and by part of its name, page by page, and read again through node(id)', async () => {
    for (const slug of ['page-a', 'page-b', 'page-c']) await create(slug);
    const LIST = `query ($after: String) { applications(first: 2, after: $after, filter: { search: "PAGE-", state: ACTIVE }) {
      edges { node { id slug } } pageInfo { hasNextPage endCursor } } }`;
    const first = (await api.query(LIST)).data.applications;
    const second = (await api.query(LIST, { after: first.pageInfo.endCursor })).data.applications;
    const nodes = [...first.edges, ...second.edges].map(({ node }) => node);
    expect(nodes.map(({ slug }) => slug).sort()).toEqual(['page-a', 'page-b', 'page-c']);
    const { data } = await api.query('query ($id: ID!) { node(id: $id) { __typename id } }', { id: nodes[0].id });
    expect(data.node).toEqual({ __typename: 'Application', id: nodes[0].id });
  });
});

describe('the wall between applications', () => {
  it('shows an owner the own applications alone, and a stranger exactly what is not there [G10] [H26]', async () => {
    const [own, other] = [(await create('own')).application, (await create('other')).application];
    const as = await ownerOf(own.id);
    expect((await api.query(FIND, { id: own.id }, { as })).data.application).toEqual({ slug: 'own' });
    expect((await api.query(FIND, { id: other.id }, { as })).data).toEqual({ application: null });
    const { data } = await api.query('{ applications { edges { node { slug } } } }', {}, { as });
    expect(data.applications.edges).toEqual([{ node: { slug: 'own' } }]);
    const missing = Buffer.concat([Buffer.from('Application:'), Buffer.alloc(16, 7)]).toString('base64url');
    for (const operation of ['rotateApplicationSecret', 'disableApplication']) {
      const text = `mutation ($id: ID!) { ${operation}(input: { id: $id }) { application { slug } } }`;
      const answers = await Promise.all([other.id, missing].map((id) => api.query(text, { id }, { as })));
      expect(answers[0]).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
      expect(answers[0]?.errors).toEqual(answers[1]?.errors);
    }
    expect((await row(other.id)).policyEpoch).toBe(1);
  });

  it('lets an owner change, rotate and disable the own application, each with its audit event', async () => {
    const { id } = (await create('mine')).application;
    const as = await ownerOf(id);
    expect((await api.query(UPDATE, { input: { id, name: 'Mine' } }, { as })).errors).toEqual([]);
    const DISABLE = 'mutation ($id: ID!) { disableApplication(input: { id: $id }) { application { state } } }';
    expect((await api.query(DISABLE, { id }, { as })).errors).toEqual([]);
    expect((await events(id)).slice(1)).toMatchObject([
      { action: 'application.updated', actorKind: 'APPLICATION_OWNER', actorId: 'owner' },
      { action: 'application.disabled', actorKind: 'APPLICATION_OWNER', actorId: 'owner' },
    ]);
  });

  it('lets no owner ask for less security than stands there [H25]', async () => {
    const { id } = (await create('strong', { minimumAssurance: { aal: 2 } })).application;
    const as = await ownerOf(id);
    const raised = await api.query(UPDATE, { input: { id, minimumAssurance: { aal: 3 } } }, { as });
    expect(raised.data.updateApplication.application.minimumAssurance.aal).toBe(3);
    const lowered = await api.query(
      UPDATE,
      { input: { id, minimumAssurance: { aal: 2 }, pkceRequired: false } },
      { as },
    );
    expect(lowered.errors[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
      fields: [{ path: 'input.minimumAssurance.aal' }, { path: 'input.pkceRequired' }],
    });
    expect(await row(id)).toMatchObject({ minimumAal: 3, pkceRequired: true });
    expect((await api.query(UPDATE, { input: { id, minimumAssurance: {}, pkceRequired: false } })).errors).toEqual([]);
  });

  it('gives a role no operation beyond its row [H25]', async () => {
    const { id } = (await create('matrix')).application;
    const partnerId = '01890000-0000-7000-8000-000000000001';
    const as = {
      AUDITOR: await api.tokenFor({ role: 'AUDITOR' }),
      PARTNER_ADMINISTRATOR: await api.tokenFor({ role: 'PARTNER_ADMINISTRATOR', partnerId }),
      APPLICATION_OWNER: await ownerOf(id),
      READER: await api.tokenFor({ role: 'OPERATOR', scopes: ['applications:read'] }),
    };
    const input = { slug: 'forbidden', name: 'x', redirectUris: ['https://x.example/'] };
    const change = (operation: string) =>
      `mutation ($id: ID!) { ${operation}(input: { id: $id }) { application { slug } } }`;
    const attempts: [string, Record<string, unknown>, (keyof typeof as)[]][] = [
      [CREATE, { input }, ['AUDITOR', 'PARTNER_ADMINISTRATOR', 'APPLICATION_OWNER', 'READER']],
      [UPDATE, { input: { id, name: 'x' } }, ['AUDITOR', 'PARTNER_ADMINISTRATOR', 'READER']],
      [change('rotateApplicationSecret'), { id }, ['AUDITOR', 'PARTNER_ADMINISTRATOR', 'READER']],
      [change('disableApplication'), { id }, ['AUDITOR', 'PARTNER_ADMINISTRATOR', 'READER']],
      [change('enableApplication'), { id }, ['AUDITOR', 'PARTNER_ADMINISTRATOR', 'APPLICATION_OWNER', 'READER']],
    ];
    for (const [document, variables, refused] of attempts) {
      for (const role of refused) {
        const { errors } = await api.query(document, variables, { as: as[role] });
        expect([document.slice(0, 60), role, errors[0]?.extensions.code]).toEqual([
          document.slice(0, 60),
          role,
          'FORBIDDEN',
        ]);
      }
    }
    expect(await row(id)).toMatchObject({ state: 'ACTIVE', policyEpoch: 1 });
  });
});

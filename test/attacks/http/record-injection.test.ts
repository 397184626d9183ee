import { AuditEvent } from '../../../src/audit/audit.entity.js';
import { Login } from '../../../src/login/login.entity.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { ada, hint, type LoginEstate, redirectUri, startEstate } from '../../support/login-estate.js';
import { UserAgent } from '../../support/user-agent.js';

let estate: LoginEstate;
beforeAll(async () => {
  estate = await startEstate();
});
afterEach(() => estate.upstream.set({ idTokenClaims: (claims) => claims, claims: ada }));
afterAll(() => estate.close());

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
const UNFIT = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

/** What a sign-in with these claims left behind. */
async function recorded(claims: Readonly<Record<string, unknown>>) {
  const { db } = estate.hub;
  const count = () => db.uow.read(hubScope, ({ em }) => em.find(Login, {}, { orderBy: { id: 'desc' } }));
  const before = (await count()).length;
  estate.upstream.set({ idTokenClaims: (honest) => ({ ...honest, ...claims }) });
  const { visit } = await estate.party.visit(new UserAgent(), hint);
  const logins = await count();
  expect(logins.length).toBe(before + 1);
  const [login] = logins;
  const events = await db.uow.read(hubScope, ({ em }) =>
    em.find(AuditEvent, { loginId: login?.id ?? '', action: { $in: ['login.allowed', 'login.denied'] } }),
  );
  expect(events).toHaveLength(1);
  return { visit, login, texts: textsOf([login?.trace, events[0]?.data, events[0]?.actorId]) };
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...textsOf(inner)]);
}

describe('what an identity provider sends', () => {
  it.each([
    ['a NUL in the subject', { sub: 'ada\u0000' }, 'SUBJECT_MISSING'],
    ['a line break in the subject', { sub: 'ada\r\nlevel=error msg="forged"' }, 'SUBJECT_MISSING'],
    ['an escape sequence in the subject', { sub: 'ada\u001b[2J' }, 'SUBJECT_MISSING'],
    ['a subject that turns the direction of writing', { sub: 'ada\u202enimda' }, 'SUBJECT_MISSING'],
    ['a subject of five kilobytes', { sub: 'a'.repeat(5_000) }, 'OIDC_CLAIM'],
    ['a NUL in the authentication context', { acr: 'urn:\u0000' }, 'OIDC_CLAIM'],
    ['an authentication context of ten kilobytes', { acr: 'x'.repeat(10_000) }, 'OIDC_CLAIM'],
    ['a thousand authentication methods', { amr: Array(1_000).fill('pwd') }, 'OIDC_CLAIM'],
    ['a NUL in a mapped claim', { given_name: 'Ada\u0000' }, 'ATTRIBUTE_INVALID'],
  ])('is refused for %s, with one record that holds none of it [H12]', async (_what, claims, code) => {
    const { visit, login, texts } = await recorded(claims);
    expect(visit.url.startsWith(redirectUri)).toBe(false);
    expect(login).toMatchObject({ state: 'DENIED', code });
    expect(texts.filter((text) => UNFIT.test(text) || text.length > 400)).toEqual([]);
  });

  it.each([
    ['a name of a claim with line breaks and directions', { 'x\r\n\u202eforged\u0000': 'y' }],
    ['a name of a claim of five kilobytes', { ['n'.repeat(5_000)]: 'y' }],
    ['two thousand claims', Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`c${index}`, index]))],
    ['a claim that breaks JSON', { note: '"}],"state":"ALLOWED"' }],
  ])('is recorded short and on one line, with %s [H12]', async (_what, claims) => {
    const { login, texts } = await recorded(claims);
    expect(login?.state).toBe('ALLOWED');
    expect(texts.filter((text) => UNFIT.test(text) || text.length > 400)).toEqual([]);
    expect(login?.trace.received.claimNames.length).toBeLessThanOrEqual(100);
  });
});

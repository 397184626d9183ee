/** Text that no row can hold, where a stranger names an application or an organization: an answer like any other. */
import { hint, type LoginEstate, startEstate } from '../../support/login-estate.js';
import { formOf, UserAgent } from '../../support/user-agent.js';

let estate: LoginEstate;
beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate.close());

const follow = async (parameters: Readonly<Record<string, string>>) =>
  new UserAgent().follow((await estate.party.request(parameters)).url);

describe('a NUL', () => {
  it.each([
    ['client_id', 'orders\0'],
    ['client_id', '\0'],
  ])('in %s names no application [O16]', async (name, value) => {
    expect((await follow({ ...hint, [name]: value })).status).toBe(400);
  });

  it.each([
    ['idp_hint', 'borealis\0.main'],
    ['idp_hint', 'borealis.main\0'],
    ['organization', 'borealis\0'],
    ['domain_hint', 'borealis\0.example'],
    ['login_hint', 'ada@borealis.example\0'],
  ])('in %s names nobody: the person is asked [O16] [H19]', async (name, value) => {
    const { status, body } = await follow({ [name]: value });
    expect([status, formOf({ url: estate.hub.url, body } as never)?.fields.email]).toEqual([422, expect.anything()]);
  });

  it('in the address that a person types names nobody [O16] [H19]', async () => {
    const agent = new UserAgent();
    const form = formOf(await agent.follow((await estate.party.request()).url));
    const visit = await agent.post(form?.url ?? '', { ...form?.fields, email: 'ada@borealis.example\0x' });
    expect(visit.status).toBe(422);
  });

  it('in the address of an IdP is that of none [O16]', async () => {
    const visit = await new UserAgent().get(`${estate.hub.url}/federation/oidc/borealis.main%00/callback?state=x`);
    expect(visit.status).toBe(404);
  });
});

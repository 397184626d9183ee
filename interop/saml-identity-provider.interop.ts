/** The hub as service provider of a pysaml2 IdP, which signs with xmlsec1. */
import { freePort } from '../test/support/hub.js';
import { RelyingParty } from '../test/support/relying-party.js';
import { formOf, UserAgent } from '../test/support/user-agent.js';
import { type InteropHub, startInteropHub } from './estate.js';
import { type ForeignProgram, startPython } from './python.js';

interface ForeignIdentityProvider {
  readonly entityId: string;
  readonly metadata: string;
  readonly username: string;
  readonly password: string;
}

const redirectUri = 'http://127.0.0.1:1/callback';
let idp: ForeignProgram<ForeignIdentityProvider>;
let estate: InteropHub;
let party: RelyingParty;

beforeAll(async () => {
  const port = await freePort();
  idp = await startPython('saml_identity_provider.py', [
    `http://127.0.0.1:${port}/federation/saml/aurora.main/metadata`,
  ]);
  const { entityId, metadata } = idp.ready;
  estate = await startInteropHub(port, [new URL(entityId).host], redirectUri);
  const nameIdFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
  const settings = { metadataXml: metadata, requireSigned: 'BOTH', nameIdFormat };
  await estate.connect('Saml', await estate.addPartner('aurora'), settings);
  party = await RelyingParty.discover(estate.hub.url, { ...estate.application, redirectUri });
}, 60_000);
afterAll(async () => {
  await estate?.hub.close();
  await idp?.stop();
});

async function signIn(agent: UserAgent) {
  const { request, visit: page } = await party.visit(agent, { idp_hint: 'aurora.main' });
  const form = formOf(page);
  if (form === null) throw new Error(`no sign-in form at ${page.url}: ${page.status}\n${page.body}`);
  const { username, password } = idp.ready;
  const answer = await agent.post(form.url, { ...form.fields, username, password });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body}\n${idp.log()}`);
  const back = await agent.follow(answer, redirectUri);
  if (!back.url.startsWith(redirectUri)) throw new Error(`${back.url}\n${await estate.lastLoginOf('aurora')}`);
  return { request, answer, back };
}

describe('a SAML IdP of somebody else (pysaml2, xmlsec1)', () => {
  it('takes the signed request of the hub and signs a person in, response and assertion signed', async () => {
    const { request, back } = await signIn(new UserAgent());
    const tokens = await party.redeem(request, back);
    expect(await party.userInfo(tokens.access_token, tokens.claims()?.sub ?? '')).toMatchObject({
      email: 'kai@aurora.example',
      given_name: 'Kai',
      family_name: 'Berg',
    });
    expect(await estate.emailsOf('aurora')).toEqual(['kai@aurora.example']);
  });

  it('is recognised by its persistent NameID: the second time is the same person', async () => {
    const first = await signIn(new UserAgent());
    const second = await signIn(new UserAgent());
    const subjects = await Promise.all(
      [first, second].map(async ({ request, back }) => (await party.redeem(request, back)).claims()?.sub),
    );
    expect(subjects[0]).toBe(subjects[1]);
    expect(await estate.emailsOf('aurora')).toEqual(['kai@aurora.example']);
  });

  it('gets nobody in twice with one response', async () => {
    const { answer } = await signIn(new UserAgent());
    const form = formOf(answer);
    const again = await new UserAgent().post(form?.url ?? '', form?.fields ?? {}, true);
    expect(again.status).toBeGreaterThanOrEqual(400);
  });
});

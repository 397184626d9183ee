/** docs/quickstart.md does what it says: its commands run as they stand, and end with a completed sign-in. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../support/hub.js';
import { type HubProcess, spawnCommand } from '../support/hub-process.js';
import { type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.js';
import { scratchFolder } from '../support/scratch.js';
import { Shell } from '../support/shell.js';
import { UserAgent } from '../support/user-agent.js';

const text = readFileSync(new URL('../../docs/quickstart.md', import.meta.url), 'utf8');
/** The commands of the page, block by block. */
const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block ?? '');
const [start = '', ...atTheTerminal] = blocks;

const folder = scratchFolder('quickstart');
let upstream: OpenIdProvider;
let hub: HubProcess;
let shell: Shell;
let own: Record<string, string>;

beforeAll(async () => {
  upstream = await startOpenIdProvider({
    clientSecret: 'a-secret-of-the-test',
    claims: {
      email: 'ada@acme.example',
      email_verified: true,
      given_name: 'Ada',
      family_name: 'Lindqvist',
      shoe_size: 38,
    },
  });
  own = {
    HUB: `http://127.0.0.1:${await freePort()}`,
    ISSUER: upstream.issuer,
    CLIENT_ID: upstream.clientId,
    CLIENT_SECRET: upstream.clientSecret,
    DOMAIN: 'acme.example',
  };
  const env = { ENTENTE_URL: own.HUB ?? '', ENTENTE_DATA_DIR: join(folder, 'data'), ENTENTE_DEMO: 'off' };
  hub = spawnCommand('sh', ['-c', `exec ${start}`], { ...env, ENTENTE_EGRESS_ALLOW: upstream.hostPort });
  shell = new Shell(env);
  await hub.ready;
}, 120_000);

afterAll(async () => {
  shell?.close();
  hub?.process.kill('SIGTERM');
  await hub?.ended;
  await upstream?.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** Blocks that ask the reader for values of the own have nothing but exports; the test is such a reader. */
function asked(block: string): readonly string[] | null {
  const names = block
    .trim()
    .split('\n')
    .map((line) => /^export ([A-Z_]+)=(?!\$\()/.exec(line)?.[1]);
  return names.every((name) => name !== undefined) ? (names as string[]) : null;
}

it('leads from nothing to a sign-in of an own identity provider, and to its trace [C83] [N55] [N56]', async () => {
  expect(start).toBe('npm start\n');
  const agent = new UserAgent();
  const outputs: string[] = [];
  for (const block of atTheTerminal) {
    const names = asked(block);
    const commands = names === null ? block : names.map((name) => `export ${name}='${own[name] ?? ''}'`).join('\n');
    if (names !== null) expect(names.filter((name) => !own[name])).toEqual([]);
    const output = await shell.run(commands);
    outputs.push(output);
    if (!output.includes('/oidc/auth?')) continue;
    // The person at the browser.
    const redirect = await agent.follow(output, 'http://127.0.0.1:8765/callback');
    own.ANSWER = redirect.url;
  }
  expect(own.ANSWER).toMatch(/^http:\/\/127\.0\.0\.1:8765\/callback\?.*code=/);
  const answers = outputs.filter((output) => output.startsWith('{'));
  expect(answers.filter((answer) => answer.includes('"errors"'))).toEqual([]);
  const who = answers.map((answer) => JSON.parse(answer)).find(({ sub }) => sub !== undefined);
  expect(who).toMatchObject({ email: 'ada@acme.example', given_name: 'Ada', partner: 'acme', idp: 'acme.main' });
  const { login } = answers.map((answer) => JSON.parse(answer).data).find((data) => data?.login !== undefined);
  expect(login).toMatchObject({
    state: 'ALLOWED',
    trustVersion: 1,
    trace: { release: ['email', 'givenName', 'familyName'] },
  });
  expect(answers.join('\n')).toContain('"sentences":[');
}, 180_000);

import { aPerson, hint, type LoginEstate, startEstate } from '../support/login-estate.js';
import { countMessages, type Messages } from '../support/messages.js';
import { TokenClient } from '../support/token-client.js';

/** What a sign-in of a known person may send to the database, from the application's request to userinfo. */
const SIGN_IN = 19;
const SECOND_APPLICATION = 9;
const REFRESH = 5;

let estate: LoginEstate;
let messages: Messages;
beforeAll(async () => {
  estate = await startEstate();
  messages = countMessages(estate.db);
});
afterAll(async () => {
  messages.stop();
  await estate.close();
});

describe('the messages to the database', () => {
  it('of a sign-in, of a second application and of a refresh stay within their budgets', async () => {
    const signIn = async () => {
      const agent = aPerson(estate.upstream, 'counted');
      const tokens = await estate.party.signIn(agent, hint);
      await estate.party.userInfo(tokens.access_token, tokens.claims()?.sub ?? '');
      return { agent, tokens };
    };
    await signIn();
    const { agent, tokens } = await signIn();
    expect(await messages.of(signIn)).toBeLessThanOrEqual(SIGN_IN);
    const other = await estate.addApplication('billing');
    await other.party.signIn((await signIn()).agent, hint);
    expect(await messages.of(() => other.party.signIn(agent, hint))).toBeLessThanOrEqual(SECOND_APPLICATION);
    const client = new TokenClient(estate.hub.url, estate.application);
    expect(await messages.of(() => client.refresh(tokens.refresh_token ?? ''))).toBeLessThanOrEqual(REFRESH);
  });
});

/** What was refused at the front door, told back by reason: to the partner whose door it was, and to nobody else. */
import type { ErrorCode } from '../../src/shared/error-catalogue.js';
import { type Harness, startHarness } from '../attacks/saml/harness.js';
import { graphqlClient } from '../support/graphql-client.js';
import { makeSamlKey } from '../support/saml-keys.js';
import { UserAgent } from '../support/user-agent.js';
import { before, swap, take, without } from '../support/xml-text.js';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

async function counted(partnerId?: string): Promise<Record<string, number>> {
  const client = await graphqlClient(harness.hub, partnerId);
  const { loginRefusals } = await client.ask('{ loginRefusals { code count } }');
  return Object.fromEntries(loginRefusals.map(({ code, count }: { code: string; count: number }) => [code, count]));
}

/** A forged assertion in front of the one that is signed: what XSW attacks do to a reader that looks by name. */
function wrapped(xml: string): string {
  const evil = swap(without(take(xml, 'saml:Assertion'), 'ds:Signature'), / ID="[^"]*"/, ' ID="_evil"');
  return before(xml, 'saml:Assertion', swap(evil, '>a7c1f0e2-person-1<', '>person-2<'));
}

describe('assertions that are refused', () => {
  it('are counted by reason: replayed, forged, unsolicited, of another audience, expired, wrapped [C48] [N53] [N55] [N57]', async () => {
    expect(await counted()).toEqual({});
    const attacker = await makeSamlKey();
    const response = (options: object) => ({ response: () => options });

    const { agent, answer } = await harness.begin();
    await harness.post(agent, answer);
    await harness.refusesPost('LOGIN_SPENT', agent, answer);
    await harness.accepts(response({ assertionId: '_once' }));
    await harness.refuses('SAML_REPLAY', response({ assertionId: '_once' }));
    await harness.refuses('SAML_CERT_UNKNOWN', response({ signing: { key: attacker } }));
    await harness.refuses('SAML_SIG_INVALID', { tamper: (xml) => swap(xml, '>a7c1f0e2-person-1<', '>person-2<') });
    const { SAMLResponse = '' } = answer.fields;
    await harness.refusesPost('SAML_UNSOLICITED', new UserAgent(), { ...answer, fields: { SAMLResponse } });
    await harness.refuses('SAML_AUDIENCE', response({ audience: 'https://elsewhere.example' }));
    const expired = { notBefore: new Date(Date.now() - 600_000), notOnOrAfter: new Date(Date.now() - 300_000) };
    await harness.refuses('SAML_TIME', response(expired));
    await harness.refuses('SAML_TIME', response(expired));
    await harness.refuses('SAML_MULTI_ASSERTION', { tamper: wrapped });

    const expected: Partial<Record<ErrorCode, number>> = {
      LOGIN_SPENT: 1,
      SAML_REPLAY: 1,
      SAML_CERT_UNKNOWN: 1,
      SAML_SIG_INVALID: 1,
      SAML_UNSOLICITED: 1,
      SAML_AUDIENCE: 1,
      SAML_TIME: 2,
      SAML_MULTI_ASSERTION: 1,
    };
    expect(await counted(harness.aurora.id)).toEqual(expected);
    expect(await counted()).toEqual(expected);
    expect(await counted(harness.borealis.id)).toEqual({});
  });

  it('of nobody known are counted for the hub alone [C48] [C25]', async () => {
    const before = await counted(harness.aurora.id);
    const { SAMLResponse = '' } = (await harness.begin()).answer.fields;
    const action = `${harness.hub.url}/federation/saml/nobody.main/acs`;
    const answer = { action, fields: { SAMLResponse, RelayState: 'local.x' } };
    const visit = await harness.post(new UserAgent(), answer);
    expect(visit.status).toBeGreaterThanOrEqual(400);
    expect(await counted(harness.aurora.id)).toEqual(before);
    const all = Object.entries(await counted()).filter(([code]) => !(code in before));
    expect(all).toEqual([[expect.stringMatching(/UNKNOWN$/), 1]]);
  });
});

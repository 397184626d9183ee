import type { InboundMessage } from '../../../src/login/contracts.js';
import type { ErrorCode } from '../../../src/shared/error-catalogue.js';
import { type Harness, inboundOf, NOW, plainAsk, startHarness, withParameter } from './harness.js';

let hub: Harness;
beforeEach(async () => {
  hub = await startHarness();
});
afterEach(() => hub.close());

/** Refused before any network: the code stays unspent at the provider. */
async function refusedUnsent(code: ErrorCode, tamper: (inbound: InboundMessage) => InboundMessage): Promise<void> {
  expect((await hub.refused({ tamper })).code).toBe(code);
  expect(hub.op.tokenRequests).toEqual([]);
}

describe('authorization responses that answer something else', () => {
  it('refuses a response of another issuer, so that no code goes to the wrong token endpoint (mix-up) [O01]', () =>
    refusedUnsent('OIDC_ISS_MISMATCH', (inbound) => withParameter(inbound, 'iss', 'https://honest.example')));

  it('refuses a response without iss where the provider promises one (RFC 9207) [O01]', () =>
    refusedUnsent('OIDC_ISS_MISMATCH', (inbound) => withParameter(inbound, 'iss', null)));

  it.each([
    ['a prefix', (issuer: string) => issuer.slice(0, -1)],
    ['a trailing slash', (issuer: string) => `${issuer}/`],
    ['upper case', (issuer: string) => issuer.toUpperCase()],
    ['userinfo', (issuer: string) => issuer.replace('http://', 'http://evil@')],
  ])('compares iss character by character: %s [O01]', (_name, change) =>
    refusedUnsent('OIDC_ISS_MISMATCH', (inbound) => withParameter(inbound, 'iss', change(hub.op.issuer))),
  );

  it('refuses the state of another request [O03] [N6]', () =>
    refusedUnsent('OIDC_STATE', (inbound) => withParameter(inbound, 'state', 'local.another-login')));

  it('refuses a response without a state [O03] [N6]', () =>
    refusedUnsent('OIDC_STATE', (inbound) => withParameter(inbound, 'state', null)));

  it.each(['state', 'code', 'iss'])('refuses a %s that comes twice [O16]', (name) =>
    refusedUnsent('OIDC_CALLBACK', (inbound) => ({
      ...inbound,
      query: [...inbound.query, [name, inbound.query.find(([one]) => one === name)?.[1] ?? ''] as const],
    })),
  );

  it('refuses a flood of parameters [O16]', () =>
    refusedUnsent('OIDC_CALLBACK', (inbound) => ({
      ...inbound,
      query: [...inbound.query, ...Array.from({ length: 40 }, (_, index) => [`p${index}`, 'x'] as const)],
    })));

  it.each(['id_token', 'access_token', 'token', 'response'])('refuses %s in the front channel [O16] [N54]', (name) =>
    refusedUnsent('OIDC_CALLBACK', (inbound) => withParameter(inbound, name, 'x')),
  );

  it('keeps the text of an error out of the refusal [H12]', async () => {
    hub.op.set({
      authorizationError: 'nope"\r\nSet-Cookie: x=y',
      callback: { error_description: 'Please call 555-0100' },
    });
    const refusal = await hub.refused();
    expect(refusal.code).toBe('IDP_ERROR');
    expect(JSON.stringify(refusal)).not.toMatch(/Set-Cookie|555-0100/);
  });

  it('does not redeem a code of another session: PKCE binds it to this request [O02]', async () => {
    const other = await hub.upstream.begin(hub.config(), { ...plainAsk, state: 'local.attacker' }, NOW);
    const stolen = inboundOf(hub.op.authorize(other.message.kind === 'redirect' ? other.message.url : ''));
    const code = stolen.query.find(([name]) => name === 'code')?.[1] ?? '';
    const refusal = await hub.refused({ tamper: (inbound) => withParameter(inbound, 'code', code) });
    expect(refusal.code).toBe('OIDC_CODE');
  });

  it('does not accept the ID token of another session: its nonce is of another request [O02] [O04] [N6] [N57]', async () => {
    hub.op.set({ idTokenClaims: (claims) => ({ ...claims, nonce: 'of-the-attacker' }) });
    expect((await hub.refused()).code).toBe('OIDC_NONCE');
  });

  it('always sends the verifier of its own challenge, by S256 [O05]', async () => {
    await hub.login();
    const verifier = hub.op.tokenRequests[0]?.get('code_verifier') ?? '';
    expect(verifier.length).toBeGreaterThanOrEqual(43);
  });
});

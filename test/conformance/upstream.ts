/**
 * What every upstream protocol must do, good paths and bad, told in the words of `Upstream` alone (src/login/contracts.ts).
 * A new protocol passes this suite before anything else is said about it: give it an IdP that can be honest and can commit
 * each of the faults below, and the code that each fault gets.
 */
import fc from 'fast-check';
import type {
  AuthenticationAsk,
  Begun,
  InboundMessage,
  Upstream,
  UpstreamConfig,
  UpstreamPending,
} from '../../src/login/contracts.js';
import type { ErrorCode } from '../../src/shared/error-catalogue.js';

export const faults = [
  'signed with a key of somebody else',
  'not signed at all',
  'by another issuer',
  'for another audience',
  'in answer to another request',
  'no longer valid',
  'from the future',
  'about nobody',
  'an error of the identity provider',
] as const;
export type Fault = (typeof faults)[number];

export interface UpstreamUnderTest<C extends UpstreamConfig> {
  readonly upstream: Upstream<C>;
  readonly config: C;
  /** The connection to another IdP of the same protocol, with another issuer and other keys. */
  readonly otherConfig: C;
  /** Of all logins of the suite; not the system's clock. */
  readonly now: Date;
  readonly issuer: string;
  readonly subject: string;
  /** What the browser brings back from the IdP. */
  answer(begun: Begun, fault?: Fault): Promise<InboundMessage>;
  /** An honest answer whose person signed in at another time. */
  answerAuthenticatedAt(begun: Begun, instant: Date): Promise<InboundMessage>;
  readonly codes: Readonly<Record<Fault, ErrorCode>>;
  readonly staleAuthentication: ErrorCode;
  /** The honest answer at the connection of another IdP. */
  readonly foreignConnection: ErrorCode;
  /** The honest answer against what another request left behind. */
  readonly foreignRequest: ErrorCode;
  close(): Promise<void>;
}

const ask: AuthenticationAsk = {
  state: `local.${'s'.repeat(43)}`,
  forceAuthn: false,
  isPassive: false,
  loginHint: null,
  acrValues: [],
  maxAgeSeconds: null,
};

export function describeUpstream<C extends UpstreamConfig>(
  name: string,
  start: () => Promise<UpstreamUnderTest<C>>,
): void {
  describe(`${name} as an upstream protocol`, () => {
    let test: UpstreamUnderTest<C>;
    beforeAll(async () => {
      test = await start();
    });
    afterAll(() => test.close());

    const begin = (wishes: Partial<AuthenticationAsk> = {}) =>
      test.upstream.begin(test.config, { ...ask, ...wishes }, test.now);
    const verify = (inbound: InboundMessage, pending: UpstreamPending, over: { config?: C; now?: Date } = {}) =>
      test.upstream.verify(over.config ?? test.config, inbound, pending, over.now ?? test.now);
    const codeOf = async (result: ReturnType<typeof verify>) => {
      const settled = await result;
      return settled.ok ? 'ACCEPTED' : settled.refusal.code;
    };

    it('begins with a message to the IdP and with what it must know again, as plain JSON', async () => {
      const [one, two] = [await begin(), await begin()];
      expect(JSON.parse(JSON.stringify(one.pending))).toEqual(one.pending);
      expect(one.pending.kind).toBe(test.config.kind);
      expect(one.message).not.toEqual(two.message);
      expect(one.pending).not.toEqual(two.pending);
    });

    it('brings the state back, and reads it before anything is trusted', async () => {
      const begun = await begin();
      expect(test.upstream.readState(await test.answer(begun))).toEqual({ ok: true, value: ask.state });
    });

    it('makes a sealed assertion of an honest answer, complete and plain', async () => {
      const begun = await begin();
      const result = await verify(await test.answer(begun), begun.pending);
      if (!result.ok) throw new Error(`${result.refusal.code}: ${result.refusal.detail}`);
      const { value } = result;
      expect(value).toMatchObject({
        protocol: test.config.kind,
        partnerId: test.config.partnerId,
        identityProviderId: test.config.identityProviderId,
        issuer: test.issuer,
        subject: { value: test.subject },
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      expect(value.assertionId).not.toBe('');
      expect(Date.parse(value.replayUntil)).toBeGreaterThan(test.now.getTime() + test.config.clockSkewSeconds * 1000);
      expect(Object.isFrozen(value)).toBe(true);
      expect(JSON.parse(JSON.stringify(value))).toEqual(value);
    });

    it('remembers an assertion for as long as it would be taken', async () => {
      const begun = await begin();
      const answer = await test.answer(begun);
      const result = await verify(answer, begun.pending);
      const end = new Date(result.ok ? result.value.replayUntil : Number.NaN);
      expect(await codeOf(verify(await test.answer(begun), begun.pending, { now: end }))).not.toBe('ACCEPTED');
    });

    it.each(faults)('refuses an answer that is %s', async (fault) => {
      const begun = await begin();
      const answer = await test.answer(begun, fault);
      const result = await verify(answer, begun.pending);
      expect(result).toMatchObject({ ok: false, refusal: { code: test.codes[fault] } });
      const told = JSON.stringify(result);
      for (const [, value] of [...answer.form, ...answer.query])
        if (value.length > 20) expect(told).not.toContain(value);
    });

    it('refuses an old authentication where a new one was demanded, and takes it where none was', async () => {
      const dayBefore = new Date(test.now.getTime() - 86_400_000);
      const [free, demanded] = [await begin(), await begin({ forceAuthn: true })];
      expect(await codeOf(verify(await test.answerAuthenticatedAt(free, dayBefore), free.pending))).toBe('ACCEPTED');
      const stale = await test.answerAuthenticatedAt(demanded, dayBefore);
      expect(await codeOf(verify(stale, demanded.pending))).toBe(test.staleAuthentication);
    });

    it('refuses the answer to one request against another, and at another connection', async () => {
      const [one, two] = [await begin(), await begin()];
      expect(await codeOf(verify(await test.answer(one), two.pending))).toBe(test.foreignRequest);
      const elsewhere = verify(await test.answer(one), one.pending, { config: test.otherConfig });
      expect(await codeOf(elsewhere)).toBe(test.foreignConnection);
    });

    it('refuses what another protocol left behind', async () => {
      const begun = await begin();
      const pending: UpstreamPending =
        test.config.kind === 'SAML'
          ? {
              kind: 'OIDC',
              state: ask.state,
              nonce: 'n',
              codeVerifier: 'v',
              maxAgeSeconds: null,
              reauthenticatedAfter: null,
            }
          : { kind: 'SAML', requestId: '_r', forceAuthn: false, requestedAt: test.now.toISOString() };
      expect(await codeOf(verify(await test.answer(begun), pending))).not.toBe('ACCEPTED');
    });

    it('refuses an honest answer that came by the other method, doubled, or without its state', async () => {
      const begun = await begin();
      const answer = await test.answer(begun);
      const pairs = [...answer.query, ...answer.form];
      const mangled: InboundMessage[] = [
        { ...answer, method: answer.method === 'GET' ? 'POST' : 'GET' },
        { ...answer, query: answer.form, form: answer.query },
        { ...answer, query: pairs, form: pairs },
        { ...answer, query: [...answer.query, ...answer.query], form: [...answer.form, ...answer.form] },
      ];
      for (const inbound of mangled) expect(await codeOf(verify(inbound, begun.pending))).not.toBe('ACCEPTED');
      const stateless = (list: InboundMessage['form']) => list.filter(([, value]) => value !== ask.state);
      const without = { ...answer, query: stateless(answer.query), form: stateless(answer.form) };
      expect(test.upstream.readState(without).ok).toBe(false);
    });

    it('answers any input with a refusal and never with an exception', async () => {
      const begun = await begin();
      const honest = await test.answer(begun);
      const names = [...new Set([...honest.query, ...honest.form].map(([key]) => key)), 'error', 'SAMLRequest'];
      const value = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.base64String(), fc.constant(ask.state));
      const pair = fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string()), value);
      const inbound = fc.record({
        method: fc.constantFrom('GET' as const, 'POST' as const),
        rawQuery: fc.string(),
        query: fc.array(pair, { maxLength: 4 }),
        form: fc.array(pair, { maxLength: 4 }),
      });
      await fc.assert(
        fc.asyncProperty(inbound, async (message) => {
          test.upstream.readState(message);
          expect((await verify(message, begun.pending)).ok).toBe(false);
        }),
        { seed: 20_310_506, numRuns: 200 },
      );
    });
  });
}

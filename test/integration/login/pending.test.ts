import type { AssertionFacts } from '../../../src/login/contracts.js';
import { PendingLoginStore, type PendingRecord } from '../../../src/login/pending.store.js';
import { sealVerified } from '../../../src/login/verified-assertion.js';
import { hubScope, partnerScope } from '../../../src/persistence/unit-of-work.js';
import { handleHash, uuidv7 } from '../../../src/shared/ids.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

const now = new Date('2026-03-01T12:00:00Z');
const partnerId = uuidv7(now);
const identityProviderId = uuidv7(now);
let db: TestDatabase;
let store: PendingLoginStore;
beforeAll(async () => {
  db = await createTestDatabase();
  store = new PendingLoginStore(db.box);
});
afterAll(() => db.close());

async function aPendingLogin(handle: string): Promise<PendingRecord> {
  const record: PendingRecord = {
    partnerId,
    stateHash: handleHash(handle),
    loginId: uuidv7(now),
    reference: 'ABCDEF0123',
    identityProviderId,
    applicationId: uuidv7(now),
    interactionUid: 'interaction',
    browserHash: handleHash('browser'),
    pending: { kind: 'SAML', requestId: '_1', forceAuthn: false, requestedAt: now.toISOString() },
    expiresAt: new Date(now.getTime() + 600_000),
  };
  await db.uow.statements(partnerScope(partnerId), (tx) => store.insert(tx, record, now));
  return record;
}

function anAssertion(assertionId: string) {
  const facts: AssertionFacts = {
    protocol: 'SAML',
    partnerId,
    identityProviderId,
    issuer: 'https://idp.example',
    assertionId,
    replayUntil: new Date(now.getTime() + 300_000).toISOString(),
    issuedAt: now.toISOString(),
    subject: { source: 'NAME_ID', value: 'ada', format: null, nameQualifier: null, spNameQualifier: null },
    claims: { secret: 'canary-in-an-assertion' },
    authentication: { authenticatedAt: null, acr: null, amr: [], sessionIndex: null, sessionExpiresAt: null },
    falShortfalls: [],
    digest: 'd',
  };
  return sealVerified(facts);
}

const stageOf = async (handle: string) => (await store.find(db.uow, handle))?.stage ?? 'none';
const claim = (handle: string, address = { partnerId, identityProviderId, protocol: 'SAML' as const }) =>
  store.claim(db.uow, handle, address);
const takeIn = (record: PendingRecord, assertionId: string) => store.takeIn(db.uow, record, anAssertion(assertionId));
const spend = async (record: PendingRecord) =>
  (await db.uow.ask(partnerScope(partnerId), store.spend(record, 'ASSERTED')))[0];

describe('a login between its request and its commit', () => {
  it('is claimed by one answer of many, and asserted by no other [N5]', async () => {
    const record = await aPendingLogin('one-of-many');
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim('one-of-many')));
    expect(claims.filter((found) => found?.claimed)).toHaveLength(1);
    expect(claims.map((found) => found?.record)).toEqual(claims.map(() => record));
    expect(await takeIn(record, '_first')).toBe('TAKEN');
    expect(await takeIn(record, '_other')).toBe('SPENT');
    expect(await stageOf('one-of-many')).toBe('ASSERTED');
  });

  it('is not claimed by an answer of another identity provider or partner', async () => {
    await aPendingLogin('mine');
    const mine = { partnerId, identityProviderId, protocol: 'SAML' } as const;
    expect(await claim('mine', { ...mine, identityProviderId: uuidv7(now) })).toBeNull();
    expect(await claim('mine', { ...mine, partnerId: uuidv7(now) })).toBeNull();
    expect(await stageOf('mine')).toBe('BEGUN');
  });

  it('is not asserted without a claim', async () => {
    const record = await aPendingLogin('unclaimed');
    expect(await takeIn(record, '_unclaimed')).toBe('SPENT');
    expect(await stageOf('unclaimed')).toBe('BEGUN');
  });

  it('never becomes asserted by a replayed assertion, not even for an instant [N5] [N57]', async () => {
    for (const handle of ['genuine', 'replayed']) {
      const record = await aPendingLogin(handle);
      await claim(handle);
      const taken = await takeIn(record, '_the-same');
      expect(taken).toBe(handle === 'genuine' ? 'TAKEN' : 'REPLAYED');
    }
    expect([await stageOf('genuine'), await stageOf('replayed')]).toEqual(['ASSERTED', 'CLAIMED']);
  });

  it('keeps an assertion encrypted while it waits, and forgets it when it is spent [H02]', async () => {
    const record = await aPendingLogin('at-rest');
    await claim('at-rest');
    await takeIn(record, '_at-rest');
    const found = await store.find(db.uow, 'at-rest');
    expect(found?.assertion?.claims).toEqual({ secret: 'canary-in-an-assertion' });
    const rows = await db.uow.read(hubScope, (tx) => tx.em.execute('select * from regional.pending_login'));
    expect(JSON.stringify(rows)).not.toContain('canary');
    expect(await spend(record)).toBe(true);
    expect(await spend(record)).toBe(false);
    expect((await store.find(db.uow, 'at-rest'))?.assertion).toBeNull();
  });

  it('moved to another row, its payload does not open [H02]', async () => {
    await aPendingLogin('here');
    await aPendingLogin('there');
    await db.uow.write(hubScope, (tx) =>
      tx.em.execute(
        `update regional.pending_login set payload_encrypted =
           (select payload_encrypted from regional.pending_login where state_hash = ?) where state_hash = ?`,
        [handleHash('here'), handleHash('there')],
      ),
    );
    await expect(store.find(db.uow, 'there')).rejects.toThrow();
  });
});

/**
 * A replica that did not hear of a change, because the notification is still under way or its connection is down. The
 * policy is compared at the commit; keys and addresses of the other side are compared before they verify anything.
 */
import { IdentityProvider, IdentityProviderKey } from '../../src/identity-providers/identity-provider.entity.js';
import { hubScope, type Tx } from '../../src/persistence/unit-of-work.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  anApplication,
  aPartnerWithSamlIdentityProvider,
  aTrust,
  type TestSamlPartner,
} from '../support/federation.js';
import { startTestHub, type TestHub } from '../support/hub.js';
import { RelyingParty } from '../support/relying-party.js';
import { type SamlIdentityProvider, startSamlIdentityProvider } from '../support/saml-identity-provider.js';
import { UserAgent } from '../support/user-agent.js';

const redirectUri = 'http://127.0.0.1:1/callback';

let db: TestDatabase;
let hub: TestHub;
let idp: SamlIdentityProvider;
let partner: TestSamlPartner;
let party: RelyingParty;
beforeAll(async () => {
  db = await createTestDatabase();
  hub = await startTestHub({ db });
  idp = await startSamlIdentityProvider({
    attributes: { 'urn:oid:0.9.2342.19200300.100.1.3': ['kai@aurora.example'], givenName: ['Kai'], sn: ['Berg'] },
  });
  partner = await aPartnerWithSamlIdentityProvider(db, 'aurora', idp);
  const application = await anApplication(db, 'orders', redirectUri);
  await aTrust(db, partner, application);
  party = await RelyingParty.discover(hub.url, application);
});
afterAll(async () => {
  await hub.close();
  await idp.close();
  await db.close();
});

/** A change that raises the epoch as every change does, and of which nobody is told. */
function unheard(work: (tx: Tx) => Promise<unknown>): Promise<void> {
  return db.uow.write(hubScope, async (tx) => {
    await work(tx);
    await tx.em.execute('update "control"."partner" set policy_epoch = policy_epoch + 1 where id = ?', [partner.id]);
  });
}

async function signsIn(): Promise<boolean> {
  const { visit } = await party.visit(new UserAgent(), { idp_hint: partner.address });
  return visit.url.startsWith(redirectUri) && new URL(visit.url).searchParams.has('code');
}

describe('a replica that did not hear of a change', () => {
  it('accepts nothing that a retired key signed [S45] [N25]', async () => {
    const where = { partnerId: partner.id, identityProviderId: partner.identityProviderId };
    expect(await signsIn()).toBe(true);
    await unheard(({ em }) => em.nativeUpdate(IdentityProviderKey, where, { state: 'RETIRED' }));
    expect(await signsIn()).toBe(false);
    await unheard(({ em }) => em.nativeUpdate(IdentityProviderKey, where, { state: 'ACTIVE' }));
    expect(await signsIn()).toBe(true);
  });

  it('lets people in through an identity provider that was just activated [C83]', async () => {
    const where = { partnerId: partner.id, id: partner.identityProviderId };
    await unheard(({ em }) => em.nativeUpdate(IdentityProvider, where, { state: 'DISABLED' }));
    expect(await signsIn()).toBe(false);
    await unheard(({ em }) => em.nativeUpdate(IdentityProvider, where, { state: 'ACTIVE' }));
    expect(await signsIn()).toBe(true);
  });
});

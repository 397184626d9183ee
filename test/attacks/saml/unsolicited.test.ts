/** Answers that nobody asked for, state that leads astray, and parties that may no longer take part. */
import { Application } from '../../../src/applications/application.entity.js';
import { IdentityProvider } from '../../../src/identity-providers/identity-provider.entity.js';
import { Partner } from '../../../src/partners/partner.entity.js';
import { raiseApplicationEpoch, raisePartnerEpoch } from '../../../src/persistence/policy-epoch.js';
import { hubScope, type Tx } from '../../../src/persistence/unit-of-work.js';
import { TrustRelationship } from '../../../src/trust/trust.entity.js';
import { UserAgent } from '../../support/user-agent.js';
import { type Harness, startHarness, withFields } from './harness.js';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

describe('an answer that nobody asked for', () => {
  it('is refused without state, signed as it is [S39] [L28] [N6] [C48]', async () => {
    const { answer } = await harness.begin();
    const { SAMLResponse = '' } = answer.fields;
    await harness.refusesPost('SAML_UNSOLICITED', new UserAgent(), { ...answer, fields: { SAMLResponse } });
    await harness.refusesPost('SAML_UNSOLICITED', new UserAgent(), withFields(answer, { RelayState: '' }));
  });

  it('neither replaces nor joins the session of a person who is signed in [S39] [N6] [C48]', async () => {
    const agent = new UserAgent();
    const tokens = await harness.party.signIn(agent, { idp_hint: harness.aurora.address });
    const { answer } = await harness.begin();
    await harness.refusesPost('LOGIN_EXPIRED', agent, answer);
    const again = await harness.party.signIn(agent, { prompt: 'none' });
    expect(again.claims()?.sub).toBe(tokens.claims()?.sub);
  });

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    'javascript:alert(1)',
    'https://hub.example@evil.example/',
    '%2f%2fevil.example',
    '/oidc/auth/x?login=y',
    '"><script>alert(1)</script>',
    `local.${'a'.repeat(43)}`,
  ])('is not followed to where its state points: %s [S38] [L41]', async (RelayState) => {
    const { agent, answer } = await harness.begin();
    const visit = await harness.refusesPost('LOGIN_UNKNOWN', agent, withFields(answer, { RelayState }), [RelayState]);
    expect(visit.headers.get('location')).toBeNull();
  });

  it('is refused with a state beyond 80 bytes, or with two of them [S38] [S48]', async () => {
    const { agent, answer } = await harness.begin();
    await harness.refusesPost('SAML_BINDING', agent, withFields(answer, { RelayState: 's'.repeat(81) }));
  });
});

describe('a party that may no longer take part', () => {
  const change = (work: (tx: Tx) => Promise<unknown>) =>
    harness.db.uow.write(hubScope, async (tx) => {
      await work(tx);
      await raisePartnerEpoch(tx, harness.aurora.id);
      await raiseApplicationEpoch(tx, harness.party.application.id);
    });

  it.each([
    [
      'the identity provider',
      'IDP_DISABLED',
      (tx: Tx) =>
        tx.em.nativeUpdate(IdentityProvider, { id: harness.aurora.identityProviderId }, { state: 'DISABLED' }),
      (tx: Tx) => tx.em.nativeUpdate(IdentityProvider, { id: harness.aurora.identityProviderId }, { state: 'ACTIVE' }),
    ],
    [
      'the partner',
      'PARTNER_SUSPENDED',
      (tx: Tx) => tx.em.nativeUpdate(Partner, { id: harness.aurora.id }, { state: 'SUSPENDED' }),
      (tx: Tx) => tx.em.nativeUpdate(Partner, { id: harness.aurora.id }, { state: 'ACTIVE' }),
    ],
    [
      'the application',
      'APPLICATION_DISABLED',
      (tx: Tx) => tx.em.nativeUpdate(Application, { id: harness.party.application.id }, { state: 'DISABLED' }),
      (tx: Tx) => tx.em.nativeUpdate(Application, { id: harness.party.application.id }, { state: 'ACTIVE' }),
    ],
    [
      'the agreement',
      'TRUST_NOT_ACTIVE',
      (tx: Tx) => tx.em.nativeUpdate(TrustRelationship, { partnerId: harness.aurora.id }, { state: 'SUSPENDED' }),
      (tx: Tx) => tx.em.nativeUpdate(TrustRelationship, { partnerId: harness.aurora.id }, { state: 'ACTIVE' }),
    ],
  ] as const)(
    '%s, withdrawn while the person was at the IdP, ends the sign-in [S40] [S53]',
    async (_name, code, withdraw, restore) => {
      const { agent, answer } = await harness.begin();
      await change(withdraw);
      await harness.refusesPost(code, agent, answer);
      await change(restore);
      await harness.accepts();
    },
  );
});

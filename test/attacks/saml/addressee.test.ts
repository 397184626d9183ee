/** Answers that are genuine and meant for somebody else: another audience, address, request, tenant or issuer. */
import type { SamlIdentityProviderSettings } from '../../support/saml-identity-provider.js';
import { UserAgent } from '../../support/user-agent.js';
import { type Harness, startHarness, withFields } from './harness.js';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

type Response = ReturnType<SamlIdentityProviderSettings['response']>;
const saying = (over: Response) => ({ response: () => over });

describe('an answer that is meant for somebody else', () => {
  it('is told from an honest one', async () => {
    await harness.accepts();
    await harness.accepts({ sign: 'both' });
  });

  it.each<[string, Response]>([
    ['another service', { audience: 'https://other.example' }],
    ['nobody in particular', { audience: null }],
  ])('is refused with the audience of %s [S32] [N5] [N55] [N57]', async (_name, response) => {
    await harness.refuses('SAML_AUDIENCE', saying(response));
  });

  it('is refused where one of two restrictions leaves us out [S32] [N5] [N55] [N57]', async () => {
    const more =
      '<saml:AudienceRestriction><saml:Audience>https://other.example</saml:Audience></saml:AudienceRestriction>';
    const editAssertion = (xml: string) => xml.replace('</saml:Conditions>', `${more}</saml:Conditions>`);
    await harness.refuses('SAML_AUDIENCE', saying({ editAssertion }));
  });

  it.each([
    ['another partner', (acs: string) => acs.replace('aurora.main', 'borealis.main')],
    ['another port', (acs: string) => acs.replace(/:\d+\//, ':1/')],
    ['a slash more', (acs: string) => `${acs}/`],
  ])('is refused with the address of %s as Recipient or Destination [S33] [N57]', async (_name, change) => {
    await harness.refuses('SAML_RECIPIENT', {
      response: ({ acsUrl }) => ({ recipient: change(acsUrl), destination: acsUrl }),
    });
    await harness.refuses('SAML_DESTINATION', {
      sign: 'response',
      response: ({ acsUrl }) => ({ recipient: acsUrl, destination: change(acsUrl) }),
    });
  });

  it('is refused without the Destination that a signed response needs [S33] [N57]', async () => {
    await harness.refuses('SAML_DESTINATION', {
      sign: 'response',
      response: ({ acsUrl }) => ({ recipient: acsUrl, destination: null }),
    });
  });

  it.each<[string, Response]>([
    ['another request', { inResponseTo: '_0000000000000000000000000000000000000000' }],
    ['no request', { inResponseTo: null }],
  ])('is refused where it answers %s [S34] [N57]', async (_name, response) => {
    await harness.refuses('SAML_IRT', saying(response));
  });

  it('is refused where the response and the assertion answer two requests [S34] [L27] [N57]', async () => {
    const inner = (xml: string) => xml.replace(/(SubjectConfirmationData InResponseTo=")[^"]*/, '$1_other');
    await harness.refuses('SAML_IRT', saying({ editAssertion: inner }));
    const outer = (xml: string) => xml.replace(/(Response [^>]*InResponseTo=")[^"]*/, '$1_other');
    await harness.refuses('SAML_IRT', saying({ editResponse: outer }));
  });

  it('is refused in the state of another sign-in, which is the one that ends [S34] [S39] [N57]', async () => {
    const [thief, victim] = [await harness.begin(), await harness.begin()];
    const stolen = withFields(victim.answer, { SAMLResponse: thief.answer.fields.SAMLResponse ?? '' });
    await harness.refusesPost('SAML_IRT', victim.agent, stolen);
    expect((await harness.post(thief.agent, thief.answer)).url).toMatch(/[?&]code=/);
  });

  it('is refused in another browser than the one that began [S34] [S39] [N57]', async () => {
    const { answer } = await harness.begin();
    // The thief's browser lacks the cookie of the interaction, and would lack that of the login as well.
    await harness.refusesPost('LOGIN_EXPIRED', new UserAgent(), answer);
  });

  it('is refused from the IdP of another partner, by key and by name [S41] [L18] [L24] [N5] [N57]', async () => {
    const { otherIdp, idp } = harness;
    await harness.refuses('SAML_CERT_UNKNOWN', saying({ signing: { key: otherIdp.key } }));
    await harness.refuses('SAML_ISSUER', saying({ issuer: otherIdp.entityId, responseIssuer: idp.entityId }));
    await harness.refuses('SAML_ISSUER', saying({ responseIssuer: otherIdp.entityId }));
  });

  it("is refused at another partner's address, in the state of either [S41] [N5] [N57]", async () => {
    const [ours, theirs] = [await harness.begin(harness.aurora), await harness.begin(harness.borealis)];
    await harness.refusesPost('LOGIN_UNKNOWN', ours.agent, { ...ours.answer, action: theirs.answer.action });
    const mixed = withFields(theirs.answer, { SAMLResponse: ours.answer.fields.SAMLResponse ?? '' });
    await harness.refusesPost('SAML_CERT_UNKNOWN', theirs.agent, mixed);
    expect((await harness.post(ours.agent, ours.answer)).url).toMatch(/[?&]code=/);
  });

  it("is refused where it names a person in another partner's domain [S41] [C16] [L38]", async () => {
    await harness.refuses('DOMAIN_NOT_OWNED', { attributes: { mail: ['bo@borealis.example'] } });
    await harness.refuses('DOMAIN_NOT_OWNED', { nameId: 'bo@borealis.example' });
    await harness.refuses('DOMAIN_NOT_OWNED', { attributes: { mail: ['ada@sub.aurora.example'] } });
  });
});

describe('two partners whose IdPs have one entityID', () => {
  it('keep their people apart, each behind its own key [S41] [N5]', async () => {
    const shared = await startHarness({ entityId: 'https://shared.example/idp' });
    try {
      const same = { response: () => ({ issuer: 'https://shared.example/idp' }) };
      await shared.accepts(same);
      shared.idp.set(same);
      const theirs = await shared.begin(shared.borealis);
      const ours = shared.idp.answer(theirs.received);
      await shared.refusesPost('SAML_CERT_UNKNOWN', theirs.agent, ours);
    } finally {
      await shared.close();
    }
  });
});

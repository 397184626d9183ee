/** Answers that come too early, too late or stay valid for too long. The edges are in test/unit/saml/checks.test.ts. */
import type { SamlIdentityProviderSettings } from '../../support/saml-identity-provider.js';
import { type Harness, startHarness } from './harness.js';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

type Response = ReturnType<SamlIdentityProviderSettings['response']>;
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000);
const edited = (pattern: RegExp, text: string): Response => ({ editAssertion: (xml) => xml.replace(pattern, text) });

describe('an answer at the wrong time', () => {
  it.each<[string, () => Response]>([
    ['that has expired', () => ({ notOnOrAfter: inMinutes(-4) })],
    ['that is not valid yet', () => ({ notBefore: inMinutes(4), notOnOrAfter: inMinutes(9) })],
    [
      'that never expires',
      () => edited(/NotOnOrAfter="[^"]*"><saml:AudienceR/, 'NotOnOrAfter="9999-12-31T23:59:59Z"><saml:AudienceR'),
    ],
    ['without an end', () => ({ notOnOrAfter: null })],
    [
      'that was made before it was asked for',
      () => edited(/( IssueInstant=")[^"]*/, `$1${inMinutes(-10).toISOString()}`),
    ],
    ['that was made in the future', () => edited(/( IssueInstant=")[^"]*/, `$1${inMinutes(10).toISOString()}`)],
    ['of a person who will sign in tomorrow', () => ({ authnInstant: inMinutes(1_440) })],
    ['of a session that is over', () => ({ sessionNotOnOrAfter: inMinutes(-4) })],
  ])('%s is refused [S35] [N57] [C48]', async (_name, response) => {
    await harness.refuses('SAML_TIME', { response });
  });

  it.each<[string, () => Response]>([
    ['two Conditions, one of which holds', () => edited(/<saml:Conditions .*<\/saml:Conditions>/, '$&$&')],
    ['a confirmation by a key that it does not name', () => edited(/cm:bearer/, 'cm:holder-of-key')],
    ['a zone offset', () => edited(/(NotBefore="[^"]*)Z"/, '$1+00:00"')],
  ])('is refused as no SAML with %s [S35] [N57] [C48]', async (_name, response) => {
    await harness.refuses('SAML_SCHEMA', { response });
  });

  it.each<[string, Response]>([
    ['has expired', { confirmationNotOnOrAfter: inMinutes(-4) }],
    ['has no end', { confirmationNotOnOrAfter: null }],
    ['has a beginning', edited(/<saml:SubjectConfirmationData/, `$& NotBefore="${inMinutes(-5).toISOString()}"`)],
    ['is vouched for by its sender', edited(/cm:bearer/, 'cm:sender-vouches')],
  ])('is refused where its confirmation %s while it is valid itself [S36] [N57]', async (_name, response) => {
    await harness.refuses('SAML_SUBJECT_CONF', { response: () => response });
  });

  it('is accepted with two confirmations of which one holds [S36] [N57]', async () => {
    const editAssertion = (xml: string) => {
      const confirmation = /<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/.exec(xml)?.[0] ?? '';
      return xml.replace(
        confirmation,
        confirmation.replace(/Recipient="[^"]*"/, 'Recipient="https://x.example"') + confirmation,
      );
    };
    await harness.accepts({ response: () => ({ editAssertion }) });
  });
});

import { newServiceProviderKey } from '../../src/keys/service-provider-keys.js';
import type { Begun, InboundMessage, UpstreamSamlConfig } from '../../src/login/contracts.js';
import { samlUpstream } from '../../src/protocols/saml/upstream.js';
import { readRedirect } from '../support/saml-identity-provider.js';
import { makeSamlKey } from '../support/saml-keys.js';
import { SAML_NOW, type SamlResponseOptions, samlResponse, toFormField } from '../support/saml-messages.js';
import { config as base } from '../unit/saml/message.js';
import { describeUpstream, type Fault, type UpstreamUnderTest } from './upstream.js';

async function start(): Promise<UpstreamUnderTest<UpstreamSamlConfig>> {
  const now = SAML_NOW;
  const [key, otherKey] = [await makeSamlKey(), await makeSamlKey()];
  const { entityId } = base.serviceProvider;
  const signing = { keyId: 'k', ...(await newServiceProviderKey('SIGNING', entityId, now)) };
  const serviceProvider = { ...base.serviceProvider, signing };
  const config = { ...base, serviceProvider, signingCertificates: [key.certificatePem] };
  const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
  const wrong: Readonly<Record<Fault, SamlResponseOptions>> = {
    'signed with a key of somebody else': { signing: { key: otherKey } },
    'not signed at all': { sign: 'none' },
    'by another issuer': { issuer: 'https://other.example' },
    'for another audience': { audience: 'https://other.example' },
    'in answer to another request': { inResponseTo: '_other' },
    'no longer valid': { notBefore: minutesAgo(20), notOnOrAfter: minutesAgo(10) },
    'from the future': { notBefore: minutesAgo(-10), notOnOrAfter: minutesAgo(-20) },
    'about nobody': { nameId: null },
    'an error of the identity provider': { status: ['Responder', 'AuthnFailed'], withoutAssertion: true, sign: 'none' },
  };

  function inbound(begun: Begun, over: SamlResponseOptions): InboundMessage {
    if (begun.message.kind !== 'redirect') throw new Error('The request goes by redirect.');
    const request = readRedirect(new URL(begun.message.url).search.slice(1), null);
    const xml = samlResponse({
      now,
      issuer: config.entityId,
      destination: request.acsUrl,
      inResponseTo: request.id,
      audience: request.issuer,
      nameId: 'person-1',
      nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      signing: { key },
      ...over,
    });
    const form = [
      ['SAMLResponse', toFormField(xml)],
      ['RelayState', request.relayState ?? ''],
    ] as const;
    return { method: 'POST', rawQuery: '', query: [], form };
  }

  return {
    upstream: samlUpstream,
    config,
    otherConfig: { ...config, entityId: 'https://other.example', signingCertificates: [otherKey.certificatePem] },
    now,
    issuer: config.entityId,
    subject: 'person-1',
    answer: async (begun, fault) => inbound(begun, fault === undefined ? {} : wrong[fault]),
    answerAuthenticatedAt: async (begun, authnInstant) => inbound(begun, { authnInstant }),
    codes: {
      'signed with a key of somebody else': 'SAML_CERT_UNKNOWN',
      'not signed at all': 'SAML_SIG_MISSING',
      'by another issuer': 'SAML_ISSUER',
      'for another audience': 'SAML_AUDIENCE',
      'in answer to another request': 'SAML_IRT',
      'no longer valid': 'SAML_TIME',
      'from the future': 'SAML_TIME',
      'about nobody': 'SUBJECT_MISSING',
      'an error of the identity provider': 'SAML_STATUS',
    },
    staleAuthentication: 'SAML_AUTHN',
    foreignConnection: 'SAML_CERT_UNKNOWN',
    foreignRequest: 'SAML_IRT',
    close: async () => {},
  };
}

describeUpstream('SAML', start);

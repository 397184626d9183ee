/** One document before the hub and before the others. */
import type { UpstreamSamlConfig } from '../../../src/login/contracts.js';
import { assertionFacts } from '../../../src/protocols/saml/facts.rules.js';
import type { ResponsePolicy } from '../../../src/protocols/saml/message.rules.js';
import { verifyResponse } from '../../../src/protocols/saml/response.js';
import {
  accepting,
  nodeSamlOpinion,
  type Opinion,
  type Question,
  refusing,
  samlifyOpinion,
  xmlCryptoOpinion,
} from '../saml-second-opinions.js';
import { nameId } from '../saml-verdict.js';
import type { XmlsecPool } from '../xmlsec-pool.js';

export interface Verdicts {
  /** Why it refuses is the code. */
  readonly ours: Opinion;
  readonly samlify: Opinion;
  readonly nodeSaml: Opinion;
  readonly xmlCrypto: Opinion;
  /** null: the machine has no xmlsec1. */
  readonly xmlsec: Opinion | null;
}

/** What the message says about its request is not of this comparison: the libraries are not asked about it either. */
export interface Trial {
  readonly question: Question;
  readonly policy: ResponsePolicy;
  readonly requestId: string;
}

export async function judge(trial: Trial, xmlsec: XmlsecPool | null): Promise<Verdicts> {
  const { question } = trial;
  const byXmlsec = xmlsec?.opinion(question);
  return {
    ours: hubOpinion(trial),
    samlify: await samlifyOpinion(question),
    nodeSaml: await nodeSamlOpinion(question),
    xmlCrypto: xmlCryptoOpinion(question),
    xmlsec: byXmlsec === undefined ? null : await byXmlsec,
  };
}

/** The verifier and all checks, as in a sign-in. */
export function hubOpinion({ question, policy, requestId }: Trial): Opinion {
  const response = verifyResponse(question.bytes, policy);
  if (!response.ok) return refusing(response.refusal.code);
  const { now } = policy;
  const pending = {
    kind: 'SAML',
    requestId,
    forceAuthn: false,
    requestedAt: new Date(now.getTime() - 60_000).toISOString(),
  } as const;
  const facts = assertionFacts({ ...response.value, config: configOf(question, policy), pending, now });
  if (!facts.ok) return refusing(facts.refusal.code);
  return accepting(nameId(response.value.assertion) ?? null);
}

function configOf(question: Question, policy: ResponsePolicy): UpstreamSamlConfig {
  const nobody = { keyId: 'none', privateKeyPem: '', certificatePem: '' };
  return {
    kind: 'SAML',
    partnerId: 'aurora',
    identityProviderId: 'aurora.main',
    entityId: question.issuer,
    ssoUrl: 'https://idp.example/sso',
    ssoBinding: 'POST',
    sloResponseUrl: null,
    sloBinding: null,
    signingCertificates: policy.signingCertificates,
    requireSigned: policy.requireSigned,
    requireEncrypted: policy.requireEncrypted,
    allowTrailingSignature: policy.allowTrailingSignature,
    algorithmExceptions: policy.algorithmExceptions,
    signRequests: false,
    nameIdFormat: null,
    requestedAuthnContext: [],
    subjectSource: { kind: 'NAME_ID' },
    clockSkewSeconds: question.skewSeconds,
    serviceProvider: {
      entityId: question.audience,
      acsUrl: question.acsUrl,
      sloUrl: 'https://hub.example/federation/saml/aurora.main/slo',
      signing: nobody,
      publishedSigningCertificates: [],
      decryption: [],
    },
  };
}

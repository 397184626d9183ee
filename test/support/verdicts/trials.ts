/** The documents of the page as they are put before the judges, all of one IdP and one hub. */
import { SAML_NOW } from '../saml-messages.js';
import { PERSON } from '../saml-verdict.js';
import type { XmlsecPool } from '../xmlsec-pool.js';
import { type Estate, type VerdictDocument, verdictGroups } from './documents.js';
import { judge, type Trial } from './judges.js';
import type { Found, FoundGroup } from './page.js';

const AUDIENCE = 'https://hub.example/federation/saml/aurora.main';

export function trialOf(
  saml: Estate,
  document: Pick<VerdictDocument, 'policy' | 'issuer'>,
  made: string | Buffer,
): Trial {
  const policy = saml.policy(document.policy?.(saml));
  return {
    policy,
    requestId: '_request-1',
    question: {
      bytes: Buffer.from(made as string),
      certificates: policy.signingCertificates,
      decryptionKey: saml.keys.hub.privateKeyPem,
      requireSigned: policy.requireSigned,
      issuer: document.issuer ?? 'https://idp.example/saml',
      audience: AUDIENCE,
      acsUrl: `${AUDIENCE}/acs`,
      now: SAML_NOW,
      skewSeconds: 60,
    },
  };
}

export async function judgeDocument(
  saml: Estate,
  document: VerdictDocument,
  xmlsec: XmlsecPool | null,
): Promise<Found> {
  const trial = trialOf(saml, document, document.make(saml));
  const { name, ids, signed = PERSON } = document;
  return { name, ids, signed, bytes: trial.question.bytes, verdicts: await judge(trial, xmlsec) };
}

export async function judgeAll(saml: Estate, xmlsec: XmlsecPool | null): Promise<FoundGroup[]> {
  const groups: FoundGroup[] = [];
  for (const { title, documents } of verdictGroups) {
    const found: Found[] = [];
    for (const document of documents) found.push(await judgeDocument(saml, document, xmlsec));
    groups.push({ title, found });
  }
  return groups;
}

/** Samples of other projects (`../shared/samples` beside the repository, or SAML_SAMPLES), at their own time with their keys. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ResponsePolicy } from '../../../src/protocols/saml/message.rules.js';
import { readUntrustedXml } from '../../../src/xml/index.js';
import { descendants } from '../saml-verdict.js';
import type { XmlsecPool } from '../xmlsec-pool.js';
import { judge } from './judges.js';
import type { Found, FoundGroup } from './page.js';

const folder = process.env.SAML_SAMPLES ?? resolve(import.meta.dirname, '../../../../shared/samples');
export const hasSamples = existsSync(join(folder, 'manifest.json'));

interface Sample {
  readonly file: string;
  readonly encoding?: string;
  readonly kind: string;
  readonly issueInstant?: string;
  readonly issuer?: string;
  readonly destination?: string;
  readonly key?: string;
}

const SHA1 = ['SHA1_SIGNATURE'] as const;

export async function judgeSamples(xmlsec: XmlsecPool | null): Promise<FoundGroup[]> {
  const { files } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { files: readonly Sample[] };
  const responses = files.filter(({ kind }) => kind === 'response');
  const groups: FoundGroup[] = [];
  for (const [title, exceptions] of [
    ['As they come', []],
    ['With SHA-1 and a Signature at the end allowed', SHA1],
  ] as const) {
    const found: Found[] = [];
    for (const sample of responses) found.push(await judgeSample(sample, exceptions, xmlsec));
    groups.push({ title, found });
  }
  return groups;
}

/** What they were asked is not in the samples: the request and the audience are taken from the message itself. */
async function judgeSample(
  sample: Sample,
  algorithmExceptions: ResponsePolicy['algorithmExceptions'],
  xmlsec: XmlsecPool | null,
): Promise<Found> {
  const raw = readFileSync(join(folder, sample.file));
  const bytes = sample.encoding === 'base64' ? Buffer.from(raw.toString('latin1'), 'base64') : raw;
  const text = bytes.toString('utf8');
  // The certificate of this one was made after the message that it signed is dated.
  const now = new Date(sample.file === 'dex/oam-resp.xml' ? '2026-07-03T00:00:00Z' : (sample.issueInstant ?? 0));
  const certificates = certificatesOf(sample.key);
  const requireSigned = 'EITHER' as const;
  const question = {
    ...{ bytes, certificates, decryptionKey: null, requireSigned, now, skewSeconds: 60 },
    issuer: sample.issuer ?? '',
    audience: /Audience>([^<]*)</.exec(text)?.[1] ?? '',
    acsUrl: sample.destination ?? '',
  };
  const policy = {
    ...{ signingCertificates: certificates, requireSigned, requireEncrypted: false, now, algorithmExceptions },
    decryptionKeys: [],
    allowTrailingSignature: algorithmExceptions.length > 0,
  };
  const requestId = /InResponseTo="([^"]*)"/.exec(text)?.[1] ?? '_none';
  const verdicts = await judge({ question, policy, requestId }, xmlsec);
  return { name: sample.file, ids: [], bytes, verdicts, signed: null };
}

function certificatesOf(file: string | undefined): string[] {
  if (file === undefined) return [];
  const bytes = readFileSync(join(folder, file));
  if (bytes.includes('-----BEGIN CERTIFICATE-----')) return [bytes.toString('utf8')];
  const metadata = readUntrustedXml(bytes);
  if (!metadata.ok) throw new Error(JSON.stringify(metadata.refusal));
  return descendants(metadata.value)
    .filter((one) => one.localName === 'X509Certificate')
    .map((one) => one.text.replace(/\s+/g, '').replace(/.{64}/g, '$&\n').trim())
    .map((one) => `-----BEGIN CERTIFICATE-----\n${one}\n-----END CERTIFICATE-----\n`);
}

/** xmlsec1, the XML security tool of Debian, where the machine has it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const IDS = ['protocol:Response', 'protocol:LogoutRequest', 'protocol:LogoutResponse', 'protocol:AuthnRequest'];
export const ID_ATTRIBUTES = [
  ...IDS.map((name) => `urn:oasis:names:tc:SAML:2.0:${name}`),
  'urn:oasis:names:tc:SAML:2.0:assertion:Assertion',
  'urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor',
].flatMap((name) => ['--id-attr:ID', name]);

export const hasXmlsec = spawnSync('xmlsec1', ['--version']).status === 0;

/** Added to the name of a suite that cannot run. */
export const xmlsecNote = hasXmlsec ? '' : ' (skipped: no xmlsec1 on this machine)';

interface Run {
  readonly accepted: boolean;
  readonly stdout: string;
  readonly log: string;
}

function run(xml: string, files: Readonly<Record<string, string>>, args: readonly string[]): Run {
  const folder = mkdtempSync(join(tmpdir(), 'entente-xmlsec-'));
  try {
    for (const [name, text] of Object.entries({ ...files, 'message.xml': xml }))
      writeFileSync(join(folder, name), text);
    const { status, stdout, stderr } = spawnSync('xmlsec1', [...args, 'message.xml'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return { accepted: status === 0, stdout, log: stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Checks the signature inside the element of that path, with the key of the certificate alone. */
export function xmlsecVerify(xml: string, certificatePem: string, path: string): Run {
  const signature = `${path}/*[local-name()='Signature']`;
  const key = ['--pubkey-cert-pem', 'certificate.pem', '--enabled-key-data', 'rsa,ec'];
  const args = ['--verify', ...key, ...ID_ATTRIBUTES, '--node-xpath', signature];
  return run(xml, { 'certificate.pem': certificatePem }, args);
}

/** Opens what is encrypted; the whole document comes back in clear. */
export function xmlsecDecrypt(xml: string, privateKeyPem: string): Run {
  const args = ['--decrypt', '--privkey-pem', 'key.pem', '--node-xpath', "//*[local-name()='EncryptedData']"];
  return run(xml, { 'key.pem': privateKeyPem }, args);
}

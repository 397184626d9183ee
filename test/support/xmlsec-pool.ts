/** xmlsec1 over many documents: several processes at a time, one folder, nothing on the network. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accepting, type Opinion, type Question, refusing } from './saml-second-opinions.js';
import { ID_ATTRIBUTES } from './xmlsec.js';

/** More signatures than any message of the suite has; the rest would tell nothing new. */
const MAX_SIGNATURES = 6;
const ENOUGH = 3;

interface Run {
  readonly accepted: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

export class XmlsecPool {
  readonly #folder = mkdtempSync(join(tmpdir(), 'entente-xmlsec-'));
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #files = 0;

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /**
   * Whether there is a signature and every one verifies with a pinned key, the content being opened first where it is
   * encrypted. Of SAML it is told which attributes are IDs, and nothing else.
   */
  async opinion({ bytes, certificates, decryptionKey }: Question): Promise<Opinion> {
    const message = this.#file(bytes);
    const outer = await this.#every(message, bytes.toString('utf8'), '', certificates);
    const isEncrypted = /<(\w+:)?EncryptedData[\s>]/.test(bytes.toString('utf8'));
    if (!isEncrypted || decryptionKey === null || outer.failed) return outer.opinion;
    const args = ['--privkey-pem', this.#file(decryptionKey), '--node-xpath', "//*[local-name()='EncryptedData']"];
    const opened = await this.#run(['--decrypt', ...args, message]);
    if (!opened.accepted) return refusing(`decryption: ${lastLine(opened.stderr)}`);
    const inside = "//*[local-name()='Assertion']";
    const inner = await this.#every(this.#file(opened.stdout), opened.stdout, inside, certificates);
    return inner.failed || inner.opinion.accepts ? inner.opinion : outer.opinion;
  }

  /** All signatures below a path. */
  async #every(file: string, text: string, below: string, certificates: readonly string[]) {
    const count = text.match(/<(\w+:)?Signature[\s>]/g)?.length ?? 0;
    const all = below === '' ? "//*[local-name()='Signature']" : `${below}/*[local-name()='Signature']`;
    let seen = 0;
    for (let at = 1; at <= Math.min(count, MAX_SIGNATURES); at += 1) {
      const found = await this.#one(file, `(${all})[${at}]`, certificates);
      if (found === null) break;
      if (!found.accepts) return { opinion: found, failed: true };
      seen += 1;
    }
    return { opinion: seen === 0 ? refusing('there is no signature') : accepting(), failed: false };
  }

  /** null: there is no such signature. */
  async #one(file: string, path: string, certificates: readonly string[]): Promise<Opinion | null> {
    let why = 'no pinned certificate';
    for (const certificate of certificates) {
      const key = ['--pubkey-cert-pem', this.#file(certificate), '--enabled-key-data', 'rsa,ec'];
      const limits = ['--enabled-reference-uris', 'empty,same-doc'];
      const { accepted, stderr } = await this.#run([
        ...['--verify', ...key, ...limits, ...ID_ATTRIBUTES],
        ...['--node-xpath', path, file],
      ]);
      if (accepted) return accepting();
      if (stderr.includes('does not return a single node')) return null;
      why = lastLine(stderr);
    }
    return refusing(why);
  }

  #file(content: string | Buffer): string {
    this.#files += 1;
    const name = join(this.#folder, `${this.#files}`);
    writeFileSync(name, content);
    return name;
  }

  async #run(args: readonly string[]): Promise<Run> {
    if (this.#running >= ENOUGH) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
    try {
      return await new Promise((resolve) => {
        execFile('xmlsec1', [...args], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
          resolve({ accepted: error === null, stdout, stderr });
        });
      });
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

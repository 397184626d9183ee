/**
 * What the demonstration must know again after a restart: the key of its SAML IdP and the secrets that the hub shows
 * once. One file below the data directory, for its owner alone.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newServiceProviderKey } from '../keys/service-provider-keys.js';
import { type DemonstrationApplication, SAML_ENTITY_ID } from './estate.js';

export interface DemonstrationSecrets {
  readonly saml: { readonly privateKeyPem: string; readonly certificatePem: string };
  /** Of the hub, at the OpenID Provider. */
  readonly openIdClientSecret: string;
  /** Of the applications, at the hub: by slug, absent before the application was created. */
  readonly applications: Readonly<Partial<Record<DemonstrationApplication['slug'], string>>>;
}

export class SecretFile {
  readonly #path: string;

  constructor(dataDir: string) {
    this.#path = join(dataDir, 'demonstration.json');
  }

  /** The secrets of the last start, or new ones. A file that cannot be read counts as none: nothing hangs on it. */
  async load(now: Date): Promise<{ readonly secrets: DemonstrationSecrets; readonly areNew: boolean }> {
    const kept = this.#read();
    if (kept !== null) return { secrets: kept, areNew: false };
    const saml = await newServiceProviderKey('SIGNING', SAML_ENTITY_ID, now);
    const openIdClientSecret = randomBytes(32).toString('base64url');
    return { secrets: { saml, openIdClientSecret, applications: {} }, areNew: true };
  }

  save(secrets: DemonstrationSecrets): void {
    mkdirSync(join(this.#path, '..'), { recursive: true });
    writeFileSync(this.#path, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  }

  #read(): DemonstrationSecrets | null {
    try {
      const { saml, openIdClientSecret, applications } = JSON.parse(readFileSync(this.#path, 'utf8'));
      const isWhole =
        typeof saml?.privateKeyPem === 'string' &&
        typeof saml?.certificatePem === 'string' &&
        typeof openIdClientSecret === 'string' &&
        typeof applications === 'object';
      return isWhole ? { saml, openIdClientSecret, applications } : null;
    } catch {
      return null;
    }
  }
}

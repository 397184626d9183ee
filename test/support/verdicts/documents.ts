/** The documents of docs/security/saml-verdicts.md: what they have in common, and the whole list. */
import type { ResponsePolicy } from '../../../src/protocols/saml/message.rules.js';
import { catalogue } from '../../attacks/saml/catalogue/index.js';
import { makeSamlKey, type SamlTestKey } from '../saml-keys.js';
import { Harness, makeKeys } from '../saml-verdict.js';
import { forms } from './forms.js';
import { meanings } from './meanings.js';
import { shapes } from './shapes.js';
import { signatures } from './signatures.js';
import { texts } from './texts.js';

/** The usual IdP and hub, and IdPs with other keys. */
export class Estate extends Harness {
  readonly curve: SamlTestKey;
  readonly weak: SamlTestKey;
  readonly expired: SamlTestKey;

  private constructor(keys: Harness['keys'], curve: SamlTestKey, weak: SamlTestKey, expired: SamlTestKey) {
    super(keys);
    this.curve = curve;
    this.weak = weak;
    this.expired = expired;
  }

  static async make(): Promise<Estate> {
    const [keys, curve, weak, expired] = await Promise.all([
      makeKeys(),
      makeSamlKey({ kind: 'EC' }),
      makeSamlKey({ bits: 1024 }),
      makeSamlKey({ notAfter: new Date('2021-01-01T00:00:00Z') }),
    ]);
    return new Estate(keys, curve, weak, expired);
  }
}

export interface VerdictDocument {
  readonly name: string;
  /** Rows of the threat table, where it is an attack. */
  readonly ids: readonly string[];
  readonly make: (saml: Estate) => string | Buffer;
  readonly policy?: (saml: Estate) => Partial<ResponsePolicy>;
  /** Entity ID of the IdP that is expected. */
  readonly issuer?: string;
  /** Who was signed for, where it is somebody else than the usual person. */
  readonly signed?: string;
}

export interface VerdictGroup {
  readonly title: string;
  readonly documents: readonly VerdictDocument[];
}

/** Floods are left out: they prove a bound of time, which the others do not have; samlify would take minutes for each. */
const isFlood = (ids: readonly string[], name: string) =>
  ids.includes('S20') || ids.includes('S21') || name.startsWith('10,000');

const attacks: readonly VerdictDocument[] = catalogue
  .filter(({ ids, name }) => !isFlood(ids, name))
  .map(({ ids, name, make, policy = {} }) => ({ ids, name, make, policy: () => policy }));

export const verdictGroups: readonly VerdictGroup[] = [
  { title: 'Honest messages in all forms', documents: forms },
  { title: 'Honest messages in the manner of products', documents: shapes },
  { title: 'What the message means', documents: meanings },
  { title: 'What a signature is made of', documents: signatures },
  { title: 'Text that is read in two ways', documents: texts },
  { title: 'The catalogue of attacks', documents: attacks },
];

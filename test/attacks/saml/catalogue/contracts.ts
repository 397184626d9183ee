/**
 * One entry of the catalogue of attacks: a document one change away from an honest message, and what the verifier must
 * say to it. Every reader can be asked the same (`index.ts` lists all of them).
 */
import type { ResponsePolicy } from '../../../../src/protocols/saml/message.rules.js';
import type { ErrorCode } from '../../../../src/shared/error-catalogue.js';
import type { SamlResponseOptions } from '../../../support/saml-messages.js';
import type { Harness } from '../../../support/saml-verdict.js';
import { swap } from '../../../support/xml-text.js';

export interface AttackDocument {
  /** Rows of the threat table (`rows.json`): S.. for what is done, L.. for what stops it. */
  readonly ids: readonly string[];
  /** Part of a sentence: "refuses …". */
  readonly name: string;
  readonly code: ErrorCode | 'accept';
  /** The message that was changed: accepted under the same policy. */
  honest(saml: Harness): string;
  make(saml: Harness): string | Buffer;
  readonly policy?: Partial<ResponsePolicy>;
}

export type Signed = 'assertion' | 'response' | 'both';
type Honest = AttackDocument['honest'];

export const signedAs: Readonly<Record<Signed, Honest>> = {
  assertion: (saml) => saml.message('assertion'),
  response: (saml) => saml.message('response'),
  both: (saml) => saml.message('both'),
};

/** A message that somebody changed after it was signed. `ids` are separated by spaces. */
export function attack(
  ids: string,
  name: string,
  code: AttackDocument['code'],
  change: (xml: string, saml: Harness) => string | Buffer,
  honest: Honest = signedAs.assertion,
  policy: Partial<ResponsePolicy> = {},
): AttackDocument {
  return { ids: ids.split(' '), name, code, honest, make: (saml) => change(honest(saml), saml), policy };
}

/** A message that its sender signs as it is: only what it says is changed. */
export function said(
  ids: string,
  name: string,
  code: AttackDocument['code'],
  options: (saml: Harness) => SamlResponseOptions,
  sign: Signed = 'assertion',
): AttackDocument {
  const make = (saml: Harness) => saml.message(sign, options(saml));
  return { ids: ids.split(' '), name, code, honest: signedAs[sign], make };
}

/** The same change to messages that are signed in every way. */
export function everySign(
  ids: string,
  name: string,
  code: AttackDocument['code'],
  change: (xml: string, saml: Harness) => string,
): AttackDocument[] {
  return (['assertion', 'response', 'both'] as const).map((sign) =>
    attack(ids, `${name}, signed: ${sign}`, code, change, signedAs[sign]),
  );
}

/** A change of the first match, which must be there. */
export function replacing(from: string | RegExp, to: string): (xml: string) => string {
  return (xml) => swap(xml, from, to);
}

/** One answer of an IdP on its way through the checks: what was verified, what was asked, and when it came. */
import type { SamlAlgorithmException, UpstreamPending, UpstreamSamlConfig } from '../../login/contracts.js';
import { type Refusal, refusal } from '../../shared/refusal.js';
import type { VerifiedElement, XmlElement } from '../../xml/contracts.js';
import { parseInstant } from './instant.rules.js';

export interface ResponsePolicy {
  /** Pinned certificates, PEM: the only keys that a signature is checked with. */
  readonly signingCertificates: readonly string[];
  /** Which signatures must be there; any that is there must be valid. */
  readonly requireSigned: 'RESPONSE' | 'ASSERTION' | 'BOTH' | 'EITHER';
  readonly requireEncrypted: boolean;
  readonly allowTrailingSignature: boolean;
  /** Private keys, PEM, tried in turn. */
  readonly decryptionKeys: readonly string[];
  /** Old algorithms that an operator lets this one IdP use. */
  readonly algorithmExceptions: readonly SamlAlgorithmException[];
  readonly now: Date;
}

export interface VerifiedResponse {
  readonly assertion: VerifiedElement;
  /** SHA-256, hex, over the verified canonical bytes of the assertion. */
  readonly digest: string;
  /**
   * The Response without its assertion: signed only where `responseIsSigned`. It is no VerifiedElement, so that checks can
   * refuse by it and nothing can be taken from it.
   */
  readonly envelope: XmlElement;
  readonly responseIsSigned: boolean;
  readonly wasEncrypted: boolean;
}

export type PendingSaml = Extract<UpstreamPending, { kind: 'SAML' }>;

export interface SamlMessage extends VerifiedResponse {
  readonly config: UpstreamSamlConfig;
  readonly pending: PendingSaml;
  readonly now: Date;
}

/** What a check needs of a message. null: nothing is against it. */
export type Check = (message: SamlMessage) => Refusal | null;

/** What a connection demands of the bytes of a response. */
export function responsePolicy(config: UpstreamSamlConfig, now: Date): ResponsePolicy {
  return {
    signingCertificates: config.signingCertificates,
    requireSigned: config.requireSigned,
    requireEncrypted: config.requireEncrypted,
    allowTrailingSignature: config.allowTrailingSignature,
    algorithmExceptions: config.algorithmExceptions,
    decryptionKeys: config.serviceProvider.decryption.map(({ privateKeyPem }) => privateKeyPem),
    now,
  };
}

/** No assertion of a login is valid for longer than a day from now: what is, would have to be remembered for as long. */
export const MAX_VALIDITY_MS = 24 * 3_600_000;

/** The window of `now`, widened by the skew both ways. Instants at its edges: valid from, not valid on or after. */
export class Moment {
  readonly #now: number;
  readonly #skew: number;

  constructor({ now, config }: { readonly now: Date; readonly config: Pick<UpstreamSamlConfig, 'clockSkewSeconds'> }) {
    this.#now = now.getTime();
    this.#skew = config.clockSkewSeconds * 1000;
  }

  /** `instant` may lie ahead by the skew of the clocks and no further. */
  hasCome(instant: number): boolean {
    return instant <= this.#now + this.#skew;
  }

  /** An end of validity is over on the instant itself, the skew granted (SAML core, section 2.5.1.2). */
  isOver(end: number): boolean {
    return this.#now - this.#skew >= end;
  }

  isTooFarAhead(end: number): boolean {
    return end > this.#now + this.#skew + MAX_VALIDITY_MS;
  }

  /** `instant` is not before `other`, the skew granted. */
  isSince(instant: number, other: number): boolean {
    return instant >= other - this.#skew;
  }
}

/** The instant of an attribute: null where it is absent, NaN where it is no instant. */
export function instantOf(text: string | null): number | null {
  return text === null ? null : (parseInstant(text) ?? Number.NaN);
}

export function timeRefusal(detail: string, facts: Refusal['facts'] = {}): Refusal {
  return refusal('SAML_TIME', detail, facts);
}

/** One IdP, one hub with its policy, and what the hub makes of a message. */

import type { ResponsePolicy, VerifiedResponse } from '../../src/protocols/saml/message.rules.js';
import { verifyResponse } from '../../src/protocols/saml/response.js';
import type { Refusal } from '../../src/shared/refusal.js';
import type { XmlElement } from '../../src/xml/index.js';
import { makeSamlKey, type SamlTestKey } from './saml-keys.js';
import { SAML_NOW, type SamlResponseOptions, samlResponse } from './saml-messages.js';
import { swap } from './xml-text.js';

export const PERSON = 'ada@aurora.example';
export const FORGED = 'mallory@evil.example';

export interface Keys {
  readonly idp: SamlTestKey;
  readonly hub: SamlTestKey;
  readonly attacker: SamlTestKey;
}

export async function makeKeys(): Promise<Keys> {
  const [idp, hub, attacker] = await Promise.all([makeSamlKey(), makeSamlKey(), makeSamlKey()]);
  return { idp, hub, attacker };
}

/** What surrounds the messages of a harness. */
export interface World {
  /** What every honest message says, where a test says nothing else. */
  readonly honest?: SamlResponseOptions;
  /** Where hostile documents point: an origin that nothing may ever connect to. */
  readonly elsewhere?: string;
}

export class Harness {
  readonly keys: Keys;
  readonly elsewhere: string;
  readonly #honest: SamlResponseOptions;

  constructor(keys: Keys, { honest = {}, elsewhere = 'http://127.0.0.1:1' }: World = {}) {
    this.keys = keys;
    this.elsewhere = elsewhere;
    this.#honest = honest;
  }

  policy(changes: Partial<ResponsePolicy> = {}): ResponsePolicy {
    return {
      signingCertificates: [this.keys.idp.certificatePem],
      requireSigned: 'EITHER',
      requireEncrypted: false,
      allowTrailingSignature: false,
      decryptionKeys: [this.keys.hub.privateKeyPem],
      algorithmExceptions: [],
      now: SAML_NOW,
      ...changes,
    };
  }

  /** An honest message of the IdP. */
  message(sign: 'response' | 'assertion' | 'both', options: SamlResponseOptions = {}): string {
    return samlResponse({ sign, signing: { key: this.keys.idp }, ...this.#honest, ...options });
  }

  encrypted(sign: 'response' | 'assertion' | 'both' | 'none', options: SamlResponseOptions = {}): string {
    const encryption = { certificatePem: this.keys.hub.certificatePem, ...options.encryption };
    return samlResponse({ sign, signing: { key: this.keys.idp }, ...this.#honest, ...options, encryption });
  }

  verify(xml: string | Uint8Array, changes: Partial<ResponsePolicy> = {}) {
    return verifyResponse(typeof xml === 'string' ? Buffer.from(xml, 'utf8') : xml, this.policy(changes));
  }

  accepted(xml: string | Uint8Array, changes: Partial<ResponsePolicy> = {}): VerifiedResponse {
    const result = this.verify(xml, changes);
    if (!result.ok) throw new Error(`Refused: ${JSON.stringify(result.refusal)}`);
    return result.value;
  }

  /** The code of the refusal. Nothing of the message may be in what is recorded. */
  code(xml: string | Uint8Array, changes: Partial<ResponsePolicy> = {}): string {
    const refused = this.refusal(xml, changes);
    const recorded = JSON.stringify(refused);
    for (const secret of [PERSON, FORGED, this.keys.idp.certificateBase64.slice(0, 40), '<']) {
      if (recorded.includes(secret)) throw new Error(`The refusal repeats the message: ${recorded}`);
    }
    return refused.code;
  }

  refusal(xml: string | Uint8Array, changes: Partial<ResponsePolicy> = {}): Refusal {
    const result = this.verify(xml, changes);
    if (result.ok) throw new Error(`Accepted for ${nameId(result.value.assertion)}.`);
    return result.refusal;
  }
}

/** The message as an attacker would like it: another person, the rest untouched. */
export function forge(assertion: string, id = '_evil-1'): string {
  return swap(swap(assertion, PERSON, FORGED), / ID="[^"]*"/, ` ID="${id}"`);
}

export function nameId(assertion: XmlElement): string | undefined {
  return descendants(assertion).find((one) => one.localName === 'NameID')?.text;
}

export function descendants(element: XmlElement): XmlElement[] {
  return [element, ...element.children.flatMap(descendants)];
}

/** Plain data of an element, for comparing. */
export function plain(element: XmlElement): unknown {
  const attributes = element.attributes.map(({ namespace, localName, value }) =>
    [namespace, localName, value].join(' '),
  );
  return [element.namespace, element.localName, attributes.sort(), element.text, element.children.map(plain)];
}

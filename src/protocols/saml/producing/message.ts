/** What every request and every answer of the hub begins with (SAML core, sections 3.2.1 and 3.2.2). */
import { randomBytes } from 'node:crypto';
import { statusCodes } from '../names.rules.js';
import { Markup } from './markup.rules.js';

export interface Sender {
  /** entityID of the side that speaks. */
  readonly issuer: string;
  readonly destination: string;
  readonly now: Date;
}

export interface Status {
  readonly code: string;
  readonly subcode: string | null;
  /** For people who read logs; never a fact about another person or another tenant. */
  readonly message: string | null;
}

export const success: Status = { code: statusCodes.success, subcode: null, message: null };

/** 160 random bits; an ID is an NCName and begins with no digit (SAML core, section 1.3.4). */
export function newMessageId(): string {
  return `_${randomBytes(20).toString('hex')}`;
}

export function headOf(id: string, { destination, now }: Sender): Readonly<Record<string, string>> {
  return { ID: id, Version: '2.0', IssueInstant: now.toISOString(), Destination: destination };
}

export function issuerElement(issuer: string): Markup {
  return Markup.element('saml:Issuer', {}, issuer);
}

export interface NameId {
  readonly value: string;
  readonly format: string | null;
  readonly nameQualifier: string | null;
  readonly spNameQualifier: string | null;
}

export function nameIdElement({ value, format, nameQualifier, spNameQualifier }: NameId): Markup {
  const attributes = { Format: format, NameQualifier: nameQualifier, SPNameQualifier: spNameQualifier };
  return Markup.element('saml:NameID', attributes, value);
}

export function statusElement({ code, subcode, message }: Status): Markup {
  const below = subcode === null ? [] : [Markup.element('samlp:StatusCode', { Value: subcode })];
  return Markup.element('samlp:Status', {}, [
    Markup.element('samlp:StatusCode', { Value: code }, below),
    ...(message === null ? [] : [Markup.element('samlp:StatusMessage', {}, message)]),
  ]);
}

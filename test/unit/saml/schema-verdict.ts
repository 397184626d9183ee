/** Documents one change away from a valid one, and what the strict reader of the schema says of them. */
import { refuseSchema } from '../../../src/protocols/saml/schema/index.js';
import { readUntrustedXml } from '../../../src/xml/index.js';
import { samlResponse } from '../../support/saml-messages.js';

export function verdict(xml: string): string {
  const document = readUntrustedXml(Buffer.from(xml));
  if (!document.ok) throw new Error(`Unreadable: ${document.refusal.code}`);
  const refused = refuseSchema(document.value);
  if (refused === null) return 'valid';
  expect(refused.code).toBe('SAML_SCHEMA');
  return `${refused.facts?.element} ${refused.facts?.problem}`;
}

/** As `replace` does, `$&` and all; a change that changes nothing is a mistake of the test. */
export function swap(xml: string, from: string | RegExp, to: string): string {
  const changed = xml.replace(from, to);
  if (changed === xml && !xml.includes(to)) throw new Error(`Nothing to change: ${from}`);
  return changed;
}

export const honest = samlResponse();
export const NAME_ID = />ada@aurora\.example<\/saml:NameID>/;
export const EMAIL = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
export const format = (uri: string, value: string) =>
  swap(swap(honest, `Format="${EMAIL}"`, `Format="${uri}"`), NAME_ID, `>${value}</saml:NameID>`);
export const saml20 = (name: string) => `urn:oasis:names:tc:SAML:2.0:nameid-format:${name}`;
export const saml11 = (name: string) => `urn:oasis:names:tc:SAML:1.1:nameid-format:${name}`;
export const attribute = (xml: string) =>
  swap(honest, '</saml:AttributeStatement>', `${xml}</saml:AttributeStatement>`);
export const value = (attributes: string, text: string) =>
  attribute(
    `<saml:Attribute Name="x"><saml:AttributeValue ${attributes}>${text}</saml:AttributeValue></saml:Attribute>`,
  );
export const condition = (xml: string) => swap(honest, '</saml:Conditions>', `${xml}</saml:Conditions>`);
export const statement = (xml: string) => swap(honest, '</saml:Assertion>', `${xml}</saml:Assertion>`);

export const action = (set: string, ...actions: readonly string[]) =>
  statement(
    `<saml:AuthzDecisionStatement Resource="" Decision="Permit">${actions
      .map((one) => `<saml:Action Namespace="urn:oasis:names:tc:SAML:1.0:action:${set}">${one}</saml:Action>`)
      .join('')}</saml:AuthzDecisionStatement>`,
  );

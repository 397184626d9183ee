/** What the hub could send as either side of SAML, for tests that hand it to readers of others. */
import type { SamlKeyPair } from '../../src/login/contracts.js';
import { attributeNameFormats, nameIdFormats } from '../../src/protocols/saml/names.rules.js';
import type { AssertionAddress, AssertionToState } from '../../src/protocols/saml/producing/assertion.js';
import type { SamlTestKey } from './saml-keys.js';

export const IDP = 'https://hub.example/saml/metadata';
export const SP = 'https://app.example/saml';
export const ACS = 'https://app.example/saml/acs';

/** What XML escapes, folds, or could be read as markup, in every spelling; each survives a round trip. */
export const HOSTILE = [
  `"><saml:Evil xmlns:saml="x">&amp;]]>'`,
  '</saml:AttributeValue></saml:Attribute><saml:Attribute Name="role"><saml:AttributeValue>admin',
  '<![CDATA[x]]><!-- x --><?x y?>&#x41;&lt;&evil;',
  ' a\r\nb\tc\rd ',
  '{Issuer}{AttributeStatement}$& $1 %s',
  '愛\u00a0\u0085\u2028\u202e\u{1f680}é愛',
];

export function keyPair(key: SamlTestKey, keyId = 'key'): SamlKeyPair {
  return { keyId, privateKeyPem: key.privateKeyPem, certificatePem: key.certificatePem };
}

export function address(now: Date, over: Partial<AssertionAddress> = {}): AssertionAddress {
  return { issuer: IDP, audience: SP, recipient: ACS, inResponseTo: '_request-1', now, ...over };
}

export function statement(now: Date, over: Partial<AssertionToState> = {}): AssertionToState {
  return {
    nameId: {
      value: 'b3f1-person-1',
      format: nameIdFormats.persistent,
      nameQualifier: IDP,
      spNameQualifier: SP,
    },
    validSeconds: 300,
    authenticatedAt: now,
    sessionIndex: '_session-1',
    sessionUntil: new Date(now.getTime() + 3_600_000),
    contextClass: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    attributes: [
      {
        name: 'urn:oid:0.9.2342.19200300.100.1.3',
        nameFormat: attributeNameFormats.uri,
        friendlyName: 'mail',
        values: ['ada@aurora.example'],
      },
      { name: 'groups', nameFormat: attributeNameFormats.basic, friendlyName: null, values: ['one', 'two'] },
    ],
    ...over,
  };
}

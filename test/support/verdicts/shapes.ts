/** Responses in the manner of well-known products, and the same with another person in them. */
import { samlShapes } from '../saml-shapes.js';
import { FORGED, PERSON } from '../saml-verdict.js';
import { swap } from '../xml-text.js';
import type { VerdictDocument } from './documents.js';

const issuers: Readonly<Record<string, string>> = {
  'AD FS': 'http://sts.aurora.example/adfs/services/trust',
  'Microsoft Entra': 'https://sts.windows.net/2f4a1c00-0000-4000-8000-000000000001/',
  Okta: 'http://www.okta.com/exk1',
  OneLogin: 'https://app.onelogin.com/saml/metadata/1',
  'Oracle Access Manager': 'https://oam.aurora.example/oam/fed',
};

const windows: VerdictDocument = {
  name: 'OneLogin, with the line ends of Windows, which are one character to XML',
  ids: ['S12'],
  issuer: issuers.OneLogin ?? '',
  make: (saml) => {
    const shape = samlShapes.find(({ name }) => name === 'OneLogin');
    return (shape?.make({ key: saml.keys.idp }) ?? '').replaceAll('\n', '\r\n');
  },
};

const products: readonly VerdictDocument[] = samlShapes.flatMap(({ name, make, policy = {} }) => {
  const issuer = issuers[name] ?? '';
  return [
    { name, ids: [], issuer, make: (saml) => make({ key: saml.keys.idp }), policy: () => policy },
    {
      name: `${name}, another person in it`,
      ids: ['S11'],
      issuer,
      make: (saml) => swap(make({ key: saml.keys.idp }), `>${PERSON}</`, `>${FORGED}</`),
      policy: () => policy,
    },
  ];
});

export const shapes: readonly VerdictDocument[] = [...products, windows];

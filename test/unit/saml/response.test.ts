import type { ResponsePolicy } from '../../../src/protocols/saml/message.rules.js';
import { verifyResponse } from '../../../src/protocols/saml/response.js';
import { makeSamlKey, type SamlTestKey } from '../../support/saml-keys.js';
import { SAML_NOW, samlResponse } from '../../support/saml-messages.js';

let idp: SamlTestKey;
let hub: SamlTestKey;
beforeAll(async () => {
  idp = await makeSamlKey();
  hub = await makeSamlKey();
});
function policy(changes: Partial<ResponsePolicy> = {}): ResponsePolicy {
  return {
    signingCertificates: [idp.certificatePem],
    requireSigned: 'EITHER',
    requireEncrypted: false,
    allowTrailingSignature: false,
    decryptionKeys: [hub.privateKeyPem],
    algorithmExceptions: [],
    now: SAML_NOW,
    ...changes,
  };
}
describe('a response', () => {
  it.each(['response', 'assertion', 'both'] as const)('is verified when it is signed: %s [N12]', (sign) => {
    const result = verifyResponse(Buffer.from(samlResponse({ sign, signing: { key: idp } })), policy());
    expect(result).toMatchObject({ ok: true });
  });
  it.each(['response', 'assertion', 'both'] as const)('is verified when it is encrypted and signed: %s', (sign) => {
    const result = verifyResponse(
      Buffer.from(samlResponse({ sign, signing: { key: idp }, encryption: { certificatePem: hub.certificatePem } })),
      policy(),
    );
    expect(result).toMatchObject({ ok: true });
  });
});

it('is refused, and nothing is thrown, where something breaks that should not [L8]', () => {
  const broken: ResponsePolicy = {
    ...policy(),
    get signingCertificates(): readonly string[] {
      throw new TypeError('it has broken');
    },
  };
  const result = verifyResponse(Buffer.from(samlResponse({ sign: 'both', signing: { key: idp } })), broken);
  expect(result).toMatchObject({ ok: false, refusal: { code: 'SAML_MALFORMED', facts: { fault: 'TypeError' } } });
  expect(JSON.stringify(result)).not.toContain('it has broken');
});

/** What stands around a ciphertext: it counts as far as a checked signature covers it, and shares no ID with what is inside. */
import { Harness, makeKeys, nameId, PERSON } from '../../support/saml-verdict.js';
import { swap } from '../../support/xml-text.js';

let saml: Harness;
beforeAll(async () => {
  saml = new Harness(await makeKeys());
});

describe('the ciphertext of a signed Response is that of the signed octets', () => {
  const XSI = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
  /** An assertion that leans on a prefix which the Response declares and does not use. */
  const leaning = (prefixList: readonly string[]) =>
    saml.encrypted('response', {
      encryption: { certificatePem: saml.keys.hub.certificatePem, editPlaintext: (xml) => swap(xml, XSI, '') },
      editResponse: (xml) => swap(xml, '<samlp:Response ', `<samlp:Response${XSI} `),
      signing: { key: saml.keys.idp, prefixList },
    });

  it('so that a declaration which the signature leaves out binds nothing inside [S11] [S13]', () => {
    const message = leaning([]);
    expect(saml.code(message)).toBe('SAML_XML_NAMESPACE');
    // Whoever carries the message could bind it to anything.
    expect(saml.code(swap(message, XSI, ' xmlns:xsi="urn:evil"'))).toBe('SAML_XML_NAMESPACE');
  });

  it('and a declaration which it covers does', () => {
    const message = leaning(['xsi']);
    expect(nameId(saml.accepted(message).assertion)).toBe(PERSON);
    expect(saml.code(swap(message, XSI, ' xmlns:xsi="urn:evil"'))).toBe('SAML_SIG_INVALID');
  });
});

it('an ID of what stands around is not repeated inside, signed or not [S42]', () => {
  const named = (id: string) => `<q:x xmlns:q="urn:q" ID="${id}"/>`;
  for (const sign of ['both', 'assertion'] as const) {
    for (const id of ['_inner-assertion', '_inner-value']) {
      const repeated = saml.encrypted(sign, {
        assertionId: '_inner-assertion',
        editAssertion: (xml) => swap(xml, 'engineers', named('_inner-value')),
        editResponse: (xml) =>
          swap(xml, '<samlp:Status>', `<samlp:Extensions>${named(id)}</samlp:Extensions><samlp:Status>`),
      });
      expect(saml.code(repeated)).toBe('SAML_DUP_ID');
    }
  }
});

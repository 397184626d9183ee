import { aurora } from '../../../src/demonstration/estate.js';
import { samlResponse } from '../../../src/demonstration/saml-response.js';
import { newServiceProviderKey } from '../../../src/keys/service-provider-keys.js';
import { verifyResponse } from '../../../src/protocols/saml/response.js';

const now = new Date('2026-03-01T12:00:00Z');
const entityId = 'http://127.0.0.1:4012/metadata';
const keys = await newServiceProviderKey('SIGNING', entityId, now);
const parts = {
  ...keys,
  entityId,
  audience: 'http://127.0.0.1:4000/federation/saml/aurora-freight.main/metadata',
  acsUrl: 'http://127.0.0.1:4000/federation/saml/aurora-freight.main/acs',
  inResponseTo: '_request',
  now,
};
const policy = {
  signingCertificates: [keys.certificatePem],
  requireSigned: 'BOTH',
  requireEncrypted: false,
  allowTrailingSignature: false,
  decryptionKeys: [],
  algorithmExceptions: [],
  now,
} as const;

describe('the response of the SAML IdP of the demonstration', () => {
  it.each(aurora.people)('for $givenName $familyName is signed twice, over the bytes that are sent', (person) => {
    const verified = verifyResponse(Buffer.from(samlResponse(parts, person)), policy);
    expect(verified).toMatchObject({ ok: true, value: { responseIsSigned: true, wasEncrypted: false } });
    if (!verified.ok) return;
    expect(verified.value.assertion.text).toContain(person.email);
  });

  it('keeps its signatures when a name holds what XML escapes', () => {
    const [person] = aurora.people;
    if (person === undefined) throw new Error('nobody');
    const odd = { ...person, familyName: 'O\'Neil & "Söhne" <AG>' };
    const verified = verifyResponse(Buffer.from(samlResponse(parts, odd)), policy);
    expect(verified.ok).toBe(true);
  });

  it('is refused once a byte is another', () => {
    const [person] = aurora.people;
    if (person === undefined) throw new Error('nobody');
    const text = samlResponse(parts, person).replace(person.email, `x${person.email}`);
    expect(verifyResponse(Buffer.from(text), policy)).toMatchObject({ ok: false });
  });

  it('says that nobody signed in when the person refuses', () => {
    const verified = verifyResponse(Buffer.from(samlResponse(parts, null)), policy);
    expect(verified).toMatchObject({ ok: false, refusal: { code: 'SAML_STATUS' } });
  });
});

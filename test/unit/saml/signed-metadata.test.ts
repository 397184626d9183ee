/** Metadata by a pinned signer: read from the signed bytes, and from nothing else. */
import { readIdentityProviderMetadata } from '../../../src/protocols/saml/identity-provider-metadata.js';
import { makeSamlKey, type SamlTestKey } from '../../support/saml-keys.js';
import { samlMetadata } from '../../support/saml-metadata.js';
import { type SamlSigning, signElement } from '../../support/saml-signing.js';
import { swap, take } from '../../support/xml-text.js';

const now = new Date('2026-03-01T12:00:00Z');
const MD = 'urn:oasis:names:tc:SAML:2.0:metadata';
const GOOD = 'https://idp.example/saml';
const EVIL = 'https://evil.example/saml';
let signer: SamlTestKey;
let attacker: SamlTestKey;
let idp: SamlTestKey;
let ended: SamlTestKey;

beforeAll(async () => {
  [signer, attacker, idp, ended] = await Promise.all([
    makeSamlKey(),
    makeSamlKey(),
    makeSamlKey(),
    makeSamlKey({ notAfter: new Date('2026-02-01T00:00:00Z') }),
  ]);
});

function entity(entityId = GOOD, id = '_entity-1', validUntil?: string): string {
  const parts = {
    entityId,
    certificates: [idp.certificateBase64],
    ...(validUntil === undefined ? {} : { validUntil }),
  };
  return samlMetadata(parts).replace('<md:EntityDescriptor ', `<md:EntityDescriptor ID="${id}" `);
}

function group(content: string, attributes = 'ID="_group-1"'): string {
  return `<md:EntitiesDescriptor xmlns:md="${MD}" ${attributes}>${content}</md:EntitiesDescriptor>`;
}

function signed(xml: string, how: Partial<SamlSigning> = {}): string {
  const root = /^<md:(\w+)/.exec(xml)?.[1] ?? '';
  return signElement(xml, root, { key: signer, ...how });
}

function read(xml: string, entityId: string | null = null, pin: SamlTestKey | null = signer) {
  return readIdentityProviderMetadata(Buffer.from(xml), {
    now,
    signingCertificate: pin?.certificatePem ?? null,
    entityId,
    allowInsecureEndpoints: false,
  });
}

function code(...args: Parameters<typeof read>): string {
  const result = read(...args);
  if (result.ok) return 'ACCEPTED';
  expect(JSON.stringify(result.refusal)).not.toContain('<');
  return result.refusal.code;
}

describe('metadata by a pinned signer [L42] [S45]', () => {
  it('is taken when the signature over its root is by that key [L42]', () => {
    const result = read(signed(entity()));
    expect(result).toMatchObject({ ok: true, value: { entityId: GOOD, ssoUrl: 'https://idp.example/sso' } });
    expect(code(signed(entity(), { keyInfo: null }))).toBe('ACCEPTED');
    expect(code(`\ufeff<?xml version="1.0"?>\n<!-- published -->${signed(entity())}`)).toBe('ACCEPTED');
  });

  it('is refused without a signature [S45] [S07]', () => {
    expect(code(entity())).toBe('METADATA_SIGNATURE');
    const emptied = signed(entity()).replace(/<ds:SignedInfo>.*<\/ds:SignatureValue>/, '');
    expect(code(emptied)).toBe('METADATA_SIGNATURE');
  });

  it('is refused when another key signed it, whatever certificate it brings along [S45] [S29]', () => {
    expect(code(signed(entity(), { key: attacker }))).toBe('METADATA_SIGNATURE');
    const keyInfo = `<ds:X509Data><ds:X509Certificate>${signer.certificateBase64}</ds:X509Certificate></ds:X509Data>`;
    expect(code(signed(entity(), { key: attacker, keyInfo }))).toBe('METADATA_SIGNATURE');
    // The key that the entity itself pins for its messages is no signer of metadata.
    expect(code(signed(entity(), { key: idp }))).toBe('METADATA_SIGNATURE');
  });

  it.each([
    ['the entityID', GOOD, EVIL],
    ['an endpoint', 'Location="https://idp.example/sso"', 'Location="https://evil.example/sso"'],
    ['a key', () => idp.certificateBase64, () => attacker.certificateBase64],
  ])('is refused when %s was changed afterwards [S45] [S08]', (_name, from, to) => {
    const [old, fresh] = [typeof from === 'string' ? from : from(), typeof to === 'string' ? to : to()];
    expect(code(swap(signed(entity(), { keyInfo: null }), old, fresh))).toBe('METADATA_SIGNATURE');
  });

  it('is refused when a signed entity is wrapped in an unsigned one [S45] [S01]', () => {
    const genuine = signed(entity());
    const evil = entity(EVIL, '_evil-1');
    const around = evil.replace('</md:EntityDescriptor>', `${genuine}</md:EntityDescriptor>`);
    expect(code(around)).toBe('METADATA_SIGNATURE');
    expect(code(group(genuine), GOOD)).toBe('METADATA_SIGNATURE');
    expect(code(group(evil + genuine), GOOD)).toBe('METADATA_SIGNATURE');
  });

  it('is refused when the signature is that of another entity [S45] [S02] [S03]', () => {
    const genuine = signed(entity());
    const signature = take(genuine, 'ds:Signature');
    const withSignature = (id: string) => entity(EVIL, id).replace(/^(<[^>]*>)/, `$1${signature}`);
    expect(code(withSignature('_evil-1'))).toBe('METADATA_SIGNATURE');
    expect(code(withSignature('_entity-1'))).toBe('METADATA_SIGNATURE');
    // The genuine entity carried along where the reference could find it.
    const inExtensions = withSignature('_evil-1').replace(
      '<md:IDPSSODescriptor',
      `<md:Extensions>${genuine}</md:Extensions><md:IDPSSODescriptor`,
    );
    expect(code(inExtensions)).toBe('METADATA_SIGNATURE');
    const inObject = withSignature('_evil-1').replace(
      '</ds:Signature>',
      `<ds:Object>${entity()}</ds:Object></ds:Signature>`,
    );
    expect(code(inObject)).toBe('METADATA_SIGNATURE');
    expect(code(swap(inObject, 'ID="_evil-1"', 'ID="_entity-1"'))).toBe('METADATA_INVALID');
  });

  it.each([
    ['signature', { algorithm: 'rsa-sha1' }],
    ['digest', { digest: 'sha1' }],
    ['HMAC with a certificate as its key', { algorithm: 'hmac-sha256' }],
  ] as const)('is refused with an old or foreign %s [S23] [S24]', (_name, how) => {
    expect(code(signed(entity(), how))).toBe('METADATA_SIGNATURE');
  });

  it('is refused once the signed bytes have expired, however fresh the rest looks [S45]', () => {
    expect(code(signed(entity(GOOD, '_entity-1', '2026-02-01T00:00:00Z')))).toBe('METADATA_EXPIRED');
    expect(code(signed(entity(GOOD, '_entity-1', '2026-04-01T00:00:00Z')))).toBe('ACCEPTED');
    const stale = signed(entity(GOOD, '_entity-1', '2026-02-01T00:00:00Z'));
    expect(code(swap(stale, '2026-02-01T', '2026-12-01T'))).toBe('METADATA_SIGNATURE');
  });

  it('is refused when the certificate of the signer has ended [L42]', () => {
    expect(code(signed(entity(), { key: ended }), null, ended)).toBe('METADATA_SIGNATURE');
  });

  it('is refused as no XML before anybody asks who signed it', () => {
    expect(code(`<!DOCTYPE x>${signed(entity())}`)).toBe('METADATA_INVALID');
    expect(code('entityID=x')).toBe('METADATA_INVALID');
  });

  it('proves nothing by a signature where no signer is pinned [L42]', () => {
    expect(code(signed(entity(), { key: attacker }), null, null)).toBe('ACCEPTED');
    expect(code(swap(signed(entity()), GOOD, EVIL), null, null)).toBe('ACCEPTED');
  });
});

describe('one entity of a signed aggregate [L42]', () => {
  const OTHER = 'https://other.example/saml';
  const members = () => entity(OTHER, '_entity-2') + group(entity(), 'Name="inner"');

  it('is taken by its name, from any depth, and is the only one of it [L42] [S45]', () => {
    const aggregate = signed(group(members()));
    expect(read(aggregate, GOOD)).toMatchObject({ ok: true, value: { entityId: GOOD } });
    expect(read(aggregate, OTHER)).toMatchObject({ ok: true, value: { entityId: OTHER } });
    expect(code(aggregate, EVIL)).toBe('METADATA_INVALID');
    expect(code(aggregate, `${GOOD}/`)).toBe('METADATA_INVALID');
    expect(code(signed(group(members() + entity(GOOD, '_entity-3'))), GOOD)).toBe('METADATA_INVALID');
  });

  it('is not taken without a name or without a pinned signer [S45]', () => {
    const aggregate = signed(group(members()));
    expect(code(aggregate, null)).toBe('METADATA_INVALID');
    expect(code(aggregate, GOOD, null)).toBe('METADATA_INVALID');
    expect(code(group(members()), GOOD)).toBe('METADATA_SIGNATURE');
    expect(code(swap(aggregate, OTHER, EVIL), GOOD)).toBe('METADATA_SIGNATURE');
  });

  it('is bound by the validity of everything around it [S45]', () => {
    const until = (instant: string) => `ID="_group-1" validUntil="${instant}"`;
    expect(code(signed(group(members(), until('2026-02-01T00:00:00Z'))), GOOD)).toBe('METADATA_EXPIRED');
    expect(code(signed(group(members(), until('2026-04-01T00:00:00Z'))), GOOD)).toBe('ACCEPTED');
    const inner = group(group(entity(), 'validUntil="2026-02-01T00:00:00Z"') + entity(OTHER, '_entity-2'));
    expect(code(signed(inner), GOOD)).toBe('METADATA_EXPIRED');
    expect(code(signed(inner), OTHER)).toBe('ACCEPTED');
  });

  it('is found among the thousands of a federation, and not in more than five MiB [S20]', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => entity(`https://idp-${index}.example`, `_member-${index}`)).join('');
    const count = Math.floor(4_800_000 / entity('https://idp-1000.example', '_member-1000').length);
    expect(code(signed(group(many(count) + entity())), GOOD)).toBe('ACCEPTED');
    expect(code(group(many(Math.ceil(count * 1.2))), GOOD)).toBe('METADATA_INVALID');
  });
});

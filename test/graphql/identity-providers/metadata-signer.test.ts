/** The pinned signer of a SAML IdP's metadata on the API: set, shown, demanded at every change, and who may drop it. */
import { X509Certificate } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { AuditEvent } from '../../../src/audit/audit.entity.js';
import { IdentityProvider, IdentityProviderKey } from '../../../src/identity-providers/identity-provider.entity.js';
import { Partner } from '../../../src/partners/partner.entity.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { createTestApi, fixedNow, type TestApi } from '../../support/api.js';
import { type DocumentServer, startDocumentServer } from '../../support/document-server.js';
import { aTenant, done, refusal, send, type TestTenant } from '../../support/identity-providers.js';
import { makeSamlKey, type SamlTestKey } from '../../support/saml-keys.js';
import { samlMetadata } from '../../support/saml-metadata.js';
import { signElement } from '../../support/saml-signing.js';

const XML = { 'content-type': 'application/samlmetadata+xml' };
const PIN = 'input.metadataSigningCertificate';

let documents: DocumentServer;
let api: TestApi;
let signer: SamlTestKey;
let next: SamlTestKey;
let first: SamlTestKey;
let second: SamlTestKey;
let weak: SamlTestKey;
let ended: SamlTestKey;
let count = 0;
beforeAll(async () => {
  documents = await startDocumentServer();
  api = await createTestApi({ egressAllow: [documents.hostPort] });
  [signer, next, first, second, weak, ended] = await Promise.all([
    makeSamlKey(),
    makeSamlKey({ kind: 'EC' }),
    makeSamlKey(),
    makeSamlKey(),
    makeSamlKey({ bits: 1024 }),
    makeSamlKey({ notAfter: new Date(fixedNow.getTime() - 86_400_000) }),
  ]);
});
afterAll(async () => {
  await api.close();
  await documents.close();
});

function fingerprint({ certificatePem }: SamlTestKey): string {
  return new X509Certificate(certificatePem).fingerprint256.replaceAll(':', '').toLowerCase();
}

function entity(key: SamlTestKey, entityId = 'https://idp.example/saml', id = '_entity'): string {
  const xml = samlMetadata({ entityId, certificates: [key.certificateBase64] });
  return xml.replace('<md:EntityDescriptor ', `<md:EntityDescriptor ID="${id}" `);
}

function signed(key: SamlTestKey, by: SamlTestKey = signer): string {
  return signElement(entity(key), 'EntityDescriptor', { key: by });
}

function newTenant(): Promise<TestTenant> {
  count += 1;
  return aTenant(api, `signer-${count}`);
}

function create(tenant: TestTenant, over: Record<string, unknown> = {}, as?: string) {
  const document = { metadataXml: signed(first), metadataSigningCertificate: signer.certificatePem };
  const input = { partnerId: tenant.node, slug: 'main', name: 'Main', ...document, ...over };
  return send(api, 'createSamlIdentityProvider', input, as);
}

function replace(id: string, document: Record<string, unknown>, as?: string) {
  return send(api, 'replaceSamlMetadata', { id, ...document }, as);
}

function rowsOf({ id: partnerId }: TestTenant) {
  return api.db.uow.read(hubScope, async ({ em }) => ({
    identityProviders: await em.find(IdentityProvider, { partnerId }),
    keys: await em.find(IdentityProviderKey, { partnerId }, { orderBy: { fingerprint: 'asc' } }),
    events: await em.find(AuditEvent, { partnerId, action: { $like: 'identity-provider.%' } }),
    epoch: (await em.findOneOrFail(Partner, { id: partnerId })).policyEpoch,
  }));
}

describe('a SAML identity provider whose metadata has a pinned signer', () => {
  it('is connected from metadata that the signer signed, and shows the pin [L42] [S45]', async () => {
    const tenant = await newTenant();
    const { saml } = await done(create(tenant, {}, tenant.administrator));
    expect(saml.metadataSigningFingerprint).toBe(fingerprint(signer));
    const bare = signer.certificateBase64;
    const again = await done(create(await newTenant(), { metadataSigningCertificate: bare }));
    expect(again.saml.metadataSigningFingerprint).toBe(fingerprint(signer));
    const { events } = await rowsOf(tenant);
    expect(events).toMatchObject([{ data: { metadataSigner: fingerprint(signer), keys: [fingerprint(first)] } }]);
  });

  it.each([
    ['nobody signed', 'METADATA_SIGNATURE', () => ({ metadataXml: entity(first) }), 'input.metadataXml'],
    ['somebody else signed', 'METADATA_SIGNATURE', () => ({ metadataXml: signed(first, next) }), 'input.metadataXml'],
    ['is of another entity', 'METADATA_INVALID', () => ({ entityId: 'https://x.example' }), 'input.metadataXml'],
    ['has a weak signer', 'CERTIFICATE_WEAK', () => ({ metadataSigningCertificate: weak.certificatePem }), PIN],
    [
      'has a signer that ended',
      'CERTIFICATE_EXPIRED',
      () => ({ metadataSigningCertificate: ended.certificatePem }),
      PIN,
    ],
    ['has no certificate', 'CERTIFICATE_INVALID', () => ({ metadataSigningCertificate: 'x' }), PIN],
  ])('is not connected from metadata that %s [L42] [S45] [S30]', async (_, code, over, path) => {
    const tenant = await newTenant();
    const before = await rowsOf(tenant);
    expect(await refusal(create(tenant, over()))).toMatchObject({ code, path });
    expect(await rowsOf(tenant)).toEqual(before);
  });

  it('takes new metadata of that signer alone; what is refused changes nothing [L42] [S45]', async () => {
    const tenant = await newTenant();
    const { id } = await done(create(tenant));
    const before = await rowsOf(tenant);
    const otherEntity = signElement(entity(second, 'https://other.example'), 'EntityDescriptor', { key: signer });
    for (const [metadataXml, code] of [
      [entity(second), 'METADATA_SIGNATURE'],
      [signed(second, next), 'METADATA_SIGNATURE'],
      [signed(second).replaceAll('idp.example/sso', 'evil.example/sso'), 'METADATA_SIGNATURE'],
      [otherEntity, 'METADATA_INVALID'],
    ]) {
      for (const as of [undefined, tenant.administrator]) {
        expect(await refusal(replace(id, { metadataXml }, as))).toMatchObject({ code, path: 'input.metadataXml' });
      }
    }
    expect(await rowsOf(tenant)).toEqual(before);
    const changed = await done(replace(id, { metadataXml: signed(second) }, tenant.administrator));
    expect(changed.saml.metadataSigningFingerprint).toBe(fingerprint(signer));
    expect(changed.signingCertificates).toMatchObject([
      { fingerprint: fingerprint(second), state: 'ACTIVE' },
      { fingerprint: fingerprint(first), state: 'RETIRED' },
    ]);
    const { events, epoch } = await rowsOf(tenant);
    expect(epoch).toBe(before.epoch + 1);
    expect(events.find(({ action }) => action === 'identity-provider.keys-changed')?.data).toMatchObject({
      added: [fingerprint(second)],
      retired: [fingerprint(first)],
      metadataSigner: { before: fingerprint(signer), after: fingerprint(signer) },
    });
  });

  it('changes or drops the pin by an operator alone, with metadata that fits [L42] [H25] [C25]', async () => {
    const tenant = await newTenant();
    const { id } = await done(create(tenant));
    const before = await rowsOf(tenant);
    const rolled = { metadataXml: signed(first, next), metadataSigningCertificate: next.certificatePem };
    const dropped = { metadataXml: entity(first), metadataSigningCertificate: null };
    for (const document of [rolled, dropped]) {
      expect(await refusal(replace(id, document, tenant.administrator))).toMatchObject({
        code: 'FORBIDDEN',
        path: PIN,
      });
    }
    const unfit = { metadataXml: signed(first), metadataSigningCertificate: next.certificatePem };
    expect((await refusal(replace(id, unfit))).code).toBe('METADATA_SIGNATURE');
    expect(await rowsOf(tenant)).toEqual(before);
    // The same pin again is no change.
    const same = { metadataXml: signed(first), metadataSigningCertificate: signer.certificatePem };
    await done(replace(id, same, tenant.administrator));
    expect((await done(replace(id, rolled))).saml.metadataSigningFingerprint).toBe(fingerprint(next));
    expect((await done(replace(id, dropped))).saml.metadataSigningFingerprint).toBeNull();
    const told = (await rowsOf(tenant)).events.map(({ data }) => data.metadataSigner);
    expect(told).toContainEqual({ before: fingerprint(signer), after: fingerprint(next) });
    expect(told).toContainEqual({ before: fingerprint(next), after: null });
    // A first pin is the partner's to set.
    const again = await done(replace(id, same, tenant.administrator));
    expect(again.saml.metadataSigningFingerprint).toBe(fingerprint(signer));
  });

  it('is read again from its address, out of a signed aggregate, and by no other signature [L42] [S45] [N29]', async () => {
    const tenant = await newTenant();
    const publish = (key: SamlTestKey, by: SamlTestKey) => {
      const members = entity(second, 'https://other.example', '_other') + entity(key);
      const xml = `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ID="_all">${members}</md:EntitiesDescriptor>`;
      documents.set('/federation', { headers: XML, body: signElement(xml, 'EntitiesDescriptor', { key: by }) });
    };
    publish(first, signer);
    const metadataUrl = `${documents.origin}/federation`;
    const address = { metadataXml: null, metadataUrl };
    expect((await refusal(create(tenant, address))).code).toBe('METADATA_INVALID');
    const { id, issuer } = await done(create(tenant, { ...address, entityId: 'https://idp.example/saml' }));
    expect(issuer).toBe('https://idp.example/saml');
    const before = await rowsOf(tenant);
    publish(second, next);
    expect(await refusal(replace(id, {}))).toMatchObject({ code: 'METADATA_SIGNATURE', path: 'input.metadataUrl' });
    expect(await rowsOf(tenant)).toEqual(before);
    publish(second, signer);
    expect((await done(replace(id, {}))).signingCertificates[0]).toMatchObject({ fingerprint: fingerprint(second) });
  });

  it('is not undone by unsigned metadata that was on its way when the signer was pinned [L42] [S45] [H23]', async () => {
    const tenant = await newTenant();
    const { id } = await done(create(tenant, { metadataXml: entity(first), metadataSigningCertificate: null }));
    const arrived = Promise.withResolvers<ServerResponse>();
    documents.set('/held', { raw: (response) => arrived.resolve(response) });
    const late = replace(id, { metadataUrl: `${documents.origin}/held` }, tenant.administrator);
    const held = await arrived.promise;
    const pin = { metadataXml: signed(first), metadataSigningCertificate: signer.certificatePem };
    await done(replace(id, pin));
    const before = await rowsOf(tenant);
    held.writeHead(200, XML).end(entity(second));
    expect((await refusal(late)).code).toBe('CONFLICT');
    expect(await rowsOf(tenant)).toEqual(before);
  });
});

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { AuditEvent } from '../../../src/audit/audit.entity.js';
import {
  IdentityProvider,
  IdentityProviderKey,
  ServiceProviderKey,
} from '../../../src/identity-providers/identity-provider.entity.js';
import { serviceProviderKeyPlace } from '../../../src/identity-providers/upstream-config.store.js';
import { AttributeMapping } from '../../../src/mapping/mapping.entity.js';
import { Partner } from '../../../src/partners/partner.entity.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { createTestApi, fixedNow, type TestApi } from '../../support/api.js';
import { type DocumentServer, startDocumentServer } from '../../support/document-server.js';
import { aTenant, done, refusal, send, type TestTenant } from '../../support/identity-providers.js';
import { makeSamlKey, type SamlTestKey } from '../../support/saml-keys.js';
import { samlMetadata } from '../../support/saml-metadata.js';

const XML = { 'content-type': 'application/samlmetadata+xml' };

let documents: DocumentServer;
let api: TestApi;
let first: SamlTestKey;
let second: SamlTestKey;
let ended: SamlTestKey;
let short: SamlTestKey;
let count = 0;
beforeAll(async () => {
  documents = await startDocumentServer();
  api = await createTestApi({ egressAllow: [documents.hostPort] });
  const dayBefore = new Date(fixedNow.getTime() - 86_400_000);
  [first, second, ended, short] = await Promise.all([
    makeSamlKey(),
    makeSamlKey({ kind: 'EC' }),
    makeSamlKey({ notAfter: dayBefore }),
    makeSamlKey({ bits: 1024 }),
  ]);
});
afterAll(async () => {
  await api.close();
  await documents.close();
});

function newTenant(): Promise<TestTenant> {
  count += 1;
  return aTenant(api, `saml-${count}`);
}

function create(tenant: TestTenant, over: Record<string, unknown> = {}, as?: string) {
  const metadataXml = samlMetadata({ certificates: [first.certificateBase64] });
  const input = { partnerId: tenant.node, slug: 'main', name: 'Main', metadataXml, ...over };
  return send(api, 'createSamlIdentityProvider', input, as);
}

function fingerprint(key: SamlTestKey): string {
  return new X509Certificate(key.certificatePem).fingerprint256.replaceAll(':', '').toLowerCase();
}

function rowsOf(tenant: TestTenant) {
  const where = { partnerId: tenant.id };
  return api.db.uow.read(hubScope, async ({ em }) => ({
    identityProviders: await em.find(IdentityProvider, where),
    pinned: await em.find(IdentityProviderKey, where, { orderBy: { fingerprint: 'asc' } }),
    own: await em.find(ServiceProviderKey, where),
    mappings: await em.count(AttributeMapping, where),
    events: await em.find(AuditEvent, { ...where, action: { $like: 'identity-provider.%' } }),
    epoch: (await em.findOneOrFail(Partner, { id: tenant.id })).policyEpoch,
  }));
}

const nothing = { identityProviders: [], pinned: [], own: [], mappings: 0, events: [], epoch: 1 };

describe('a SAML identity provider', () => {
  it('is connected from its metadata, as a draft with keys of its own, in one transaction [N25] [N29]', async () => {
    const tenant = await newTenant();
    const created = await done(create(tenant, {}, tenant.administrator));
    const base = `http://hub.test/federation/saml/saml-${count}.main`;
    expect(created).toMatchObject({
      protocol: 'SAML',
      state: 'DRAFT',
      issuer: 'https://idp.example/saml',
      spEntityId: `${base}/metadata`,
      spMetadataUrl: `${base}/metadata`,
      acsUrl: `${base}/acs`,
      redirectUri: null,
      oidc: null,
      saml: {
        ssoUrl: 'https://idp.example/sso',
        ssoBinding: 'REDIRECT',
        requireSigned: 'EITHER',
        requireEncrypted: false,
        allowTrailingSignature: false,
        signRequests: true,
        nameIdFormat: null,
        requestedAuthnContext: [],
        metadataUrl: null,
        algorithmExceptions: [],
        metadataSigningFingerprint: null,
      },
      subjectSource: { kind: 'NAME_ID', name: null },
      signingCertificates: [
        {
          fingerprint: fingerprint(first),
          notBefore: '2020-01-01T00:00:00.000Z',
          notAfter: '2049-01-01T00:00:00.000Z',
          state: 'ACTIVE',
        },
      ],
    });
    const { own, mappings, events } = await rowsOf(tenant);
    expect(mappings).toBe(1);
    expect(own.map(({ use, state }) => [use, state]).sort()).toEqual([
      ['ENCRYPTION', 'ACTIVE'],
      ['SIGNING', 'ACTIVE'],
    ]);
    for (const key of own) {
      const pem = api.db.box.open(key.privateKeyEncrypted, serviceProviderKeyPlace(tenant.id, key.id));
      expect(new X509Certificate(key.certificatePem).checkPrivateKey(createPrivateKey(pem))).toBe(true);
    }
    expect(events).toMatchObject([
      {
        action: 'identity-provider.created',
        data: { keys: [fingerprint(first)], allowTrailingSignature: false },
      },
    ]);
    expect(JSON.stringify(events)).not.toContain('PRIVATE KEY');
  });

  it('has keys that no other identity provider has [N25]', async () => {
    const tenant = await newTenant();
    await done(create(tenant));
    await done(
      create(tenant, {
        slug: 'second',
        metadataXml: samlMetadata({ entityId: 'https://second.example', certificates: [first.certificateBase64] }),
      }),
    );
    const { own } = await rowsOf(tenant);
    expect(new Set(own.map(({ certificatePem }) => certificatePem)).size).toBe(4);
  });

  it('is connected from an address, which is kept to read it again [N29]', async () => {
    const tenant = await newTenant();
    const metadataUrl = `${documents.origin}/metadata`;
    documents.set('/metadata', { headers: XML, body: samlMetadata({ certificates: [first.certificateBase64] }) });
    const { id, saml } = await done(create(tenant, { metadataXml: null, metadataUrl }));
    expect(saml.metadataUrl).toBe(metadataUrl);
    documents.set('/metadata', { headers: XML, body: samlMetadata({ certificates: [second.certificateBase64] }) });
    const replaced = await done(send(api, 'replaceSamlMetadata', { id }));
    expect(replaced.signingCertificates).toMatchObject([
      { fingerprint: fingerprint(second), state: 'ACTIVE' },
      { fingerprint: fingerprint(first), state: 'RETIRED' },
    ]);
  });

  it('takes what the integrator chooses', async () => {
    const nameIdFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
    const choices = {
      requireSigned: 'BOTH',
      requireEncrypted: true,
      signRequests: false,
      nameIdFormat,
      allowTrailingSignature: true,
    };
    const created = await done(create(await newTenant(), { ...choices, clockSkewSeconds: 60 }));
    expect(created).toMatchObject({ saml: choices, clockSkewSeconds: 60 });
    const { id } = created;
    const cleared = await done(
      send(api, 'updateIdentityProvider', { id, nameIdFormat: null, requireSigned: 'ASSERTION' }),
    );
    expect(cleared.saml).toMatchObject({
      nameIdFormat: null,
      requireSigned: 'ASSERTION',
      requireEncrypted: true,
      allowTrailingSignature: true,
    });
    const refused = await refusal(send(api, 'updateIdentityProvider', { id, clientSecret: 'x' }));
    expect(refused).toMatchObject({ code: 'INPUT_INVALID', path: 'input.clientSecret' });
  });
});

describe('metadata that is refused leaves nothing behind', () => {
  const cases: [string, string, () => string][] = [
    ['METADATA_INVALID', 'no XML', () => 'entityID=https://idp.example'],
    ['METADATA_INVALID', 'a document type [S45]', () => `<!DOCTYPE x [<!ENTITY a "b">]>${metadata()}`],
    [
      'METADATA_INVALID',
      'another root [S45]',
      () => '<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"/>',
    ],
    ['METADATA_INVALID', 'no entityID [S45]', () => metadata().replace(/ entityID="[^"]*"/, '')],
    ['METADATA_NO_SIGNING_KEY', 'no signing key', () => samlMetadata()],
    [
      'METADATA_NO_SIGNING_KEY',
      'a key for encryption alone',
      () => metadata().replace('use="signing"', 'use="encryption"'),
    ],
    [
      'METADATA_EXPIRED',
      'its validity over [S45]',
      () => samlMetadata({ ...certified(), validUntil: '2026-02-01T00:00:00Z' }),
    ],
    [
      'METADATA_ENDPOINT',
      'an endpoint that is a script [S45]',
      () => samlMetadata({ ...certified(), ssoUrl: 'javascript:alert(1)' }),
    ],
    [
      'METADATA_ENDPOINT',
      'an endpoint without TLS [S45]',
      () => samlMetadata({ ...certified(), ssoUrl: 'http://idp.example/sso' }),
    ],
    [
      'CERTIFICATE_EXPIRED',
      'a certificate that has ended [S30]',
      () => samlMetadata({ certificates: [ended.certificateBase64] }),
    ],
    [
      'CERTIFICATE_WEAK',
      'a key that is too short [S30]',
      () => samlMetadata({ certificates: [short.certificateBase64] }),
    ],
    ['CERTIFICATE_INVALID', 'a certificate that is none', () => samlMetadata({ certificates: ['AAAA'] })],
  ];

  it.each(cases)('with %s for %s', async (code, _, xml) => {
    const tenant = await newTenant();
    const refused = await refusal(create(tenant, { metadataXml: xml() }));
    expect(refused).toMatchObject({ code, path: 'input.metadataXml' });
    expect(refused.message).not.toBe('');
    expect(await rowsOf(tenant)).toEqual(nothing);
  });

  it.each([
    ['neither text nor address', {}],
    ['both text and address', { metadataXml: '<x/>', metadataUrl: 'https://idp.example/metadata' }],
  ])('with INPUT_INVALID for %s', async (_, document) => {
    const tenant = await newTenant();
    const refused = await refusal(create(tenant, { metadataXml: null, ...document }));
    expect(refused).toMatchObject({ code: 'INPUT_INVALID', path: 'input.metadataXml' });
    expect(await rowsOf(tenant)).toEqual(nothing);
  });

  it.each([
    ['METADATA_FETCH', 'an address that answers with an error', '/missing', { status: 404 }],
    [
      'METADATA_FETCH',
      'an address that answers with a picture',
      '/picture',
      { headers: { 'content-type': 'image/png' } },
    ],
    [
      'METADATA_NO_SIGNING_KEY',
      'an address whose document has no key',
      '/bare',
      { headers: XML, body: samlMetadata() },
    ],
  ])('with %s for %s', async (code, _, path, document) => {
    documents.set(path, document);
    const tenant = await newTenant();
    const refused = await refusal(create(tenant, { metadataXml: null, metadataUrl: `${documents.origin}${path}` }));
    expect(refused).toMatchObject({ code, path: 'input.metadataUrl' });
    expect(await rowsOf(tenant)).toEqual(nothing);
  });

  it('with ENTITY_ID_TAKEN for an entityID twice in one partner, while another partner may have it [C16]', async () => {
    const [tenant, stranger] = [await newTenant(), await newTenant()];
    await done(create(tenant));
    const before = await rowsOf(tenant);
    const refused = await refusal(create(tenant, { slug: 'again' }));
    expect(refused).toMatchObject({ code: 'ENTITY_ID_TAKEN', path: 'input.metadataXml' });
    expect(await refusal(create(tenant, { metadataXml: otherEntity() }))).toMatchObject({
      code: 'SLUG_TAKEN',
      path: 'input.slug',
    });
    expect(await rowsOf(tenant)).toEqual(before);
    expect((await done(create(stranger))).issuer).toBe('https://idp.example/saml');
  });

  it('with INPUT_INVALID for an unknown value of an enum [G09]', async () => {
    const refused = await refusal(create(await newTenant(), { requireSigned: 'NEITHER' }));
    expect(refused).toMatchObject({ code: 'INPUT_INVALID', path: 'input.requireSigned' });
  });

  it('with INPUT_INVALID for a transient NameID as the key of a person', async () => {
    const nameIdFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
    const refused = await refusal(create(await newTenant(), { nameIdFormat }));
    expect(refused).toMatchObject({ code: 'INPUT_INVALID', path: 'input.nameIdFormat' });
  });
});

describe('new metadata', () => {
  it('replaces the keys, keeps the choices, raises the epoch and is audited', async () => {
    const tenant = await newTenant();
    const { id } = await done(create(tenant, { requireSigned: 'RESPONSE' }));
    const rolled = samlMetadata({
      certificates: [first.certificateBase64, second.certificateBase64],
      ssoUrl: 'https://idp.example/sso2',
      binding: 'HTTP-POST',
    });
    const replaced = await done(send(api, 'replaceSamlMetadata', { id, metadataXml: rolled }, tenant.administrator));
    expect(replaced.saml).toMatchObject({
      ssoUrl: 'https://idp.example/sso2',
      ssoBinding: 'POST',
      requireSigned: 'RESPONSE',
    });
    const only = samlMetadata({ certificates: [second.certificateBase64] });
    await done(send(api, 'replaceSamlMetadata', { id, metadataXml: only }));
    await done(send(api, 'replaceSamlMetadata', { id, metadataXml: metadata() }));
    const { pinned, events, epoch } = await rowsOf(tenant);
    const states = new Map(pinned.map((key) => [key.fingerprint, key.state]));
    expect(states).toEqual(
      new Map([
        [fingerprint(first), 'ACTIVE'],
        [fingerprint(second), 'RETIRED'],
      ]),
    );
    expect(epoch).toBe(4);
    const told = events.filter(({ action }) => action === 'identity-provider.keys-changed').map(({ data }) => data);
    expect(told).toHaveLength(3);
    expect(told).toContainEqual(expect.objectContaining({ added: [fingerprint(second)], retired: [] }));
    expect(told).toContainEqual(expect.objectContaining({ added: [], retired: [fingerprint(first)] }));
    expect(told).toContainEqual(
      expect.objectContaining({ restored: [fingerprint(first)], retired: [fingerprint(second)] }),
    );
  });

  it.each([
    ['of another entity', 'METADATA_INVALID', () => otherEntity()],
    ['without a key', 'METADATA_NO_SIGNING_KEY', () => samlMetadata()],
    ['that has ended', 'METADATA_EXPIRED', () => samlMetadata({ ...certified(), validUntil: '2020-01-01T00:00:00Z' })],
  ])('%s is refused and changes nothing [S45] [S31]', async (_, code, xml) => {
    const tenant = await newTenant();
    const { id } = await done(create(tenant));
    const before = await rowsOf(tenant);
    const refused = await refusal(send(api, 'replaceSamlMetadata', { id, metadataXml: xml() }));
    expect(refused).toMatchObject({ code, path: 'input.metadataXml' });
    expect(await rowsOf(tenant)).toEqual(before);
  });

  it('cannot be read again from an address that was never given', async () => {
    const { id } = await done(create(await newTenant()));
    expect((await refusal(send(api, 'replaceSamlMetadata', { id }))).code).toBe('INPUT_INVALID');
  });
});

describe('activation', () => {
  it('is refused while every pinned certificate has ended', async () => {
    const tenant = await newTenant();
    const soon = await makeSamlKey({ notAfter: new Date(fixedNow.getTime() + 600_000) });
    const { id } = await done(
      create(tenant, { metadataXml: samlMetadata({ certificates: [soon.certificateBase64] }) }),
    );
    api.clock.set(new Date(fixedNow.getTime() + 1_200_000));
    try {
      const refused = await refusal(send(api, 'activateIdentityProvider', { id }));
      expect(refused.code).toBe('CERTIFICATE_EXPIRED');
      await done(send(api, 'replaceSamlMetadata', { id, metadataXml: metadata() }));
      expect((await done(send(api, 'activateIdentityProvider', { id }))).state).toBe('ACTIVE');
    } finally {
      api.clock.set(fixedNow);
    }
  });
});

function certified() {
  return { certificates: [first.certificateBase64] };
}

function metadata(): string {
  return samlMetadata(certified());
}

function otherEntity(): string {
  return samlMetadata({ ...certified(), entityId: 'https://another.example/saml' });
}

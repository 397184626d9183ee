import { generateKeyPair } from 'jose';
import { Egress } from '../../src/egress/egress.js';
import type { Begun, UpstreamOidcConfig } from '../../src/login/contracts.js';
import { createOidcUpstream } from '../../src/protocols/oidc/upstream.js';
import { inboundOf, NOW, startHarness } from '../attacks/oidc/harness.js';
import { describeUpstream, type Fault, type UpstreamUnderTest } from './upstream.js';

type Claims = Record<string, unknown>;

async function start(): Promise<UpstreamUnderTest<UpstreamOidcConfig>> {
  const [idp, other] = [await startHarness({ subject: 'person-1' }), await startHarness()];
  const egress = new Egress({ allow: [idp.op.hostPort, other.op.hostPort], timeoutMs: 5_000 });
  const stranger = (await generateKeyPair('ES256')).privateKey;
  const seconds = Math.floor(NOW.getTime() / 1000);
  const claiming = (over: Claims) => ({ idTokenClaims: (claims: Claims) => ({ ...claims, ...over }) });
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const wrong: Readonly<Record<Fault, Parameters<typeof idp.op.set>[0]>> = {
    'signed with a key of somebody else': { idToken: (claims) => idp.op.sign(claims, {}, stranger) },
    'not signed at all': { idToken: (claims) => `${encoded({ alg: 'none' })}.${encoded(claims)}.` },
    'by another issuer': claiming({ iss: 'https://other.example' }),
    'for another audience': claiming({ aud: 'another-client' }),
    'in answer to another request': claiming({ nonce: 'another' }),
    'no longer valid': claiming({ iat: seconds - 1_200, exp: seconds - 600 }),
    'from the future': claiming({ iat: seconds + 600, exp: seconds + 1_200 }),
    'about nobody': claiming({ sub: undefined }),
    'an error of the identity provider': { authorizationError: 'access_denied' },
  };
  const honest = {
    idTokenClaims: (claims: Claims) => claims,
    idToken: null,
    authorizationError: null,
  };

  function answer(begun: Begun, changes: Parameters<typeof idp.op.set>[0]) {
    if (begun.message.kind !== 'redirect') throw new Error('The request goes by redirect.');
    idp.op.set({ ...honest, ...changes });
    return inboundOf(idp.op.authorize(begun.message.url));
  }

  return {
    upstream: createOidcUpstream(egress),
    config: idp.config(),
    otherConfig: other.config(),
    now: NOW,
    issuer: idp.op.issuer,
    subject: 'person-1',
    answer: async (begun, fault) => answer(begun, fault === undefined ? {} : wrong[fault]),
    answerAuthenticatedAt: async (begun, instant) => answer(begun, claiming({ auth_time: instant.getTime() / 1000 })),
    codes: {
      'signed with a key of somebody else': 'OIDC_SIGNATURE',
      'not signed at all': 'OIDC_ALG',
      'by another issuer': 'OIDC_ISS_MISMATCH',
      'for another audience': 'OIDC_CLAIM',
      'in answer to another request': 'OIDC_NONCE',
      'no longer valid': 'OIDC_CLAIM',
      'from the future': 'OIDC_CLAIM',
      'about nobody': 'OIDC_CLAIM',
      'an error of the identity provider': 'IDP_ERROR',
    },
    staleAuthentication: 'OIDC_CLAIM',
    foreignConnection: 'OIDC_ISS_MISMATCH',
    foreignRequest: 'OIDC_CODE',
    close: async () => {
      await egress.close();
      await idp.close();
      await other.close();
    },
  };
}

describeUpstream('OIDC', start);

/**
 * The OpenID Provider of Borealis Health in the demonstration: authorization code flow with PKCE, one client (the hub),
 * and a page instead of a password. As strict as a real one about what the client sends (RFC 6749, RFC 7636, RFC 9207);
 * its key and its codes live in memory and end with the process.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { BoundedCache } from '../shared/bounded-cache.js';
import type { Clock } from '../shared/clock.js';
import type { Place } from './addresses.js';
import type { DemonstrationPartner, DemonstrationPerson } from './estate.js';
import type { Site } from './pages/layout.js';
import { goOnPage, signInAsPage } from './pages/sign-in.js';
import { createSite, DemonstrationProblem, fieldsOf, formOf, queryOf, sendPage } from './server.js';

const ALGORITHM = 'ES256';
const CODE_SECONDS = 60;
const TOKEN_SECONDS = 300;
const AT_MOST = 1_000;

export interface OpenIdProviderParts {
  readonly place: Place;
  readonly partner: DemonstrationPartner;
  readonly client: { readonly id: string; readonly secret: string; readonly redirectUri: () => string };
  readonly clock: Clock;
}

type SigningKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

interface Grant {
  readonly person: DemonstrationPerson;
  readonly nonce: string | null;
  readonly challenge: string;
  readonly scope: readonly string[];
  readonly authenticatedAt: Date;
  readonly expiresAt: Date;
}

interface AuthorizationRequest {
  readonly state: string;
  readonly nonce: string | null;
  readonly challenge: string;
  readonly scope: readonly string[];
}

/** A server that does not listen yet. Its issuer is where this process reaches it; the page is where browsers do. */
export async function createDemonstrationOpenIdProvider(parts: OpenIdProviderParts): Promise<FastifyInstance> {
  const { partner } = parts;
  const site: Site = {
    theme: 'borealis',
    name: partner.name,
    part: `This page plays the OpenID Provider that ${partner.name} runs for its own people.`,
  };
  const keys = await generateKeyPair(ALGORITHM);
  const publicKey = { ...(await exportJWK(keys.publicKey)), kid: newValue(), alg: ALGORITHM, use: 'sig' };
  const provider = new DemonstrationOpenIdProvider(parts, site, keys.privateKey, publicKey);
  const server = createSite(site, null);
  server.get('/.well-known/openid-configuration', (_request, reply) => reply.send(provider.metadata()));
  server.get('/jwks', (_request, reply) => reply.send({ keys: [publicKey] }));
  server.get('/authorize', (request, reply) => provider.ask(request, reply));
  server.post('/authorize', (request, reply) => provider.answer(request, reply));
  server.post('/token', (request, reply) => provider.token(request, reply));
  server.get('/userinfo', (request, reply) => provider.userInfo(request, reply));
  return server;
}

class DemonstrationOpenIdProvider {
  readonly #parts: OpenIdProviderParts;
  readonly #site: Site;
  readonly #privateKey: SigningKey;
  readonly #publicKey: JWK;
  readonly #codes = new BoundedCache<string, Grant>(AT_MOST);
  readonly #tokens = new BoundedCache<string, Grant>(AT_MOST);

  constructor(parts: OpenIdProviderParts, site: Site, privateKey: SigningKey, publicKey: JWK) {
    this.#parts = parts;
    this.#site = site;
    this.#privateKey = privateKey;
    this.#publicKey = publicKey;
  }

  metadata(): Readonly<Record<string, unknown>> {
    const { url, local } = this.#parts.place;
    return {
      issuer: local,
      authorization_endpoint: `${url}/authorize`,
      token_endpoint: `${local}/token`,
      userinfo_endpoint: `${local}/userinfo`,
      jwks_uri: `${local}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [ALGORITHM],
      scopes_supported: ['openid', 'email', 'profile'],
      token_endpoint_auth_methods_supported: ['client_secret_basic'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    };
  }

  /** The hub has sent a browser here. */
  ask(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const query = queryOf(request);
    this.#readRequest(query);
    const hint = query.get('login_hint')?.toLowerCase();
    const people = [...this.#parts.partner.people].sort((a, b) => Number(b.email === hint) - Number(a.email === hint));
    const fields = { request: new URLSearchParams([...query]).toString() };
    return sendPage(reply, signInAsPage({ site: this.#site, people, action: '/authorize', fields }));
  }

  /** A person was chosen, or nobody. */
  answer(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const form = formOf(request);
    const asked = this.#readRequest(fieldsOf(form.get('request') ?? ''));
    const chosen = form.get('person') ?? '';
    const back = new URL(this.#parts.client.redirectUri());
    back.searchParams.set('state', asked.state);
    back.searchParams.set('iss', this.#parts.place.local);
    if (chosen === '') back.searchParams.set('error', 'access_denied');
    else back.searchParams.set('code', this.#newCode(chosen, asked));
    return sendPage(reply, goOnPage(this.#site, back.href));
  }

  async token(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    reply.header('cache-control', 'no-store');
    if (!this.#isClient(request.headers.authorization)) return reply.code(401).send({ error: 'invalid_client' });
    const form = formOf(request);
    if (form.get('grant_type') !== 'authorization_code') {
      return reply.code(400).send({ error: 'unsupported_grant_type' });
    }
    const grant = this.#take(form.get('code') ?? '');
    const proof = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (grant === null || proof !== grant.challenge || form.get('redirect_uri') !== this.#parts.client.redirectUri()) {
      return reply.code(400).send({ error: 'invalid_grant' });
    }
    const accessToken = newValue();
    this.#tokens.set(accessToken, { ...grant, expiresAt: this.#after(TOKEN_SECONDS) });
    return reply.send({
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: TOKEN_SECONDS,
      id_token: await this.#idToken(grant),
    });
  }

  userInfo(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const grant = this.#tokens.get(token);
    if (grant === undefined || grant.expiresAt <= this.#parts.clock.now()) {
      return reply.code(401).header('www-authenticate', 'Bearer error="invalid_token"').send();
    }
    return reply.header('cache-control', 'no-store').send({ sub: grant.person.id, ...claimsOf(grant) });
  }

  #readRequest(query: ReadonlyMap<string, string>): AuthorizationRequest {
    const { id, redirectUri } = this.#parts.client;
    const [state, challenge] = [query.get('state') ?? '', query.get('code_challenge') ?? ''];
    const scope = (query.get('scope') ?? '').split(' ');
    const isOurs = query.get('client_id') === id && query.get('redirect_uri') === redirectUri();
    const isCodeFlow = query.get('response_type') === 'code' && query.get('code_challenge_method') === 'S256';
    if (!isOurs || !isCodeFlow || state === '' || challenge === '' || !scope.includes('openid')) {
      throw new DemonstrationProblem(
        'This request cannot be answered',
        'It does not come from the hub, or is not complete.',
      );
    }
    return { state, nonce: query.get('nonce') ?? null, challenge, scope };
  }

  #newCode(personId: string, { nonce, challenge, scope }: AuthorizationRequest): string {
    const person = this.#parts.partner.people.find(({ id }) => id === personId);
    if (person === undefined) throw new DemonstrationProblem('Nobody was chosen', 'There is no such person here.');
    const code = newValue();
    const authenticatedAt = this.#parts.clock.now();
    this.#codes.set(code, { person, nonce, challenge, scope, authenticatedAt, expiresAt: this.#after(CODE_SECONDS) });
    return code;
  }

  /** A code counts once, and for a minute. */
  #take(code: string): Grant | null {
    const grant = this.#codes.get(code);
    this.#codes.deleteWhere((_grant, known) => known === code);
    return grant === undefined || grant.expiresAt <= this.#parts.clock.now() ? null : grant;
  }

  #idToken(grant: Grant): Promise<string> {
    const issuedAt = Math.floor(this.#parts.clock.now().getTime() / 1_000);
    return new SignJWT({
      ...claimsOf(grant),
      ...(grant.nonce === null ? {} : { nonce: grant.nonce }),
      auth_time: Math.floor(grant.authenticatedAt.getTime() / 1_000),
      amr: ['pwd'],
    })
      .setProtectedHeader({ alg: ALGORITHM, kid: this.#publicKey.kid ?? '' })
      .setIssuer(this.#parts.place.local)
      .setSubject(grant.person.id)
      .setAudience(this.#parts.client.id)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + TOKEN_SECONDS)
      .setJti(newValue())
      .sign(this.#privateKey);
  }

  #isClient(authorization: string | undefined): boolean {
    const { id, secret } = this.#parts.client;
    const given = Buffer.from(/^Basic (\S+)$/i.exec(authorization ?? '')?.[1] ?? '', 'base64').toString('utf8');
    const colon = given.indexOf(':');
    return sameText(fromForm(given.slice(0, colon)), id) && sameText(fromForm(given.slice(colon + 1)), secret);
  }

  #after(seconds: number): Date {
    return new Date(this.#parts.clock.now().getTime() + seconds * 1_000);
  }
}

function claimsOf({ person, scope }: Grant): Readonly<Record<string, unknown>> {
  const { givenName, familyName, email, department, title, costCentre, groups } = person;
  return {
    ...(scope.includes('email') ? { email, email_verified: true } : {}),
    ...(scope.includes('profile')
      ? {
          given_name: givenName,
          family_name: familyName,
          name: `${givenName} ${familyName}`,
          department,
          title,
          cost_centre: costCentre,
          groups,
        }
      : {}),
  };
}

/** RFC 6749, section 2.3.1: both halves are form-encoded before they are joined. */
function fromForm(text: string): string {
  return new URLSearchParams(`v=${text.replaceAll('&', '%26')}`).get('v') ?? '';
}

function newValue(): string {
  return randomBytes(24).toString('base64url');
}

function sameText(given: string, kept: string): boolean {
  const [one, other] = [given, kept].map((text) => createHash('sha256').update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(one, other);
}

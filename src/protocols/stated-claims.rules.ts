/**
 * Facts of an assertion that nobody made: what an IdP would have said if it had sent these claims. For the simulation
 * alone; the result is never a VerifiedAssertion, so that it can be neither taken in nor committed.
 */
import { createHash } from 'node:crypto';
import type {
  AssertedAuthentication,
  AssertedSubject,
  AssertionFacts,
  ClaimValue,
  UpstreamConfig,
  UpstreamSamlConfig,
} from '../login/contracts.js';
import { refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import { falShortfallsOf } from './fal-shortfalls.rules.js';
import { unfit } from './fitness.rules.js';
import { assertionFacts } from './oidc/upstream-facts.rules.js';

export interface StatedSubject {
  readonly value: string;
  readonly format: string | null;
  readonly nameQualifier: string | null;
  readonly spNameQualifier: string | null;
}

export interface StatedClaims {
  readonly claims: Readonly<Record<string, ClaimValue>>;
  /** NameID of a SAML assertion; an OpenID Provider states its subject among the claims. */
  readonly subject: StatedSubject | null;
  readonly authentication: Pick<AssertedAuthentication, 'authenticatedAt' | 'acr' | 'amr'> | null;
}

export function statedAssertion(config: UpstreamConfig, stated: StatedClaims, now: Date): Result<AssertionFacts> {
  const facts = config.kind === 'OIDC' ? fromOidc(config, stated, now) : fromSaml(config, stated, now);
  if (!facts.ok) return facts;
  const authentication = { ...facts.value.authentication, ...stated.authentication };
  const because = unfit({ ...facts.value, authentication });
  return because === null ? ok({ ...facts.value, authentication }) : refused(because);
}

/** The same reading as of a real ID token, times set to now. */
function fromOidc(
  config: Extract<UpstreamConfig, { kind: 'OIDC' }>,
  { claims }: StatedClaims,
  now: Date,
): Result<AssertionFacts> {
  const seconds = Math.floor(now.getTime() / 1_000);
  const { auth_time: said, ...others } = claims;
  const isInstant = typeof said === 'number' && Number.isFinite(new Date(said * 1_000).getTime());
  const token = {
    ...others,
    ...(isInstant && { auth_time: said }),
    iss: config.issuer,
    aud: config.clientId,
    iat: seconds,
    exp: seconds + 300,
  };
  return assertionFacts(config, JSON.stringify(token), token, null);
}

function fromSaml(config: UpstreamSamlConfig, stated: StatedClaims, now: Date): Result<AssertionFacts> {
  const claims = Object.fromEntries(Object.entries(stated.claims).map(([name, value]) => [name, textsOf(value)]));
  const subject = samlSubject(config, claims, stated.subject);
  if (subject === null) return refused(refusal('SUBJECT_MISSING', 'the input states no subject'));
  const digest = createHash('sha256').update(JSON.stringify(stated)).digest('hex');
  const at = now.toISOString();
  return ok({
    protocol: 'SAML',
    partnerId: config.partnerId,
    identityProviderId: config.identityProviderId,
    issuer: config.entityId,
    assertionId: digest,
    replayUntil: at,
    issuedAt: at,
    subject,
    claims,
    authentication: { authenticatedAt: at, acr: null, amr: [], sessionIndex: null, sessionExpiresAt: null },
    falShortfalls: falShortfallsOf(
      { subject, claims },
      { isForUsAlone: true, algorithmExceptions: config.algorithmExceptions },
    ),
    digest,
  });
}

/** A SAML attribute is always a list of strings. */
function textsOf(value: ClaimValue): readonly string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
}

function samlSubject(
  { subjectSource }: UpstreamSamlConfig,
  claims: Readonly<Record<string, readonly string[]>>,
  given: StatedSubject | null,
): AssertedSubject | null {
  if (subjectSource.kind !== 'CLAIM') return given === null ? null : { source: 'NAME_ID', ...given };
  const { name } = subjectSource;
  const [value] = Object.hasOwn(claims, name) ? (claims[name] ?? []) : [];
  const none = { format: null, nameQualifier: null, spNameQualifier: null };
  return value === undefined || value === '' ? null : { source: name, value, ...none };
}

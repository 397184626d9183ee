/**
 * Makes the facts of an assertion from a proved ID token and the user information that belongs to it. The subject and
 * every protocol claim come from the ID token alone; user information adds what the token does not say (O10, P8).
 */
import { createHash } from 'node:crypto';
import type {
  AssertedAuthentication,
  AssertedSubject,
  AssertionFacts,
  ClaimValue,
  UpstreamOidcConfig,
} from '../../login/contracts.js';
import { refusal } from '../../shared/refusal.js';
import { ok, type Result, refused } from '../../shared/result.js';
import { falShortfallsOf } from '../fal-shortfalls.rules.js';
import { type JsonObject, withoutReservedNames } from './upstream-json.rules.js';

/** Claims that speak of the token and of the authentication, never of the person. */
const protocolClaims = new Set([
  'iss',
  'aud',
  'azp',
  'exp',
  'iat',
  'nbf',
  'jti',
  'nonce',
  'at_hash',
  'c_hash',
  's_hash',
  'auth_time',
  'acr',
  'amr',
  'sid',
  'typ',
  'cnf',
  'rat',
]);
/** Claims about the person that count only when signed: identifiers, and whose tenant it is. */
const tokenOnlyClaims = new Set(['sub', 'tid', 'oid', 'idp']);
/** A statement about a value belongs to that value: the two are never taken from different sources. */
const statements: readonly (readonly [statement: string, about: string])[] = [
  ['email_verified', 'email'],
  ['xms_edov', 'email'],
  ['phone_number_verified', 'phone_number'],
];
const MAX_SUBJECT_LENGTH = 255;
const MAX_TOKEN_ID_LENGTH = 255;

export function assertionFacts(
  config: UpstreamOidcConfig,
  idToken: string,
  claims: JsonObject,
  userInfo: JsonObject | null,
): Result<AssertionFacts> {
  const subject = subjectOf(config, claims);
  if (!subject.ok) return subject;
  const digest = createHash('sha256').update(idToken, 'utf8').digest('hex');
  const jti = claims.jti;
  const merged = mergedClaims(claims, userInfo);
  return ok({
    protocol: 'OIDC',
    partnerId: config.partnerId,
    identityProviderId: config.identityProviderId,
    issuer: String(claims.iss),
    assertionId: typeof jti === 'string' && jti !== '' && jti.length <= MAX_TOKEN_ID_LENGTH ? jti : digest,
    replayUntil: instant(Number(claims.exp) + config.clockSkewSeconds),
    issuedAt: instant(Number(claims.iat)),
    subject: subject.value,
    claims: merged,
    authentication: authenticationOf(claims),
    falShortfalls: falShortfallsOf(
      { subject: subject.value, claims: merged },
      { isForUsAlone: namesOnlyUs(config, claims), algorithmExceptions: [] },
    ),
    digest,
  });
}

/** `aud` has passed its check: it names us, and perhaps others beside. */
function namesOnlyUs({ clientId }: UpstreamOidcConfig, { aud }: JsonObject): boolean {
  const audiences = Array.isArray(aud) ? aud : [aud];
  return audiences.length > 0 && audiences.every((one) => one === clientId);
}

function subjectOf(config: UpstreamOidcConfig, claims: JsonObject): Result<AssertedSubject> {
  const source = config.subjectSource;
  const name = source.kind === 'CLAIM' ? source.name : 'sub';
  const value = source.kind !== 'NAME_ID' && Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (typeof value !== 'string' || value.trim() === '' || value.length > MAX_SUBJECT_LENGTH) {
    return refused(refusal('SUBJECT_MISSING', 'The ID token carries no acceptable subject.', { claim: name }));
  }
  return ok({
    source: source.kind === 'CLAIM' ? source.name : 'SUB',
    value,
    format: null,
    nameQualifier: null,
    spNameQualifier: null,
  });
}

function mergedClaims(token: JsonObject, userInfo: JsonObject | null): Readonly<Record<string, ClaimValue>> {
  const orphaned = statements.filter(([, about]) => token[about] === undefined).map(([statement]) => statement);
  const fromToken = Object.entries(token).filter(([name]) => !protocolClaims.has(name) && !orphaned.includes(name));
  const fromUserInfo = Object.entries(userInfo ?? {}).filter(
    ([name]) => !protocolClaims.has(name) && !tokenOnlyClaims.has(name) && belongs(name, token, userInfo),
  );
  // Last wins: what is signed stands against what is not.
  const merged = Object.fromEntries([...fromUserInfo, ...fromToken]);
  return withoutReservedNames(merged) as Readonly<Record<string, ClaimValue>>;
}

function belongs(name: string, token: JsonObject, userInfo: JsonObject | null): boolean {
  const statement = statements.find(([one]) => one === name);
  if (statement === undefined) return true;
  const [, about] = statement;
  return token[about] === undefined || token[about] === userInfo?.[about];
}

function authenticationOf(claims: JsonObject): AssertedAuthentication {
  const { acr, amr, sid } = claims;
  const methods = typeof amr === 'string' ? [amr] : Array.isArray(amr) ? amr : [];
  return {
    authenticatedAt: typeof claims.auth_time === 'number' ? instant(claims.auth_time) : null,
    acr: typeof acr === 'string' ? acr : null,
    amr: methods.filter((one): one is string => typeof one === 'string'),
    sessionIndex: typeof sid === 'string' ? sid : null,
    sessionExpiresAt: null,
  };
}

function instant(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}

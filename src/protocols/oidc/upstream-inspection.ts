/**
 * A captured ID token, judged without its request: openid-client and the checks around it as in a real login, over an
 * exchange whose token endpoint is this file. The keys are the provider's; no code is redeemed, no secret leaves, and
 * nothing here is sealed (SECURITY.md, promise 1). What only a real request could tell is reported as not applied.
 */
import { randomBytes } from 'node:crypto';
import type {
  CheckName,
  CheckVerdict,
  ClaimValue,
  Inspection,
  InspectionTime,
  Inspector,
  UpstreamOidcConfig,
} from '../../login/contracts.js';
import type { ErrorCode } from '../../shared/error-catalogue.js';
import type { Refusal } from '../../shared/refusal.js';
import { refused } from '../../shared/result.js';
import { notApplied, passed, refusedBy, stoppedAt } from '../inspection.rules.js';
import type { OidcConnections } from './upstream-connection.js';
import { type Connection, Exchange, type Verification } from './upstream-exchange.js';
import { assertionFacts } from './upstream-facts.rules.js';
import { redeem } from './upstream-redeem.js';
import { peekToken, refuseClaims, refuseTenant } from './upstream-token.rules.js';

const all: readonly CheckName[] = ['MESSAGE', 'NONCE', 'SIGNATURE', 'TENANT', 'CLAIMS', 'SUBJECT'];
/** Which check a refusal of the exchange belongs to; the claims, unless it is here. */
const checkOf: Partial<Record<ErrorCode, CheckName>> = {
  OIDC_TENANT: 'TENANT',
  OIDC_NONCE: 'NONCE',
  OIDC_SIGNATURE: 'SIGNATURE',
  OIDC_ALG: 'SIGNATURE',
  OIDC_KEY: 'SIGNATURE',
  EGRESS_DENIED: 'SIGNATURE',
  EGRESS_LIMIT: 'SIGNATURE',
  IDP_UNAVAILABLE: 'SIGNATURE',
  IDP_ERROR: 'SIGNATURE',
};

export function createOidcInspector(connections: OidcConnections): Inspector<UpstreamOidcConfig> {
  return {
    inspect: async (config, idToken, time) => {
      const connection = connections.of(config);
      const inspection = connection.ok
        ? await inspect(config, connection.value, idToken, time)
        : stoppedAt(all, 'MESSAGE', connection.refusal);
      return { ...inspection, verdicts: [...inspection.verdicts, ...lost(config)] };
    },
  };
}

async function inspect(
  config: UpstreamOidcConfig,
  connection: Connection,
  idToken: string,
  { at, now }: InspectionTime,
): Promise<Inspection> {
  const peeked = peekToken(idToken);
  if (!peeked.ok) return stoppedAt(all, 'MESSAGE', peeked.refusal);
  const { nonce } = peeked.value.claims;
  const redeemed = await redeem(new Exchange(captured({ config, connection, idToken, nonce, at, now })), 'captured');
  if (!redeemed.ok) return stoppedAt(all, checkOf[redeemed.refusal.code] ?? 'CLAIMS', redeemed.refusal, ['MESSAGE']);
  const { claims } = redeemed.value;
  const template = connection.metadata.issuer;
  const foreign = refuseTenant(config, template, claims);
  if (foreign !== null) return stoppedAt(all, 'TENANT', foreign, ['MESSAGE', 'SIGNATURE']);
  const bad = refuseClaims(claims, { config, template, now: at, reauthenticatedAfter: null });
  const proved = [passed('MESSAGE'), nonceVerdict, passed('SIGNATURE'), passed('TENANT'), verdictOf('CLAIMS', bad)];
  if (bad !== null) {
    const unread = { check: 'SUBJECT', outcome: 'NOT_REACHED', code: null, detail: null } as const;
    return { verdicts: [...proved, unread], facts: refused(bad) };
  }
  const facts = assertionFacts(config, idToken, claims, null);
  return { verdicts: [...proved, verdictOf('SUBJECT', facts.ok ? null : facts.refusal)], facts };
}

interface Captured extends InspectionTime {
  readonly config: UpstreamOidcConfig;
  readonly connection: Connection;
  readonly idToken: string;
  readonly nonce: ClaimValue | undefined;
}

/** An exchange for a request that sent the very nonce which the token carries; one without a nonce stays without. */
function captured({ config, connection, idToken, nonce, at, now }: Captured): Verification {
  const { metadata, keys } = connection;
  const invented = () => randomBytes(32).toString('base64url');
  return {
    config,
    // The age of the keys is told by the clock, whatever instant the token is judged at.
    connection: { metadata, keys: { candidates: (kid) => keys.candidates(kid, now) } },
    pending: {
      kind: 'OIDC',
      state: 'captured',
      nonce: typeof nonce === 'string' && nonce !== '' ? nonce : invented(),
      codeVerifier: invented(),
      maxAgeSeconds: null,
      reauthenticatedAfter: null,
    },
    now: at,
    egress: { fetch: async () => Response.json({ access_token: invented(), token_type: 'Bearer', id_token: idToken }) },
  };
}

const nonceVerdict = notApplied('NONCE', 'which nonce was sent is not known; the token carries one');

function verdictOf(check: CheckName, bad: Refusal | null): CheckVerdict {
  return bad === null ? passed(check) : refusedBy(check, bad);
}

function lost({ fetchUserInfo }: UpstreamOidcConfig): readonly CheckVerdict[] {
  const userInfo = notApplied('USER_INFO', 'user information needs an access token; its claims are missing here');
  return [
    notApplied('REAUTHENTICATION', 'whether the request bounded the age of the authentication is not known'),
    ...(fetchUserInfo ? [userInfo] : []),
    notApplied('REPLAY', 'whether the token was used before is not looked at, and it is not used by this'),
  ];
}

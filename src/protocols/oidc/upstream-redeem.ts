/** The ID token of an exchange, proved by openid-client and read once more by the strict reader. */
import { refusal } from '../../shared/refusal.js';
import { ok, type Result, refused } from '../../shared/result.js';
import { refusalOf } from './upstream-errors.js';
import type { Exchange } from './upstream-exchange.js';
import { type JsonObject, parseJsonObject } from './upstream-json.rules.js';

export interface Redeemed {
  readonly idToken: string;
  readonly accessToken: string;
  readonly claims: JsonObject;
}

export async function redeem(exchange: Exchange, code: string): Promise<Result<Redeemed>> {
  try {
    const answer = await exchange.redeem(code);
    const idToken = answer.id_token;
    const claims = idToken === undefined ? null : payloadOf(idToken);
    if (idToken === undefined || claims === null) {
      return refused(refusal('OIDC_CALLBACK', 'The token answer carries no ID token.'));
    }
    return ok({ idToken, accessToken: answer.access_token, claims });
  } catch (error) {
    return refused(exchange.tenantRefusal() ?? refusalOf(error, 'token'));
  }
}

/** The claims that the library has just proved, read once more from the same bytes by the strict reader. */
function payloadOf(idToken: string): JsonObject | null {
  return parseJsonObject(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

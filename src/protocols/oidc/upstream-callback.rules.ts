/**
 * Decides whether an authorization response answers our request, before any network (RFC 6749 section 4.1.2, RFC 9207,
 * RFC 9700 section 2.1). A parameter that comes twice, a foreign state or a foreign issuer ends the login here.
 */
import type { InboundMessage } from '../../login/contracts.js';
import { refusal } from '../../shared/refusal.js';
import { ok, type Result, refused } from '../../shared/result.js';

export interface CallbackExpectation {
  readonly state: string;
  readonly isIssuer: (issuer: string) => boolean;
  /** The metadata says `authorization_response_iss_parameter_supported`: then `iss` must be there. */
  readonly issuerRequired: boolean;
}

const MAX_PARAMETERS = 32;
const MAX_STATE_LENGTH = 256;
const MAX_CODE_LENGTH = 8_192;
/** RFC 6749 section 4.1.2.1 allows more characters; no registered error code uses them. */
const ERROR_CODE = /^[A-Za-z0-9_.:-]{1,64}$/;
/** Parameters of response types and modes that the hub never asks for: a front channel that carries tokens. */
const FOREIGN_PARAMETERS = ['id_token', 'access_token', 'token', 'response'];

/** The state of an authorization response, unproven: the key to the pending login. */
export function readCallbackState(inbound: InboundMessage): Result<string> {
  const states = inbound.query.filter(([name]) => name === 'state');
  const value = states[0]?.[1];
  if (states.length !== 1 || value === undefined || value === '' || value.length > MAX_STATE_LENGTH) {
    return refused(refusal('OIDC_STATE', 'The callback carries no single state.', { states: states.length }));
  }
  return ok(value);
}

/** The authorization code of a response that answers the request. */
export function readCallback(inbound: InboundMessage, expected: CallbackExpectation): Result<string> {
  if (inbound.method !== 'GET' || inbound.form.length > 0 || inbound.query.length > MAX_PARAMETERS) {
    return refused(refusal('OIDC_CALLBACK', 'The callback is not a plain query response.', { method: inbound.method }));
  }
  const parameters = new Map(inbound.query);
  if (parameters.size !== inbound.query.length) {
    return refused(refusal('OIDC_CALLBACK', 'The callback repeats a parameter.'));
  }
  if (parameters.get('state') !== expected.state) {
    return refused(refusal('OIDC_STATE', 'The state of the callback is not the one of the request.'));
  }
  const issuer = parameters.get('iss');
  if (issuer === undefined ? expected.issuerRequired : !expected.isIssuer(issuer)) {
    return refused(
      refusal('OIDC_ISS_MISMATCH', 'The parameter iss of the callback is missing or names another issuer.'),
    );
  }
  const error = parameters.get('error');
  if (error !== undefined) return refused(idpError(error, 'authorization'));
  const foreign = FOREIGN_PARAMETERS.find((name) => parameters.has(name));
  if (foreign !== undefined) {
    return refused(refusal('OIDC_CALLBACK', 'The callback carries a parameter of another response type.', { foreign }));
  }
  const code = parameters.get('code') ?? '';
  if (code === '' || code.length > MAX_CODE_LENGTH) {
    return refused(refusal('OIDC_CALLBACK', 'The callback carries no acceptable code.', { length: code.length }));
  }
  return ok(code);
}

/** The refusal for an OAuth error of the identity provider; its description stays outside, it is free text of a stranger. */
export function idpError(error: string, endpoint: 'authorization' | 'token' | 'userinfo', status?: number) {
  return refusal('IDP_ERROR', 'The identity provider answered with an OAuth error.', {
    endpoint,
    error: ERROR_CODE.test(error) ? error : 'unreadable',
    ...(status === undefined ? {} : { status }),
  });
}

/**
 * Single logout that an IdP begins (SAML profiles, section 4.4): its request is read, and answered by a message that the hub
 * signs with its key towards this IdP, by the binding that the IdP's metadata offers.
 */
import type {
  InboundMessage,
  LogoutAsked,
  LogoutResult,
  OutboundMessage,
  UpstreamLogout,
  UpstreamSamlConfig,
} from '../../login/contracts.js';
import { refusal } from '../../shared/refusal.js';
import { type Result, refused } from '../../shared/result.js';
import { statusCodes } from './names.rules.js';
import { logoutResponse } from './producing/logout.js';
import { type Status, success } from './producing/message.js';
import { byPost, byRedirect } from './producing/sending.js';
import { signed } from './producing/signing.js';
import { type LogoutConnection, readLogoutRequest, readLogoutResponse } from './receiving/logout.js';
import { openMessage } from './receiving/receive.js';

const statuses: Readonly<Record<LogoutResult, Status>> = {
  DONE: success,
  UNKNOWN: { code: statusCodes.requester, subcode: statusCodes.unknownPrincipal, message: null },
};

export const samlUpstreamLogout: UpstreamLogout<UpstreamSamlConfig> = { readRequest, answer };

function readRequest(config: UpstreamSamlConfig, inbound: InboundMessage, now: Date): Result<LogoutAsked> {
  const opened = openMessage(inbound);
  if (!opened.ok) return opened;
  const connection = connectionOf(config);
  if (opened.value.field === 'SAMLRequest') return readLogoutRequest(opened.value, connection, now);
  // The hub asks no IdP to log anybody out, so whatever this answers, it answers no request.
  const answered = readLogoutResponse(opened.value, connection, null, now);
  return answered.ok ? refused(refusal('SAML_UNSOLICITED', 'no request waits for this answer')) : answered;
}

function connectionOf({
  entityId,
  signingCertificates,
  clockSkewSeconds,
  algorithmExceptions,
  serviceProvider,
}: UpstreamSamlConfig): LogoutConnection {
  return {
    peer: {
      entityId,
      signingCertificates,
      allowSha1: algorithmExceptions.includes('SHA1_SIGNATURE'),
      clockSkewSeconds,
    },
    ownEntityId: serviceProvider.entityId,
    address: serviceProvider.sloUrl,
  };
}

function answer(
  { sloResponseUrl, sloBinding, serviceProvider }: UpstreamSamlConfig,
  { id, relayState }: LogoutAsked,
  result: LogoutResult,
  now: Date,
): OutboundMessage | null {
  if (sloResponseUrl === null) return null;
  const sender = { issuer: serviceProvider.entityId, destination: sloResponseUrl, now };
  const { message } = logoutResponse(sender, id, statuses[result]);
  const key = serviceProvider.signing;
  if (sloBinding === 'REDIRECT') return byRedirect(sloResponseUrl, 'SAMLResponse', message.text, relayState, key);
  return byPost(sloResponseUrl, 'SAMLResponse', signed(message, key).text, relayState);
}

/**
 * The SAML IdP of Aurora Freight in the demonstration: takes an AuthnRequest by redirect or POST, shows a page instead of
 * a password, and posts a signed Response to the one service provider that it knows, the hub (SAML profiles, section 4.1).
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { inboundMessage } from '../http/inbound.js';
import { nameIdFormats, statusCodes } from '../protocols/saml/names.rules.js';
import { identityProviderMetadata } from '../protocols/saml/producing/identity-provider-metadata.js';
import { errorResponse } from '../protocols/saml/producing/response.js';
import { readAuthnRequest } from '../protocols/saml/receiving/authn-request.js';
import { openMessage } from '../protocols/saml/receiving/receive.js';
import { BoundedCache } from '../shared/bounded-cache.js';
import type { Clock } from '../shared/clock.js';
import type { ErrorCode } from '../shared/error-catalogue.js';
import type { Place } from './addresses.js';
import { type DemonstrationPartner, type DemonstrationPerson, SAML_ENTITY_ID } from './estate.js';
import { type RegisteredHub, registrationOf } from './hub-as-service-provider.js';
import type { Site } from './pages/layout.js';
import { postOnPage, signInAsPage } from './pages/sign-in.js';
import { samlResponse } from './saml-response.js';
import { createSite, DemonstrationProblem, formOf, sendPage } from './server.js';

const ANSWERED_REQUESTS = 10_000;

export interface SamlIdentityProviderParts {
  readonly place: Place;
  readonly partner: DemonstrationPartner;
  readonly keys: { readonly privateKeyPem: string; readonly certificatePem: string };
  readonly hub: RegisteredHub;
  readonly clock: Clock;
}

export function ssoUrlOf(place: Place): string {
  return `${place.url}/sso`;
}

export function metadataOf({ place, keys }: Pick<SamlIdentityProviderParts, 'place' | 'keys'>): string {
  return identityProviderMetadata({
    entityId: SAML_ENTITY_ID,
    ssoUrl: ssoUrlOf(place),
    sloUrl: null,
    signingCertificates: [keys.certificatePem],
    nameIdFormats: [nameIdFormats.persistent],
    wantAuthnRequestsSigned: true,
  });
}

/** A server that does not listen yet. */
export function createDemonstrationSamlIdentityProvider(parts: SamlIdentityProviderParts): FastifyInstance {
  const { partner } = parts;
  const site: Site = {
    theme: 'aurora',
    name: partner.name,
    part: `This page plays the SAML identity provider that ${partner.name} runs for its own people.`,
  };
  const server = createSite(site, null);
  server.get('/metadata', (_request, reply) => reply.type('application/samlmetadata+xml').send(metadataOf(parts)));
  const answered = new AnsweredRequests();
  const handler = (request: FastifyRequest, reply: FastifyReply) => ask(parts, site, answered, request, reply);
  server.get('/sso', handler);
  server.post('/sso', handler);
  server.post('/sign-in', (request, reply) => answer(parts, site, answered, request, reply));
  return server;
}

/** IDs of requests, each answered once (S49). In the memory of one process: a demonstration runs in one. */
class AnsweredRequests {
  readonly #ids = new BoundedCache<string, true>(ANSWERED_REQUESTS);

  has(id: string): boolean {
    return this.#ids.get(id) !== undefined;
  }

  /** @throws DemonstrationProblem when it was answered before */
  add(id: string): void {
    if (this.has(id)) throw unanswerable('SAML_REPLAY');
    this.#ids.set(id, true);
  }
}

async function ask(
  parts: SamlIdentityProviderParts,
  site: Site,
  answered: AnsweredRequests,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const opened = openMessage(inboundMessage(request));
  if (!opened.ok) throw unanswerable(opened.refusal.code);
  const relayState = opened.value.relayState ?? '';
  const registered = await registrationOf(parts.hub);
  const find = (entityId: string) => (entityId === registered.entityId ? registered : null);
  const asked = readAuthnRequest(opened.value, find, ssoUrlOf(parts.place), parts.clock.now());
  if (!asked.ok) {
    // Told only where an assertion may go as well; anybody else sees a page here.
    if (asked.answerTo === null) throw unanswerable(asked.refusal.code);
    return refuse(parts, site, asked.answerTo.requestId, statusCodes.requestDenied, relayState, reply);
  }
  const { id, isPassive } = asked.value;
  if (answered.has(id)) throw unanswerable('SAML_REPLAY');
  // Nobody has a session here: who must not be asked cannot be signed in, and a ForceAuthn is met by every sign-in.
  if (isPassive) return refuse(parts, site, id, statusCodes.noPassive, relayState, reply);
  const fields = { requestId: id, relayState };
  return sendPage(reply, signInAsPage({ site, people: parts.partner.people, action: '/sign-in', fields }));
}

function refuse(
  { keys, hub, clock }: SamlIdentityProviderParts,
  site: Site,
  inResponseTo: string,
  subcode: string,
  relayState: string,
  reply: FastifyReply,
): FastifyReply {
  const address = { issuer: SAML_ENTITY_ID, recipient: hub.acsUrl, inResponseTo, now: clock.now() };
  const status = { code: statusCodes.responder, subcode, message: null };
  const response = errorResponse(address, status, { keyId: SAML_ENTITY_ID, ...keys });
  return post(hub, site, response, relayState, reply);
}

function post(hub: RegisteredHub, site: Site, response: string, relayState: string, reply: FastifyReply): FastifyReply {
  const message = Buffer.from(response, 'utf8').toString('base64');
  return sendPage(reply, postOnPage(site, hub.acsUrl, { SAMLResponse: message, RelayState: relayState }));
}

/** Only ever to the hub's own assertion consumer service, whatever a request may ask for. */
function answer(
  { partner, keys, hub, clock }: SamlIdentityProviderParts,
  site: Site,
  answered: AnsweredRequests,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const form = formOf(request);
  const person = personOf(partner, form.get('person') ?? '');
  answered.add(form.get('requestId') ?? '');
  const parts = {
    ...keys,
    entityId: SAML_ENTITY_ID,
    audience: hub.entityId,
    acsUrl: hub.acsUrl,
    inResponseTo: form.get('requestId') ?? '',
    now: clock.now(),
  };
  const response = samlResponse(parts, person);
  return post(hub, site, response, form.get('relayState') ?? '', reply);
}

/** null: the person refuses. */
function personOf({ people }: DemonstrationPartner, id: string): DemonstrationPerson | null {
  if (id === '') return null;
  const person = people.find((one) => one.id === id);
  if (person === undefined) throw new DemonstrationProblem('Nobody was chosen', 'There is no such person here.');
  return person;
}

function unanswerable(code: ErrorCode): DemonstrationProblem {
  const text = `It is no SAML AuthnRequest that may be answered (${code}).`;
  return new DemonstrationProblem('This request cannot be answered', text);
}

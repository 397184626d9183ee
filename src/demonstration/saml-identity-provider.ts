/**
 * The SAML IdP of Aurora Freight in the demonstration: takes an AuthnRequest by redirect or POST, shows a page instead of
 * a password, and posts a signed Response to the one service provider that it knows, the hub (SAML profiles, section 4.1).
 */
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { nameIdFormats } from '../protocols/saml/names.rules.js';
import { identityProviderMetadata } from '../protocols/saml/producing/identity-provider-metadata.js';
import type { Clock } from '../shared/clock.js';
import { readUntrustedXml } from '../xml/index.js';
import type { Place } from './addresses.js';
import { type DemonstrationPartner, type DemonstrationPerson, SAML_ENTITY_ID } from './estate.js';
import type { Site } from './pages/layout.js';
import { postOnPage, signInAsPage } from './pages/sign-in.js';
import { samlResponse } from './saml-response.js';
import { createSite, DemonstrationProblem, formOf, queryOf, sendPage } from './server.js';

const REQUEST_BYTES = 32_768;
const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol';
const inflate = promisify(inflateRaw);

export interface SamlIdentityProviderParts {
  readonly place: Place;
  readonly partner: DemonstrationPartner;
  readonly keys: { readonly privateKeyPem: string; readonly certificatePem: string };
  readonly hub: { readonly entityId: string; readonly acsUrl: string };
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
    wantAuthnRequestsSigned: false,
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
  server.get('/sso', async (request, reply) => {
    const query = queryOf(request);
    return ask(parts, site, await inflated(query.get('SAMLRequest') ?? ''), query.get('RelayState') ?? '', reply);
  });
  server.post('/sso', async (request, reply) => {
    const form = formOf(request);
    const message = Buffer.from(form.get('SAMLRequest') ?? '', 'base64');
    return ask(parts, site, message, form.get('RelayState') ?? '', reply);
  });
  server.post('/sign-in', (request, reply) => answer(parts, site, request, reply));
  return server;
}

function ask(
  { partner }: SamlIdentityProviderParts,
  site: Site,
  message: Uint8Array,
  relayState: string,
  reply: FastifyReply,
): FastifyReply {
  const fields = { requestId: requestIdOf(message), relayState };
  return sendPage(reply, signInAsPage({ site, people: partner.people, action: '/sign-in', fields }));
}

/** Only ever to the hub's own assertion consumer service, whatever a request may ask for. */
function answer(
  { partner, keys, hub, clock }: SamlIdentityProviderParts,
  site: Site,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const form = formOf(request);
  const parts = {
    ...keys,
    entityId: SAML_ENTITY_ID,
    audience: hub.entityId,
    acsUrl: hub.acsUrl,
    inResponseTo: form.get('requestId') ?? '',
    now: clock.now(),
  };
  const response = samlResponse(parts, personOf(partner, form.get('person') ?? ''));
  const message = Buffer.from(response, 'utf8').toString('base64');
  return sendPage(
    reply,
    postOnPage(site, hub.acsUrl, { SAMLResponse: message, RelayState: form.get('relayState') ?? '' }),
  );
}

/** null: the person refuses. */
function personOf({ people }: DemonstrationPartner, id: string): DemonstrationPerson | null {
  if (id === '') return null;
  const person = people.find((one) => one.id === id);
  if (person === undefined) throw new DemonstrationProblem('Nobody was chosen', 'There is no such person here.');
  return person;
}

async function inflated(text: string): Promise<Uint8Array> {
  try {
    return await inflate(Buffer.from(text, 'base64'), { maxOutputLength: REQUEST_BYTES });
  } catch {
    throw unreadable();
  }
}

function requestIdOf(message: Uint8Array): string {
  const read = readUntrustedXml(message, { bytes: REQUEST_BYTES });
  const element = read.ok ? read.value : null;
  const isRequest = element?.localName === 'AuthnRequest' && element.namespace === PROTOCOL;
  const id = isRequest ? element.attribute('ID') : null;
  if (id === null || id === undefined) throw unreadable();
  return id;
}

function unreadable(): DemonstrationProblem {
  return new DemonstrationProblem('This request cannot be answered', 'It is no SAML AuthnRequest of the hub.');
}

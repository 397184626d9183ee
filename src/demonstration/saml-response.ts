/** What the SAML IdP of the demonstration says of its people: who they are, in the words of a directory. */

import { attributeNameFormats, nameIdFormats, statusCodes } from '../protocols/saml/names.rules.js';
import type { AttributeToState } from '../protocols/saml/producing/assertion.js';
import { newMessageId } from '../protocols/saml/producing/message.js';
import { errorResponse, loginResponse } from '../protocols/saml/producing/response.js';
import type { DemonstrationPerson } from './estate.js';

const VALID_SECONDS = 300;
const PASSWORD = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';
const REFUSED = { code: statusCodes.responder, subcode: statusCodes.authnFailed, message: null };

export interface ResponseParts {
  /** entityID of this IdP. */
  readonly entityId: string;
  readonly privateKeyPem: string;
  readonly certificatePem: string;
  /** The hub: its entityID and its assertion consumer service. */
  readonly audience: string;
  readonly acsUrl: string;
  readonly inResponseTo: string;
  readonly now: Date;
}

/** The Response for a person, response and assertion signed, or the one that says that nobody signed in; XML text. */
export function samlResponse(parts: ResponseParts, person: DemonstrationPerson | null): string {
  const { entityId, audience, acsUrl, inResponseTo, now, privateKeyPem, certificatePem } = parts;
  const address = { issuer: entityId, audience, recipient: acsUrl, inResponseTo, now };
  const key = { keyId: entityId, privateKeyPem, certificatePem };
  if (person === null) return errorResponse(address, REFUSED, key);
  const stated = {
    nameId: {
      value: person.id,
      format: nameIdFormats.persistent,
      nameQualifier: entityId,
      spNameQualifier: audience,
    },
    validSeconds: VALID_SECONDS,
    authenticatedAt: now,
    sessionIndex: newMessageId(),
    sessionUntil: null,
    contextClass: PASSWORD,
    attributes: attributesOf(person),
  };
  return loginResponse(address, stated, { key, sign: 'BOTH', encryptTo: null });
}

/** The names that a directory behind an IdP gives to these (RFC 4519). */
function attributesOf(person: DemonstrationPerson): readonly AttributeToState[] {
  const lists: Readonly<Record<string, readonly string[]>> = {
    'urn:oid:0.9.2342.19200300.100.1.3': [person.email],
    'urn:oid:2.5.4.42': [person.givenName],
    'urn:oid:2.5.4.4': [person.familyName],
    'urn:oid:2.5.4.11': [person.department],
    costCentre: [person.costCentre],
    memberOf: person.groups,
  };
  const { uri, basic } = attributeNameFormats;
  return Object.entries(lists).map(([name, values]) => ({
    name,
    nameFormat: name.startsWith('urn:') ? uri : basic,
    friendlyName: null,
    values,
  }));
}

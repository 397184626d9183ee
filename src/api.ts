/** The rooms of the API: one line each. A further room is a `Room` in its `index.ts`, its services here, one line below. */
import { type AccessServices, accessRoom } from './access/index.js';
import { type ApplicationServices, applicationRoom } from './applications/index.js';
import { type AuditServices, auditRoom } from './audit/index.js';
import type { Room } from './graphql/schema.js';
import { type IdentityProviderServices, identityProviderRoom } from './identity-providers/index.js';
import { type LoginServices, loginRoom } from './login/index.js';
import { type MappingServices, mappingRoom } from './mapping/index.js';
import { type PartnerServices, partnerRoom } from './partners/index.js';
import { type SessionServices, sessionRoom } from './sessions/index.js';
import { type TrustServices, trustRoom } from './trust/index.js';
import { type UserServices, userRoom } from './users/index.js';

export type ApiServices = PartnerServices &
  IdentityProviderServices &
  ApplicationServices &
  TrustServices &
  MappingServices &
  AccessServices &
  UserServices &
  SessionServices &
  LoginServices &
  AuditServices;

export const apiRooms: readonly Room<ApiServices>[] = [
  partnerRoom,
  identityProviderRoom,
  applicationRoom,
  trustRoom,
  mappingRoom,
  accessRoom,
  userRoom,
  sessionRoom,
  loginRoom,
  auditRoom,
];

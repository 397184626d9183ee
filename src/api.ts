/** The rooms of the API: one line each. A further room is a `Room` in its `index.ts`, its services here, one line below. */
import { type ApplicationServices, applicationRoom } from './applications/index.js';
import type { Room } from './graphql/schema.js';
import { type PartnerServices, partnerRoom } from './partners/index.js';

export type ApiServices = PartnerServices & ApplicationServices;

export const apiRooms: readonly Room<ApiServices>[] = [partnerRoom, applicationRoom];

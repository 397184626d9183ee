/** An application that trusts the hub: an OIDC client downstream. Not a tenant's row: it serves many partners. */
import { defineEntity, p } from '@mikro-orm/core';
import { applicationItself } from '../persistence/tenant.js';

export const applicationStates = ['ACTIVE', 'DISABLED'] as const;
export type ApplicationState = (typeof applicationStates)[number];
export const subjectTypes = ['PUBLIC', 'PAIRWISE'] as const;
export type SubjectType = (typeof subjectTypes)[number];
export const idTokenAlgorithms = ['ES256', 'RS256'] as const;
export type IdTokenAlgorithm = (typeof idTokenAlgorithms)[number];

const ApplicationSchema = defineEntity({
  name: 'Application',
  schema: 'control',
  tableName: 'application',
  ...applicationItself,
  properties: {
    id: p.uuid().primary(),
    slug: p.string().length(63).unique(),
    name: p.string().length(200),
    state: p.enum(applicationStates),
    clientId: p.string().length(120).unique(),
    /** `scrypt` or SHA-256 digest of the secret (see keys/client-secret); null for a public client. */
    clientSecretHash: p.string().length(200).nullable().hidden(),
    redirectUris: p.json().$type<readonly string[]>(),
    postLogoutRedirectUris: p.json().$type<readonly string[]>(),
    subjectType: p.enum(subjectTypes),
    idTokenSignedResponseAlg: p.enum(idTokenAlgorithms),
    /** Whether the released claims stand in the ID token too, and not only in userinfo. */
    claimsInIdToken: p.boolean().default(false),
    pkceRequired: p.boolean().default(true),
    minimumIal: p.smallint().nullable(),
    minimumAal: p.smallint().nullable(),
    minimumFal: p.smallint().nullable(),
    policyEpoch: p.integer().default(1),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});

export class Application extends ApplicationSchema.class {}
ApplicationSchema.setClass(Application);

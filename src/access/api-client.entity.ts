/** Who calls the API: service clients with credentials, and tokens issued by the operator's command line. */
import { defineEntity, p } from '@mikro-orm/core';
import { hubRows } from '../persistence/tenant.js';

export const roles = ['OPERATOR', 'AUDITOR', 'PARTNER_ADMINISTRATOR', 'APPLICATION_OWNER'] as const;
export type Role = (typeof roles)[number];

const ApiClientSchema = defineEntity({
  name: 'ApiClient',
  schema: 'control',
  tableName: 'api_client',
  ...hubRows,
  properties: {
    id: p.uuid().primary(),
    clientId: p.string().length(120).unique(),
    name: p.string().length(200),
    secretHash: p.string().length(200).hidden(),
    role: p.enum(roles),
    /** Set for a partner administrator, and for nobody else. */
    partnerId: p.uuid().nullable(),
    /** Set for an application owner. */
    applicationIds: p.json().$type<readonly string[]>(),
    scopes: p.json().$type<readonly string[]>(),
    state: p.enum(['ACTIVE', 'REVOKED'] as const),
    createdAt: p.datetime(),
  },
});

/** A service client: role and scopes come from here at every request, never from what the token says alone. */
export class ApiClient extends ApiClientSchema.class {}
ApiClientSchema.setClass(ApiClient);

const ApiTokenSchema = defineEntity({
  name: 'ApiToken',
  schema: 'control',
  tableName: 'api_token',
  ...hubRows,
  properties: {
    id: p.uuid().primary(),
    subject: p.string().length(200),
    role: p.enum(roles),
    partnerId: p.uuid().nullable(),
    applicationIds: p.json().$type<readonly string[]>(),
    scopes: p.json().$type<readonly string[]>(),
    expiresAt: p.datetime(),
    revokedAt: p.datetime().nullable(),
    createdAt: p.datetime(),
  },
});

/** A token that `entente token` issued: known here, so that it can be revoked. */
export class ApiToken extends ApiTokenSchema.class {}
ApiTokenSchema.setClass(ApiToken);

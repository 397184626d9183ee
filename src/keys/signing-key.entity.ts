/** Keys of the hub itself: they sign what applications and callers of the API receive. */
import { defineEntity, p } from '@mikro-orm/core';
import { hubRows } from '../persistence/tenant.js';

const SigningKeySchema = defineEntity({
  name: 'SigningKey',
  schema: 'control',
  tableName: 'signing_key',
  ...hubRows,
  properties: {
    id: p.uuid().primary(),
    kid: p.string().length(64).unique(),
    algorithm: p.enum(['ES256', 'RS256'] as const),
    state: p.enum(['ACTIVE', 'RETIRED'] as const),
    publicJwk: p.json().$type<Readonly<Record<string, unknown>>>(),
    privateJwkEncrypted: p.text().hidden(),
    createdAt: p.datetime(),
    retiredAt: p.datetime().nullable(),
  },
});

export class SigningKey extends SigningKeySchema.class {}
SigningKeySchema.setClass(SigningKey);

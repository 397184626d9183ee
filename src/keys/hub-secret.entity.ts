/** Random secrets of the hub that must outlive every roll of the key-encryption key: made once, sealed. */
import { defineEntity, p } from '@mikro-orm/core';
import { hubRows } from '../persistence/tenant.js';

const HubSecretSchema = defineEntity({
  name: 'HubSecret',
  schema: 'control',
  tableName: 'hub_secret',
  ...hubRows,
  properties: {
    name: p.string().length(64).primary(),
    valueEncrypted: p.text().hidden(),
    createdAt: p.datetime(),
  },
});

export class HubSecret extends HubSecretSchema.class {}
HubSecretSchema.setClass(HubSecret);

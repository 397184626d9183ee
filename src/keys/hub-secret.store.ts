/**
 * Loads a secret of the hub, or makes it once for all replicas. What people and applications see depends on such a secret
 * (pairwise identifiers), so it is not derived from the key-encryption key, which rolls (H03).
 */
import { randomBytes } from 'node:crypto';
import type { SecretBox } from '../persistence/secret-box.js';
import { hubScope, type UnitOfWork } from '../persistence/unit-of-work.js';
import { RESERVED_PARTNER_ID } from '../shared/ids.js';
import { HubSecret } from './hub-secret.entity.js';

const BYTES = 32;

export async function loadOrCreateSecret(uow: UnitOfWork, box: SecretBox, name: string, now: Date): Promise<Buffer> {
  const place = { column: 'hub_secret.value', partnerId: RESERVED_PARTNER_ID, rowId: name };
  const made = box.seal(randomBytes(BYTES).toString('base64'), place);
  const { valueEncrypted } = await uow.write(hubScope, async (tx) => {
    // Of replicas that start together one inserts; all read what it wrote.
    await tx.em.execute(
      'insert into "control"."hub_secret" (name, value_encrypted, created_at) values (?, ?, ?) on conflict do nothing',
      [name, made, now.toISOString()],
    );
    return tx.em.findOneOrFail(HubSecret, { name });
  });
  return Buffer.from(box.open(valueEncrypted, place), 'base64');
}

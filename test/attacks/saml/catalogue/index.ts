/** Every document of the catalogue. */
import type { AttackDocument } from './contracts.js';
import { encryption } from './encryption.js';
import { message } from './message.js';
import { signature } from './signature.js';
import { wrapping } from './wrapping.js';
import { xml } from './xml.js';

export type { AttackDocument } from './contracts.js';

export const catalogue: readonly AttackDocument[] = [...wrapping, ...signature, ...xml, ...message, ...encryption];

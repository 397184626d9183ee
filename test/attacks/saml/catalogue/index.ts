/** Every document of the catalogue. */
import type { AttackDocument } from './contracts.js';
import { wrapping } from './wrapping.js';

export type { AttackDocument } from './contracts.js';

export const catalogue: readonly AttackDocument[] = [...wrapping];

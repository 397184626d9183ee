/** A folder of one's own for a data directory, below the scratch folder of the run (global-setup.mjs). */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';

/** Mode 0700: as root, PostgreSQL's own user cannot enter it by itself. */
export function scratchFolder(name: string): string {
  const scratch = process.env.ENTENTE_TEST_SCRATCH;
  if (scratch === undefined) throw new Error('the run has no scratch folder');
  return mkdtempSync(join(scratch, `${name}-`));
}

// Writes schema.graphql, the snapshot of the API that clients generate from.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, root } from './build.mjs';

/** The schema that the built sources give. */
export async function currentSchema() {
  const { apiRooms } = await import('../dist/api.js');
  const { buildApiSchema, emitSchema } = await import('../dist/graphql/schema.js');
  return emitSchema(buildApiSchema(apiRooms));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (build() !== 0) process.exit(1);
  writeFileSync(join(root, 'schema.graphql'), await currentSchema());
}

// Writes schema.graphql, the snapshot of the API that clients generate from.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, root } from './build.mjs';

if (build() !== 0) process.exit(1);
const { apiRooms } = await import('../dist/api.js');
const { buildApiSchema, emitSchema } = await import('../dist/graphql/schema.js');
writeFileSync(join(root, 'schema.graphql'), emitSchema(buildApiSchema(apiRooms)));

import { rmSync } from 'node:fs';
import { dirname } from 'node:path';

export default async function teardown() {
  const { server, directory } = globalThis.ententeTestPostgres;
  await server.stop();
  rmSync(dirname(directory), { recursive: true, force: true });
}

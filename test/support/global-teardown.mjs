import { rmSync } from 'node:fs';

export default async function teardown() {
  const { server, scratch } = globalThis.ententeTestPostgres;
  await server.stop();
  rmSync(scratch, { recursive: true, force: true });
}

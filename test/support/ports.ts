/** Ports of 127.0.0.1 that nobody listens on, in a row. */
import { createServer, type Server } from 'node:net';

const LOWEST = 20_000;
const HIGHEST = 30_000;

function listen(port: number): Promise<Server | null> {
  const server = createServer();
  return new Promise((done) => {
    server.on('error', () => done(null));
    server.listen(port, '127.0.0.1', () => done(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((done) => server.close(() => done()));
}

/** The first of `count` free ports in a row, below the range that the system gives out by itself. */
export async function freePortsInARow(count: number): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const first = LOWEST + ((process.pid * 131 + attempt * 977) % (HIGHEST - LOWEST));
    const servers = await Promise.all(Array.from({ length: count }, (_none, index) => listen(first + index)));
    await Promise.all(servers.map((server) => server && close(server)));
    if (servers.every((server) => server !== null)) return first;
  }
  throw new Error(`there are no ${count} free ports in a row`);
}

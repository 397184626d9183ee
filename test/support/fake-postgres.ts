/** A PostgreSQL that answers `show NAME` and nothing else: for versions that are not at hand. */
import { createServer, type Socket } from 'node:net';

function message(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

const readyForQuery = message('Z', Buffer.from('I'));

function oneText(name: string, value: string): Buffer {
  const column = [Buffer.from(`${name}\0`), int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0)];
  return Buffer.concat([
    message('T', int16(1), ...column),
    message('D', int16(1), int32(value.length), Buffer.from(value)),
    message('C', Buffer.from('SHOW\0')),
    readyForQuery,
  ]);
}

function serve(socket: Socket, settings: Readonly<Record<string, string>>): void {
  let started = false;
  socket.on('error', () => undefined);
  socket.on('data', (data) => {
    if (!started) {
      started = true;
      socket.write(Buffer.concat([message('R', int32(0)), readyForQuery]));
      return;
    }
    const name = /show (\w+)/.exec(data.toString('latin1'))?.[1];
    if (name !== undefined) socket.write(oneText(name, settings[name] ?? ''));
  });
}

export function startFakePostgres(settings: Readonly<Record<string, string>>) {
  const server = createServer((socket) => serve(socket, settings));
  return new Promise<{ port: number; close(): Promise<void> }>((done) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      done({ port, close: () => new Promise((closed) => server.close(() => closed())) });
    });
  });
}

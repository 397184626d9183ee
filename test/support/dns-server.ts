/** A fake authoritative DNS server on 127.0.0.1 over UDP: TXT records under full control of a test (RFC 1035 section 4). */
import { createSocket } from 'node:dgram';

const NXDOMAIN = 3;
const SERVFAIL = 2;
const TXT = 16;

export interface DnsServer {
  /** `127.0.0.1:port`, as the hub's configuration takes it. */
  readonly address: string;
  /** Names that were asked for. */
  readonly questions: string[];
  /** TXT records of a name; `silent` never answers, `broken` answers SERVFAIL. A name without entry does not exist. */
  set(name: string, records: readonly string[] | 'silent' | 'broken'): void;
  close(): Promise<void>;
}

export async function startDnsServer(): Promise<DnsServer> {
  const zone = new Map<string, readonly string[] | 'silent' | 'broken'>();
  const questions: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const { name, end } = readName(query);
    questions.push(name);
    const records = zone.get(name.toLowerCase());
    if (records === 'silent') return;
    socket.send(answer(query, end + 4, records), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions,
    set: (name, records) => void zone.set(name.toLowerCase(), records),
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function readName(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.subarray(at + 1, at + 1 + length).toString('latin1'));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 };
}

function answer(query: Buffer, questionEnd: number, records: readonly string[] | 'broken' | undefined): Buffer {
  const code = records === undefined ? NXDOMAIN : records === 'broken' ? SERVFAIL : 0;
  const found = Array.isArray(records) ? (records as readonly string[]) : [];
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8580 | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(found.length, 6);
  return Buffer.concat([header, query.subarray(12, questionEnd), ...found.map(txtRecord)]);
}

function txtRecord(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 255) {
    const chunk = bytes.subarray(at, at + 255);
    chunks.push(Buffer.from([chunk.length]), chunk);
  }
  const data = Buffer.concat(chunks);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(TXT, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

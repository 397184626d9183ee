/** The catalogue of attacks at the verifier: the honest message is accepted, and one change later it is refused. */
import { type AddressInfo, createServer, type Server } from 'node:net';
import { Harness, makeKeys, nameId, PERSON } from '../../support/saml-verdict.js';
import { type AttackDocument, catalogue } from './catalogue/index.js';

let saml: Harness;
/** What a fetch of ours would reach. */
let server: Server;
let connections = 0;

beforeAll(async () => {
  server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const elsewhere = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  saml = new Harness(await makeKeys(), { elsewhere });
});

/** Each check is synchronous, so that a connection could only show later: all of them are counted at the end. */
afterAll(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise<void>((resolve) => server.close(() => resolve()));
  expect(connections).toBe(0);
});

const titled = (one: AttackDocument): [string, AttackDocument] => [
  `${one.name} ${one.ids.map((id) => `[${id}]`).join(' ')}`,
  one,
];
const refused = catalogue.filter(({ code }) => code !== 'accept');

it.each(refused.map(titled))('refuses %s', (_title, { code, honest, make, policy }) => {
  const before = honest(saml);
  expect(nameId(saml.accepted(before, policy).assertion)).toBe(PERSON);
  const attack = make(saml);
  expect(Buffer.from(attack).equals(Buffer.from(before))).toBe(false);
  expect(saml.code(attack, policy)).toBe(code);
});

it.each(catalogue.filter(({ code }) => code === 'accept').map(titled))('accepts %s', (_title, { make, policy }) => {
  expect(nameId(saml.accepted(make(saml), policy).assertion)).toBe(PERSON);
});

it('has no two documents of one name', () => {
  const names = catalogue.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

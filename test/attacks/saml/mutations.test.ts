/** Whatever is done to a genuine message: it is refused, or it says exactly the same. */
import fc from 'fast-check';
import { assertionXml } from '../../support/saml-messages.js';
import { type Mutation, mutate, mutation } from '../../support/saml-mutations.js';
import { samlShapes } from '../../support/saml-shapes.js';
import { FORGED, forge, Harness, makeKeys, plain } from '../../support/saml-verdict.js';
import { take, without } from '../../support/xml-text.js';

const SEED = 20310506;

let saml: Harness;
let messages: string[];
/** What each of them says, unchanged. */
let honest: string[];
let snippets: string[];
beforeAll(async () => {
  saml = new Harness(await makeKeys());
  messages = [
    saml.message('response'),
    saml.message('assertion'),
    saml.message('both'),
    saml.encrypted('both'),
    saml.encrypted('assertion'),
    ...samlShapes.map(({ make }) => make({ key: saml.keys.idp })),
  ];
  honest = messages.map((message) => JSON.stringify(JSON.parse(outcome(message) ?? '[]')[0]));
  const own = saml.message('both', { nameId: FORGED, signing: { key: saml.keys.attacker } });
  snippets = [
    forge(assertionXml()),
    own,
    take(own, 'saml:Assertion'),
    take(own, 'ds:Signature'),
    take(own, 'saml:AttributeStatement').replace(
      '<saml:AttributeStatement',
      '<saml:AttributeStatement xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.org/2001/XMLSchema"',
    ),
    without(saml.message('response'), 'ds:Signature'),
    '<ds:Object xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>',
    '<samlp:Extensions xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>',
    '<x/>',
  ];
});

/** Everything that a caller could act on. */
function outcome(xml: string | Uint8Array): string | null {
  const result = saml.verify(xml, { allowTrailingSignature: true });
  if (!result.ok) return null;
  const { assertion, digest, envelope, responseIsSigned } = result.value;
  return JSON.stringify([plain(assertion), digest, responseIsSigned ? plain(envelope) : 'unsigned']);
}

/** A message that loses its outer signature says less, but what it says of the person is the same. */
function saysNothingElse(which: number, after: string | null): void {
  if (after !== null) expect(JSON.stringify(JSON.parse(after)[0])).toBe(honest[which % messages.length]);
}

it('holds for every change of one byte [S11]', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (which, at, delta) => {
      const message = messages[which % messages.length] ?? '';
      const bytes = Buffer.from(message);
      const index = at % bytes.length;
      bytes[index] = (bytes[index] ?? 0) ^ delta;
      saysNothingElse(which, outcome(bytes));
    }),
    { seed: SEED, numRuns: 1_000 },
  );
});

it('holds for every byte that is left out, doubled or swapped with the next [S11]', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.constantFrom('drop', 'double', 'swap'), (which, at, how) => {
      const message = messages[which % messages.length] ?? '';
      const index = at % (message.length - 1);
      const [one = '', two = ''] = [message[index], message[index + 1]];
      const middle = how === 'drop' ? two : how === 'double' ? one + one + two : two + one;
      const changed = message.slice(0, index) + middle + message.slice(index + 2);
      saysNothingElse(which, outcome(changed));
    }),
    { seed: SEED, numRuns: 800 },
  );
});

it('holds for elements that are moved, copied, removed, unwrapped, emptied, inserted or given other values [S01] [S02] [S03] [S06] [S11]', () => {
  let survived = 0;
  fc.assert(
    fc.property(fc.nat(), fc.array(mutation, { minLength: 1, maxLength: 4 }), (which, mutations) => {
      const message = messages[which % messages.length] ?? '';
      const changed = mutate(message, mutations as Mutation[], snippets);
      const after = outcome(changed);
      if (after !== null) survived += 1;
      saysNothingElse(which, after);
    }),
    { seed: SEED, numRuns: 800 },
  );
  // A property that refuses everything would be empty: some changes touch unsigned parts only.
  expect(survived).toBeGreaterThan(10);
});

it('holds for parts of two genuine messages put together [S02] [S05]', () => {
  const donors = [0, 1, 2].map((one) =>
    saml.message('both', { nameId: `donor-${one}@aurora.example`, assertionId: `_d${one}`, responseId: `_r${one}` }),
  );
  const said = donors.map((donor) => JSON.stringify(JSON.parse(outcome(donor) ?? '[]')[0]));
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.array(mutation, { minLength: 1, maxLength: 3 }), (which, other, mutations) => {
      const [message = '', donor = ''] = [messages[which % messages.length], donors[other % 3]];
      const parts = [donor, take(donor, 'saml:Assertion'), take(donor, 'ds:Signature')];
      const after = outcome(mutate(message, mutations as Mutation[], parts));
      if (after === null) return;
      expect([honest[which % messages.length], ...said]).toContain(JSON.stringify(JSON.parse(after)[0]));
    }),
    { seed: SEED, numRuns: 300 },
  );
});

it('never throws, whatever the bytes [L8]', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.string({ unit: 'binary', maxLength: 300 }).map((one) => Buffer.from(one)),
      ),
      (bytes) => {
        expect(saml.verify(bytes).ok).toBe(false);
        expect(saml.verify(Buffer.concat([Buffer.from('<a>'), bytes, Buffer.from('</a>')])).ok).toBe(false);
      },
    ),
    { seed: SEED, numRuns: 1_000 },
  );
});

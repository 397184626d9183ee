/**
 * `npm run fuzz -- --seconds N --seed S`: documents that were honest, changed at random, on the parts that are signed and on those
 * that are not. The property: whatever is accepted says exactly what an honest one said; nothing throws, takes longer than its size
 * allows, or leaves memory behind. One seed makes one sequence of changes; keys are new in every run, so a document that breaks the
 * property is written to `--out`, with what it takes to look at it again.
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Mutation, mutate } from '../test/support/saml-mutations.js';
import { Random } from './random.js';
import { makeTargets, type Outcome, type Target } from './targets.js';
import { mutateBytes, textMutators } from './text-mutators.js';

/** CPU milliseconds that one document may take: far above what any took, far below what would hold a hub up. */
const BASE_MS = 60;
const MS_PER_KIB = 2;
const MAX_GROWTH_MB = 10;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: join(tmpdir(), 'entente-fuzz.xml') },
  },
});

const random = new Random(Number(values.seed));
const targets = await makeTargets();
const honest = new Map(targets.map((target) => [target, honestSayings(target)]));
const codes = new Map<string, number>();
let [documents, accepted] = [0, 0];
let settled = 0;

const end = Date.now() + Number(values.seconds) * 1_000;
const begun = Date.now();
while (Date.now() < end) {
  // The Response is where an attacker begins.
  const target = random.chance(3) ? random.pick(targets) : (targets[0] as Target);
  const document = changed(target);
  documents += 1;
  const outcome = judge(target, document);
  if ('said' in outcome) {
    accepted += 1;
    if (!outcome.said.every((one) => honest.get(target)?.has(one)))
      fail('accepted with other claims', target, document);
  } else codes.set(outcome.code, (codes.get(outcome.code) ?? 0) + 1);
  if (documents === 5_000) settled = heldMb();
}
const growth = settled === 0 ? 0 : heldMb() - settled;
for (const [code, count] of [...codes].sort(([, one], [, other]) => other - one))
  console.log(`${String(count).padStart(9)}  ${code}`);
const perSecond = Math.round((documents * 1_000) / (Date.now() - begun));
console.log(
  `${documents} documents (${perSecond} a second), seed ${values.seed}: ${accepted} accepted, ${documents - accepted} refused`,
);
if (settled > 0) console.log(`memory held since the 5,000th document: ${growth >= 0 ? '+' : ''}${growth} MB`);
if (accepted === 0) problem('Nothing was accepted: the run proves nothing.');
if (growth > MAX_GROWTH_MB) problem(`Memory grew by more than ${MAX_GROWTH_MB} MB.`);
if (process.exitCode === undefined) console.log('The property held.');

function honestSayings(target: Target): ReadonlySet<string> {
  const originals = [
    ...target.documents,
    ...(target.sealed === undefined ? [] : [target.sealed((text) => text, random)]),
  ];
  return new Set(
    originals.flatMap((document) => {
      const outcome = target.judge(Buffer.from(document));
      if (!('said' in outcome)) throw new Error(`An honest ${target.name} is refused: ${outcome.code}`);
      return outcome.said;
    }),
  );
}

function changed(target: Target): Buffer {
  if (target.sealed !== undefined && random.chance(12)) return Buffer.from(target.sealed(changeText, random));
  const document = random.pick(target.documents);
  const kind = random.below(10);
  if (kind < 3) return mutateBytes(Buffer.from(document), random);
  if (kind < 7) return Buffer.from(changeText(document));
  if (kind < 8) return Buffer.from(changeText(spliced(document, random.pick(target.documents))));
  const mutated = mutate(document, treeMutations(), [random.pick(target.documents)]);
  return kind < 9 ? Buffer.from(mutated) : mutateBytes(Buffer.from(mutated), random);
}

function changeText(text: string): string {
  let result = text;
  for (let count = 1 + random.below(3); count > 0; count -= 1) result = random.pick(textMutators)(result, random);
  return result;
}

/** The beginning of one and the end of another. */
function spliced(one: string, other: string): string {
  return one.slice(0, random.below(one.length)) + other.slice(random.below(other.length));
}

function treeMutations(): Mutation[] {
  return Array.from({ length: 1 + random.below(4) }, () => {
    const [what, where, first] = [random.below(200), random.below(200), random.chance(2)];
    const value = random.pick(['', 'mallory@evil.example', '2.0', '_assertion-1', '#_response-1', 'AAAA']);
    return random.pick<Mutation>([
      { kind: 'move', what, where, first },
      { kind: 'copy', what, where, first },
      { kind: 'remove', what },
      { kind: 'unwrap', what },
      { kind: 'empty', what },
      { kind: 'insert', where, first, xml: what },
      { kind: 'attribute', what, which: random.below(20), value },
      { kind: 'text', what, value },
    ]);
  });
}

/** A slow answer is asked for again: only one that is slow every time is the document's fault. */
function judge(target: Target, document: Buffer): Outcome {
  const allowed = BASE_MS + (MS_PER_KIB * document.length) / 1_024;
  for (let attempt = 1; ; attempt += 1) {
    const before = process.cpuUsage();
    let outcome: Outcome;
    try {
      outcome = target.judge(document);
    } catch (error) {
      return fail(`threw ${error instanceof Error ? error.stack : String(error)}`, target, document);
    }
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1_000 <= allowed) return outcome;
    if (attempt === 5) return fail(`took ${Math.round((user + system) / 1_000)} ms`, target, document);
  }
}

/** What lives after a collection; the process may keep more from the system, as V8 sees fit. */
function heldMb(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 1_048_576);
}

function fail(what: string, target: Target, document: Buffer): never {
  writeFileSync(values.out, document);
  writeFileSync(`${values.out}.pem`, target.certificates.join(''));
  problem(`A ${target.name} ${what}: document ${documents} of seed ${values.seed}, kept in ${values.out}`);
  process.exit(1);
}

function problem(text: string): void {
  console.error(text);
  process.exitCode = 1;
}

/**
 * The hub beside samlify, node-saml, xmlsec1 and xml-crypto on the same documents: the same verdict, or a difference with a
 * reason in docs/security/saml-verdicts.md, which `npm run verdicts` writes through this file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { type Mutation, mutate, mutation } from '../test/support/saml-mutations.js';
import { forge, PERSON } from '../test/support/saml-verdict.js';
import { Estate } from '../test/support/verdicts/documents.js';
import {
  differencesOf,
  type Found,
  type FoundGroup,
  namesAnother,
  page,
  reasonsOf,
  SAMPLES_TITLE,
} from '../test/support/verdicts/page.js';
import { reasons } from '../test/support/verdicts/reasons.js';
import { hasSamples, judgeSamples } from '../test/support/verdicts/samples.js';
import { judgeAll, judgeDocument } from '../test/support/verdicts/trials.js';
import { take, without } from '../test/support/xml-text.js';
import { hasXmlsec, xmlsecNote } from '../test/support/xmlsec.js';
import { XmlsecPool } from '../test/support/xmlsec-pool.js';

const PAGE = resolve(import.meta.dirname, '../docs/security/saml-verdicts.md');
const SEED = 20310506;
const xmlsec = hasXmlsec ? new XmlsecPool() : null;
const withXmlsec = hasXmlsec ? it : it.skip;
const withSamples = hasSamples ? it : it.skip;
const samplesNote = hasSamples ? '' : ' (skipped: no ../shared/samples beside the repository)';

let saml: Estate;
let groups: FoundGroup[];
let samples: FoundGroup[];
let found: Found[];
beforeAll(async () => {
  saml = await Estate.make();
  groups = await judgeAll(saml, xmlsec);
  samples = hasSamples ? await judgeSamples(xmlsec) : [];
  found = [...groups, ...samples].flatMap((group) => group.found);
}, 300_000);
afterAll(() => xmlsec?.close());

/** Differences that nobody can explain. */
function unexplained(one: Found): unknown[] {
  return differencesOf(one).flatMap(([judge, why]) => (why === undefined ? [[one.name, judge, one.verdicts]] : []));
}

it('has a reason for every difference [S12]', () => {
  expect(found.length).toBeGreaterThan(120);
  expect(found.flatMap(unexplained)).toEqual([]);
});

it('never accepts what xmlsec1 or xml-crypto finds invalid, but for what they lack [S12] [L18]', () => {
  const alone = found.filter(({ verdicts: { ours, xmlsec: other, xmlCrypto } }) => {
    return ours.accepts && (other?.accepts === false || !xmlCrypto.accepts);
  });
  const lacking = ['several recipients', 'unknown algorithm', 'place of the key', 'not opened', 'written again'];
  expect(alone.length).toBeGreaterThan(0);
  expect(alone.flatMap(reasonsOf).filter((one) => !lacking.includes(one))).toEqual([]);
});

it('never names another person than was signed, which others do [S02] [S17]', () => {
  expect(found.filter((one) => namesAnother(one, 'ours'))).toEqual([]);
  const others = found.filter((one) => namesAnother(one, 'samlify') || namesAnother(one, 'nodeSaml'));
  expect(others.length).toBeGreaterThan(0);
});

it('agrees with all of them on most honest messages, so that the comparison is one', () => {
  const honest = groups.slice(0, 2).flatMap((group) => group.found);
  const agreed = honest.filter(({ verdicts: { ours, samlify, nodeSaml } }) => {
    return ours.accepts && samlify.accepts && nodeSaml.accepts;
  });
  expect(agreed.length).toBeGreaterThan(12);
  for (const one of agreed)
    expect([one.verdicts.samlify.person, one.verdicts.nodeSaml.person]).toEqual([PERSON, PERSON]);
});

withXmlsec(`is what docs/security/saml-verdicts.md says${xmlsecNote}`, () => {
  const now = page(groups, samples);
  if (process.env.WRITE_VERDICTS === 'true') writeFileSync(PAGE, now);
  const written = readFileSync(PAGE, 'utf8');
  const withoutSamples = (text: string) => (text.split(SAMPLES_TITLE)[0] ?? '').trimEnd();
  expect(hasSamples ? written : withoutSamples(written)).toBe(hasSamples ? now : withoutSamples(now));
});

withSamples(`has every class of differences in use${samplesNote}`, () => {
  expect(new Set(found.flatMap(reasonsOf))).toEqual(new Set(Object.keys(reasons)));
});

const messages = () => (['response', 'assertion', 'both'] as const).map((sign) => saml.message(sign));
const changed = (made: readonly string[], which: number, mutations: readonly Mutation[]) => {
  const forged = forge(without(take(made[1] ?? '', 'saml:Assertion'), 'ds:Signature'));
  return mutate(made[which] ?? '', mutations, [take(made[1] ?? '', 'ds:Signature'), forged, '<x/>']);
};

it('has no difference without a reason on messages that were tampered with [S11] [S12]', async () => {
  const made = messages();
  await fc.assert(
    fc.asyncProperty(fc.nat(2), fc.array(mutation, { minLength: 1, maxLength: 2 }), async (which, mutations) => {
      const bytes = changed(made, which, mutations);
      const one = await judgeDocument(saml, { name: 'changed', ids: [], make: () => bytes }, xmlsec);
      expect(namesAnother(one, 'ours')).toBe(false);
      expect(unexplained(one)).toEqual([]);
    }),
    { seed: SEED, numRuns: 25 },
  );
});

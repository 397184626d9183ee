/** The report on the threat table: a row without a passed test is found, and so is a test of no row. */
import { readFileSync } from 'node:fs';
import ThreatReport, { countRows, describeRows, missingRows } from '../../support/threat-report.mjs';

const rows = JSON.parse(readFileSync('test/attacks/saml/rows.json', 'utf8')) as Readonly<Record<string, string>>;
const passed = (fullName: string) => ({ fullName, status: 'passed' });
const every = Object.keys(rows).map((id) => passed(`refuses something [${id}]`));

it('has 54 attacks and 43 defences', () => {
  const numbered = (kind: string, count: number) =>
    Array.from({ length: count }, (_, at) => `${kind}${String(at + 1).padStart(kind === 'S' ? 2 : 1, '0')}`);
  expect(Object.keys(rows)).toEqual([...numbered('S', 54), ...numbered('L', 43)]);
});

it('counts a passed test once for each row that it or its suite names', () => {
  const counts = countRows([...every, passed('a suite [S17] of a test [S17] [L3] [N56]')]);
  expect([counts.get('S17'), counts.get('L3'), counts.get('S18')]).toEqual([2, 2, 1]);
  expect(missingRows(counts)).toBeNull();
  expect(describeRows(counts)).toMatch(/ S17 2 .*\n[\s\S]* L3 2 /);
});

it('finds rows whose tests failed or were skipped, and tests of rows that nobody knows', () => {
  const tests = every.map((one, at) => (at < 2 ? { ...one, status: at === 0 ? 'failed' : 'pending' } : one));
  const missing = missingRows(countRows([...tests, passed('refuses something [S99]')]));
  expect(missing).toBe(
    `Threat table of SAML: no passed test for S01 (${rows.S01}), S02 (${rows.S02}); tests of rows that are not in the table: S99.`,
  );
});

it.each([
  ['a whole run', {}, true],
  ['a run of some files', { testPathPatterns: { isSet: () => true } }, false],
  ['a run of some names', { testNamePattern: 'S01' }, false],
  ['a part of a run', { shard: { shardIndex: 1, shardCount: 2 } }, false],
])('fails %s or not, where rows are missing', (_name, over, fails) => {
  const written: string[] = [];
  const config = { testPathPatterns: { isSet: () => false }, ...over };
  const reporter = new ThreatReport(config, {}, { write: (text) => void written.push(text) });
  reporter.onRunComplete(new Set(), { testResults: [{ testResults: every.slice(1) }], wasInterrupted: false });
  expect(written).toHaveLength(fails ? 2 : 0);
  expect(reporter.getLastError() instanceof Error).toBe(fails);
});

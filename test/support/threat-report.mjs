// Says after a run how many passed tests each row of the threat table has (test/attacks/saml/rows.json). A full run fails
// where a row has none, or where a test names a row that is not in the table.
import { readFileSync } from 'node:fs';

const rows = JSON.parse(readFileSync(new URL('../attacks/saml/rows.json', import.meta.url), 'utf8'));
const TAG = /\[([SL]\d{1,2})\]/g;
const PER_LINE = 14;

export function countRows(testResults) {
  const counts = new Map(Object.keys(rows).map((id) => [id, 0]));
  for (const { fullName, status } of testResults) {
    if (status !== 'passed') continue;
    const ids = new Set([...fullName.matchAll(TAG)].map(([, id]) => id));
    for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

/** What is wrong with the counts of a full run: null for nothing. */
export function missingRows(counts) {
  const uncovered = [...counts].filter(([id, count]) => id in rows && count === 0).map(([id]) => `${id} (${rows[id]})`);
  const unknown = [...counts.keys()].filter((id) => !(id in rows));
  const parts = [
    ...(uncovered.length > 0 ? [`no passed test for ${uncovered.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`tests of rows that are not in the table: ${unknown.join(', ')}`] : []),
  ];
  return parts.length === 0 ? null : `Threat table of SAML: ${parts.join('; ')}.`;
}

export function describeRows(counts) {
  const cells = [...counts].map(([id, count]) => `${id} ${count}`.padEnd(8));
  const lines = [];
  for (const kind of ['S', 'L']) {
    const own = cells.filter((cell) => cell.startsWith(kind));
    for (let at = 0; at < own.length; at += PER_LINE)
      lines.push(
        `  ${own
          .slice(at, at + PER_LINE)
          .join('')
          .trimEnd()}`,
      );
  }
  return ['Threat table of SAML, row and passed tests:', ...lines].join('\n');
}

export default class ThreatReport {
  #config;
  #write;
  #error;

  constructor(config, _options, { write = (text) => process.stderr.write(text) } = {}) {
    this.#config = config;
    this.#write = write;
  }

  onRunComplete(_contexts, { testResults, wasInterrupted }) {
    if (!this.#isWhole() || wasInterrupted) return;
    const counts = countRows(testResults.flatMap((file) => file.testResults));
    this.#write(`\n${describeRows(counts)}\n`);
    const missing = missingRows(counts);
    if (missing === null) return;
    this.#write(`${missing}\n`);
    this.#error = new Error(missing);
  }

  getLastError() {
    return this.#error;
  }

  /** A run of some tests says nothing about rows. */
  #isWhole() {
    const { testPathPatterns, testNamePattern, onlyChanged, onlyFailures, findRelatedTests, shard } = this.#config;
    return !(testPathPatterns.isSet() || testNamePattern || onlyChanged || onlyFailures || findRelatedTests || shard);
  }
}

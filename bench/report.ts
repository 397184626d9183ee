/** What a bench found: a table for people, `{"metrics": {name: number}}` for programs. */
import { writeFileSync } from 'node:fs';

export type Metrics = Readonly<Record<string, number>>;

export interface Bench {
  readonly name: string;
  /** Takes minutes: runs only where its whole name is asked for. */
  readonly isLong?: boolean;
  run(): Promise<Metrics>;
  /** A line for each bar that the numbers miss; the command fails then. */
  missed?(metrics: Metrics): readonly string[];
}

export function printTable(metrics: Metrics): void {
  const width = Math.max(...Object.keys(metrics).map((name) => name.length));
  for (const [name, value] of Object.entries(metrics)) {
    console.log(`${name.padEnd(width)}  ${value.toFixed(digits(value)).padStart(12)}`);
  }
}

export function writeJson(path: string, metrics: Metrics): void {
  const rounded = Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, Number(value.toFixed(4))]));
  writeFileSync(path, `${JSON.stringify({ metrics: rounded }, null, 2)}\n`);
}

function digits(value: number): number {
  return Math.abs(value) < 100 ? 2 : 0;
}

/** The value below which `share` of the sorted values lie. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** CPU milliseconds of this process per call, after as many calls to warm up. */
export function cpuPerCall(calls: number, work: () => void): number {
  for (let index = 0; index < calls; index++) work();
  const before = process.cpuUsage();
  for (let index = 0; index < calls; index++) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / calls;
}

/** CPU milliseconds per call of work that answers later, in as many calls as `wallMs` has room for, three at least. */
export async function cpuWithin(wallMs: number, work: () => unknown): Promise<number> {
  const [before, end] = [process.cpuUsage(), performance.now() + wallMs];
  let calls = 0;
  for (; calls < 3 || performance.now() < end; calls++) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / calls;
}

export function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

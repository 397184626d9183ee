interface RanTest {
  readonly fullName: string;
  readonly status: string;
}

export function countRows(tests: readonly RanTest[]): ReadonlyMap<string, number>;
export function missingRows(counts: ReadonlyMap<string, number>): string | null;
export function describeRows(counts: ReadonlyMap<string, number>): string;

export default class ThreatReport {
  constructor(
    config: { readonly testPathPatterns: { isSet(): boolean }; readonly [setting: string]: unknown },
    options: unknown,
    context: { readonly write?: (text: string) => void },
  );
  onRunComplete(
    contexts: unknown,
    results: { readonly testResults: readonly { readonly testResults: readonly RanTest[] }[]; wasInterrupted: boolean },
  ): void;
  getLastError(): Error | undefined;
}

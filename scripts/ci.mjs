// Runs every step to its end, also after a failure, and counts: single tests where jest tells them, else steps.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './build.mjs';

const folder = mkdtempSync(join(tmpdir(), 'entente-ci-'));
const results = join(folder, 'jest.json');
let passed = 0;
let failed = 0;

function run(args) {
  console.log(`\n==> npm ${args.join(' ')}`);
  return spawnSync('npm', args, { cwd: root, stdio: 'inherit' }).status === 0;
}

function countTests(succeeded) {
  try {
    const counts = JSON.parse(readFileSync(results, 'utf8'));
    passed += counts.numPassedTests;
    failed += counts.numFailedTests + counts.numRuntimeErrorTestSuites;
    if (!succeeded && counts.success) failed += 1;
  } catch {
    failed += 1;
  }
}

countTests(run(['test', '--', '--ci', '--json', `--outputFile=${results}`]));
const steps = [['check'], ['fuzz', '--', '--seconds', '15', '--seed', '1'], ['interop']];
for (const step of steps) {
  if (run(['run', ...step])) passed += 1;
  else failed += 1;
}
rmSync(folder, { recursive: true, force: true });
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

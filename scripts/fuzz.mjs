// `npm run fuzz -- --seconds N --seed S`: installs what is missing, builds, compiles fuzz/ and runs it on the pinned Node.js.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './build.mjs';
import { ensureBuilt, ensureInstalled, runOn } from './prepare.mjs';

ensureInstalled({ development: true });
const node = ensureBuilt();
process.chdir(root);
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const { status } = spawnSync(node, [compiler, '-p', 'fuzz'], { stdio: 'inherit' });
process.exitCode =
  status === 0
    ? await runOn(node, ['--expose-gc', '--no-warnings', '.tmp/fuzz/fuzz/run.js', ...process.argv.slice(2)])
    : 1;

// `npm run bench`: installs what is missing, builds, compiles bench/ and runs it on the pinned Node.js.
// `-- --only NAME` for some of it, `-- --json FILE` for the numbers.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './build.mjs';
import { ensureBuilt, ensureInstalled, runOn } from './prepare.mjs';

ensureInstalled({ development: true });
const node = ensureBuilt();
process.chdir(root);
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const { status } = spawnSync(node, [compiler, '-p', 'bench'], { stdio: 'inherit' });
process.exitCode =
  status === 0 ? await runOn(node, ['--no-warnings', '.tmp/bench/bench/run.js', ...process.argv.slice(2)]) : 1;

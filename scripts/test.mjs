// `npm test`: installs what is missing, builds, runs every test on the pinned Node.js. Arguments go to jest.
import { join } from 'node:path';
import { root } from './build.mjs';
import { ensureBuilt, ensureInstalled, runOn } from './prepare.mjs';

ensureInstalled({ development: true });
const node = ensureBuilt();
process.chdir(root);
const flags = `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --no-warnings`.trim();
const env = { ...process.env, NODE_ENV: 'test', NODE_OPTIONS: flags };
process.exitCode = await runOn(
  node,
  [join(root, 'node_modules', 'jest', 'bin', 'jest.js'), ...process.argv.slice(2)],
  env,
);

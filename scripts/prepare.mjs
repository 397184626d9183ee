// What every command needs first: the packages of the lockfile, and the Node.js that the hub runs on. Parses and runs
// on Node.js 20, since that may be all the machine has.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildIsCurrent, root } from './build.mjs';

const LEAST = [22, 17];
const packages = join(root, 'node_modules');

/**
 * Installs when a package of the lockfile is missing or has another version. Compares with the record that npm keeps
 * of what it installed, so that an `npm ci` by hand counts too.
 * @param {{development: boolean}} need whether compiler and test tools are needed
 */
export function ensureInstalled({ development }) {
  if (isInstalled(development)) return;
  if (lstatSync(packages, { throwIfNoEntry: false })?.isSymbolicLink()) {
    console.error('node_modules is a link and does not match package-lock.json; it is left alone.');
    return;
  }
  console.error('Installing the packages of package-lock.json (npm ci); this takes a minute or two …');
  const npm = process.env.npm_execpath;
  // Without warnings: packages ask for the Node.js that is pinned here, and npm looks at the one it runs on.
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const options = { cwd: root, stdio: ['ignore', process.stderr, process.stderr] };
  const { status, error } = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync('npm', args, options);
  if (status !== 0) fail(`npm ci failed${error ? `: ${error.message}` : ''}.`, status || 1);
}

function isInstalled(development) {
  const record = join(packages, '.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    const found = present[path];
    if (found !== undefined) return found.version === entry.version;
    return path === '' || entry.optional || entry.devOptional || (entry.dev && !development);
  });
}

/** The Node.js to run on: the pinned one, else this one when it is new enough. */
export function runtime() {
  const home = join(packages, `node-${process.platform}-${process.arch}`);
  const pinned = join(home, 'bin', 'node');
  if (existsSync(pinned)) {
    const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
    if (version === process.versions.node) return process.execPath;
    // It does not run everywhere: a system without glibc has its own.
    if (spawnSync(pinned, ['--version']).status === 0) return pinned;
  }
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])) return process.execPath;
  return fail(
    `There is no pinned Node.js for ${process.platform} ${process.arch}: install Node.js ${LEAST.join('.')} or newer (this is ${process.versions.node}).`,
    78,
  );
}

/** Everything in place to run `dist/`. */
export function ensureBuilt() {
  ensureInstalled({ development: !buildIsCurrent() });
  const node = runtime();
  if (buildIsCurrent()) return node;
  const compiled = spawnSync(node, [join(root, 'scripts', 'build.mjs')], {
    stdio: ['ignore', process.stderr, process.stderr],
  });
  if (compiled.status !== 0) fail('The sources do not compile.', 1);
  return node;
}

/** Runs a script on the given Node.js to its end and takes over its exit code; signals are handed on. */
export function runOn(node, args, env = process.env) {
  return new Promise((done) => {
    const child = spawn(node, args, { stdio: 'inherit', env });
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    child.on('error', (fault) => fail(fault.message, 1));
    child.on('exit', (code, signal) => done(code ?? (signal === 'SIGKILL' ? 137 : 1)));
  });
}

function fail(line, code) {
  console.error(line);
  process.exit(code);
}

// `npm run check`: what holds of the whole tree. One line per check, each runs whatever the others said; the exit code
// is 1 when any failed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { root } from './build.mjs';
import { ensureBuilt, ensureInstalled, runOn } from './prepare.mjs';

const LINES = 100;
const tool = (...path) => join(root, 'node_modules', ...path);
const typescript = (project) => run([tool('typescript', 'bin', 'tsc'), '-p', project, '--noEmit']);

const checks = [
  ['types of the sources', () => typescript('.')],
  ['types of tests and benches', () => typescript('test')],
  ['lint and format', () => run([tool('@biomejs', 'biome', 'bin', 'biome'), 'check', '--diagnostic-level=error', '.'])],
  ['walls between the rooms', walls],
  ['purity of rules, one caller of transactions, one way out', texts],
  ['schema.graphql is current', graphqlSchema],
  ['generated pages are current', generatedDocs],
  ['migrations leave no difference', migrations],
  ['links between the pages', links],
  ['hygiene of the repository', hygiene],
];

/** A check answers with the lines that describe what is wrong. */
async function main() {
  process.chdir(root);
  let failed = 0;
  for (const [name, check] of checks) {
    const problems = await check().catch((fault) => [fault.stack]);
    console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'}  ${name}`);
    const lines = problems.join('\n').trimEnd().split('\n');
    for (const line of lines.slice(0, problems.length && LINES)) console.log(`      ${line}`);
    if (lines.length > LINES) console.log(`      … and ${lines.length - LINES} lines more`);
    if (problems.length > 0) failed += 1;
  }
  console.log(failed === 0 ? `${checks.length} checks passed` : `${failed} of ${checks.length} checks failed`);
  return failed === 0 ? 0 : 1;
}

async function run(args, env = process.env) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env });
  return status === 0 ? [] : [`${stdout}${stderr}`.trim() || `exit code ${status}`];
}

async function walls() {
  const { cruise } = await import('dependency-cruiser');
  const { declared, runtime } = await import(pathToFileURL(join(root, '.dependency-cruiser.mjs')).href);
  const problems = [];
  for (const [folder, forbidden, parser] of [
    ['src', declared, 'swc'],
    ['dist', runtime, 'acorn'],
  ]) {
    const options = { ruleSet: { forbidden }, validate: true, parser, doNotFollow: { path: 'node_modules' } };
    const { output } = await cruise([folder], options);
    if (output.summary.totalCruised < 50)
      problems.push(`only ${output.summary.totalCruised} modules seen in ${folder}/`);
    for (const { rule, from, to, cycle } of output.summary.violations) {
      const { comment } = forbidden.find(({ name }) => name === rule.name);
      const way = cycle ? cycle.map(({ name }) => name).join(' -> ') : to;
      problems.push(`${from} -> ${way}\n  ${rule.name}: ${comment}`);
    }
  }
  return problems;
}

/** What no import shows. Comments are cut off before a pattern is looked for. */
const bans = [
  {
    files: /^src\/.*\.rules\.ts$/,
    pattern:
      /\bnew Date\(\)|\bDate\.now\b|\bMath\.random\b|\brandom(Bytes|UUID|Int)\b|\bperformance\.|\basync (function|\()|\bawait\b|\bPromise\b|\bsetTimeout\b/,
    reason: 'a rule reads no clock, draws no lots and waits for nothing',
  },
  {
    files: /^src\/(?!persistence\/unit-of-work\.ts$)/,
    pattern: /\.transactional\(|\bem\.(begin|fork)\(/,
    reason: 'persistence/unit-of-work.ts is the only caller of transactions',
  },
  {
    files: /^src\/(?!egress\/)/,
    pattern: /(?<![.#\w]|async )fetch\(|\bnew (WebSocket|EventSource)\(/,
    reason: 'outbound HTTP leaves through egress/',
  },
];

async function texts() {
  const problems = [];
  for (const path of tracked()) {
    for (const { files, pattern, reason } of bans) {
      if (!files.test(path)) continue;
      const lines = withoutComments(readFileSync(path, 'utf8')).split('\n');
      lines.forEach((line, index) => {
        if (pattern.test(line)) problems.push(`${path}:${index + 1} ${line.trim()}\n  ${reason}`);
      });
    }
  }
  return problems;
}

function withoutComments(text) {
  return text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, '')).replace(/(^|\s)\/\/.*$/gm, '');
}

async function graphqlSchema() {
  const { currentSchema } = await import('./schema.mjs');
  const same = (await currentSchema()) === readFileSync('schema.graphql', 'utf8');
  return same ? [] : ['schema.graphql is not what the types say: run `node scripts/schema.mjs`'];
}

async function generatedDocs() {
  const { stalePages } = await import('./docs.mjs');
  return (await stalePages()).map((path) => `${path} is not what the sources say: run \`node scripts/docs.mjs\``);
}

/** The contract test of the schema compares entities with a database that was migrated from nothing. */
function migrations() {
  const flags = `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --no-warnings`.trim();
  const jest = [tool('jest', 'bin', 'jest.js'), '--ci', '--silent', 'test/contract/schema-drift.test.ts'];
  return run(jest, { ...process.env, NODE_ENV: 'test', NODE_OPTIONS: flags });
}

/** Every relative link of a page leads to a file of the repository. */
async function links() {
  const problems = [];
  for (const page of tracked().filter((path) => path.endsWith('.md'))) {
    for (const [, target] of readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      if (!existsSync(join(dirname(page), target))) problems.push(`${page}: ${target} is not there`);
    }
  }
  return problems;
}

const hygieneRules = [
  {
    files: /^package-lock\.json$/,
    pattern: /"resolved":|https?:\/\/[^"]*(registry|npm|artifact|nexus|verdaccio)[^"]*\.tgz/,
    reason: 'the lockfile names no registry: any mirror must do',
  },
  {
    files: /^\.npmrc$/,
    pattern: /registry\s*=|_auth/,
    reason: 'no registry and no credential in the repository',
  },
  {
    files: /^(?!LICENSE$|package-lock\.json$|scripts\/check\.mjs$)/,
    pattern: /(^|[\s"'`(=:])\/(home|Users|root|workspace|work|tmp\/[\w.-]+\/[\w.-]+)\/[\w.-]+/,
    reason: 'a path of one machine',
  },
  {
    files: /^(?!scripts\/check\.mjs$)/,
    pattern: /^(<{7}|>{7}) |^={7}$/,
    reason: 'a conflict that was never resolved',
  },
  {
    files: /^(test|interop|console)\//,
    pattern: /\b(describe|it|test)\.(only|skip|todo)\(|\b[fx](describe|it)\(/,
    reason: 'every test runs',
  },
];

async function hygiene() {
  const problems = [];
  for (const path of tracked()) {
    const text = readFileSync(path, 'utf8');
    if (text.includes('\0')) continue;
    for (const { files, pattern, reason } of hygieneRules) {
      if (!files.test(path)) continue;
      const at = text.split('\n').findIndex((line) => pattern.test(line));
      if (at !== -1) problems.push(`${path}:${at + 1} ${reason}`);
    }
  }
  return problems;
}

/** Files under version control, and those that are about to be. */
function tracked() {
  const { status, stdout, stderr } = spawnSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`git ls-files: ${stderr}`);
  const deleted = spawnSync('git', ['ls-files', '-z', '--deleted'], { cwd: root, encoding: 'utf8' }).stdout.split('\0');
  return [...new Set(stdout.split('\0'))].filter((path) => path !== '' && !deleted.includes(path));
}

ensureInstalled({ development: true });
const node = ensureBuilt();
if (node === process.execPath) process.exit(await main());
else process.exitCode = await runOn(node, [fileURLToPath(import.meta.url)]);

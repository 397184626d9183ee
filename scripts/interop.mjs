// `npm run interop`: the hub against software that was not written here, on loopback. Installs what is missing from the
// distribution's packages when it may (root on a Debian or Ubuntu), says what to install when it may not. One line per
// leg; the exit code is 1 when a leg failed or could not run, unless --skip-missing allows the latter.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { root } from './build.mjs';
import { ensureBuilt, ensureInstalled, runOn } from './prepare.mjs';

const INSTALL_MS = 300_000;
/** `--only FILE`: one leg. */
const only = process.argv[process.argv.indexOf('--only') + 1];
const isWanted = (leg) => !process.argv.includes('--only') || leg.file === only;

/** Python modules and programs are what is looked for; packages are what is installed when they are missing. */
const allLegs = [
  {
    file: 'saml-verdicts',
    name: 'verdicts on SAML documents: samlify, node-saml, xml-crypto and xmlsec1',
    modules: [],
    programs: ['xmlsec1'],
    packages: ['xmlsec1'],
  },
  {
    file: 'saml-identity-provider',
    name: 'a SAML IdP: pysaml2 and xmlsec1',
    modules: ['saml2', 'cryptography'],
    programs: ['xmlsec1'],
    packages: ['python3-pysaml2', 'xmlsec1'],
  },
  {
    file: 'saml-service-provider',
    name: 'a SAML service provider: pysaml2 and xmlsec1',
    modules: ['saml2', 'cryptography'],
    programs: ['xmlsec1'],
    packages: ['python3-pysaml2', 'xmlsec1'],
  },
  {
    file: 'openid-provider',
    name: 'an OpenID Provider: Django OAuth Toolkit',
    modules: ['django', 'oauth2_provider', 'jwcrypto'],
    packages: ['python3-django-oauth-toolkit', 'python3-jwcrypto'],
  },
  {
    file: 'relying-party',
    name: 'an application: Authlib',
    modules: ['authlib', 'flask', 'requests'],
    packages: ['python3-authlib', 'python3-flask', 'python3-requests'],
  },
];
const legs = allLegs.filter(isWanted);

/** The Python that sees the distribution's packages: not the one that a version manager put first. */
function findPython() {
  const candidates = [process.env.ENTENTE_INTEROP_PYTHON, '/usr/bin/python3', 'python3'];
  return candidates.find((path) => path && spawnSync(path, ['--version']).status === 0) ?? '/usr/bin/python3';
}

function missing(leg) {
  const modules = leg.modules.filter((name) => spawnSync(findPython(), ['-c', `import ${name}`]).status !== 0);
  const programs = (leg.programs ?? []).filter((name) => spawnSync('which', [name]).status !== 0);
  return [...modules, ...programs];
}

function install(packages) {
  if (process.getuid?.() !== 0) return;
  if (spawnSync('apt-get', ['--version']).status !== 0) return;
  const apt = (...args) => {
    const options = {
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: INSTALL_MS,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    };
    return spawnSync('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], options).status === 0;
  };
  console.log(`installing ${packages.join(' ')} (apt-get) …`);
  const get = () => apt('install', '-y', '--no-install-recommends', ...packages);
  // A list that is older than the archive names files that are gone: fetch it, and once more when that failed.
  if (!apt('update')) apt('update');
  if (!get()) {
    apt('update');
    get();
  }
}

/** @returns the results of jest by leg; a leg that is not in it did not run. */
async function run(node, files) {
  const folder = mkdtempSync(join(tmpdir(), 'entente-interop-'));
  const report = join(folder, 'report.json');
  const flags = `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --no-warnings`.trim();
  const env = { ...process.env, NODE_ENV: 'test', NODE_OPTIONS: flags, ENTENTE_INTEROP_PYTHON: findPython() };
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const paths = files.map((file) => join(root, 'interop', `${file}.interop.ts`));
  const args = [jest, '--config', 'interop/jest.config.js', '--ci', '--runInBand', '--forceExit', '--json'];
  await runOn(node, [...args, `--outputFile=${report}`, '--runTestsByPath', ...paths], env);
  try {
    const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
    return new Map(testResults.map(({ name, status }) => [basename(name, '.interop.ts'), status]));
  } catch {
    return new Map();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

ensureInstalled({ development: true });
const node = ensureBuilt();
process.chdir(root);
const wanted = legs.filter((leg) => missing(leg).length > 0).flatMap(({ packages }) => packages);
if (wanted.length > 0) install(wanted);
const ready = legs.filter((leg) => missing(leg).length === 0);
const results =
  ready.length === 0
    ? new Map()
    : await run(
        node,
        ready.map(({ file }) => file),
      );

console.log('');
let failed = 0;
for (const leg of legs) {
  if (!ready.includes(leg)) {
    const tolerated = process.argv.includes('--skip-missing');
    if (!tolerated) failed += 1;
    const need = `${missing(leg).join(', ')} missing; as root: apt-get install ${leg.packages.join(' ')}`;
    console.log(`${tolerated ? 'skip' : 'FAIL'}  ${leg.name}: ${need}`);
    continue;
  }
  // `focused` is what jest calls a file of which some tests were skipped, each by its own words.
  const passed = ['passed', 'focused'].includes(results.get(leg.file));
  if (!passed) failed += 1;
  console.log(`${passed ? 'pass' : 'FAIL'}  ${leg.name}`);
}
process.exitCode = failed === 0 ? 0 : 1;

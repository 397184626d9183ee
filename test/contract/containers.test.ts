/** What the image and the composition promise. No container engine runs here: the files are read. */
import { existsSync, readFileSync } from 'node:fs';
import { configurationKeys, readConfig } from '../../src/config.js';

const dockerfile = readFileSync('Dockerfile', 'utf8')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const compose = outline(readFileSync('docker-compose.yml', 'utf8'));

/** Block mappings and lists of scalars, as `a.b.c` → values: as much YAML as a composition of ours needs. */
function outline(text: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  const path: { indent: number; key: string }[] = [];
  for (const line of text.split('\n')) {
    const [, space = '', content = ''] = /^( *)(.*)$/.exec(line) ?? [];
    if (content === '' || content.startsWith('#')) continue;
    while ((path.at(-1)?.indent ?? -1) >= space.length) path.pop();
    const parent = path.map(({ key }) => key).join('.');
    if (content.startsWith('- ')) {
      values.set(parent, [...(values.get(parent) ?? []), content.slice(2).replaceAll('"', '')]);
      continue;
    }
    const [, key = '', value = ''] = /^([^:]+): ?(.*)$/.exec(content) ?? [];
    path.push({ indent: space.length, key });
    values.set([parent, key].filter(Boolean).join('.'), value === '' ? [] : [value]);
  }
  return values;
}

const only = (key: string) => compose.get(key)?.join(' ');

describe('the image', () => {
  const stages = dockerfile.filter((line) => line.startsWith('FROM '));
  const last = dockerfile.slice(dockerfile.lastIndexOf(stages.at(-1) ?? '') + 1);

  it('is built in stages from an official base, named without a registry', () => {
    expect(stages.length).toBeGreaterThan(1);
    for (const stage of stages) expect(stage).toMatch(/^FROM node:24-slim( AS [a-z]+)?$/);
  });

  it('runs as a user that is not root, and takes neither tools nor sources with it', () => {
    expect(last.filter((line) => line.startsWith('USER '))).toEqual(['USER node']);
    expect(last.findIndex((line) => line.startsWith('USER '))).toBeLessThan(
      last.findIndex((line) => line.startsWith('ENTRYPOINT ')),
    );
    expect(last.join('\n')).not.toMatch(/COPY.* src |npm |apt-get/);
    expect(dockerfile.join('\n')).toMatch(/npm ci --omit=dev --omit=optional --ignore-scripts/);
  });

  it('copies nothing that is not there', () => {
    const sources = dockerfile
      .filter((line) => /^COPY (?!--from)/.test(line))
      .flatMap((line) => line.split(/\s+/).slice(1, -1));
    expect(sources.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('bakes no secret in and leaves every other setting to the environment', () => {
    const secrets = configurationKeys.filter(({ secret }) => secret).map(({ name }) => name);
    for (const name of [...secrets, 'ENTENTE_URL']) expect(dockerfile.join('\n')).not.toMatch(`${name}=`);
    expect(last.join('\n')).toMatch(/ENV NODE_ENV=production/);
  });

  it('asks its own readiness for its health', () => {
    expect(last.join('\n')).toMatch(/HEALTHCHECK .*\/readyz/);
  });
});

describe('the composition', () => {
  it('has the hub, PostgreSQL 18 and Valkey, each with a health check', () => {
    expect(only('services.hub.build')).toBe('.');
    expect(only('services.postgres.image')).toBe('postgres:18');
    expect(only('services.valkey.image')).toMatch(/^valkey\/valkey:/);
    expect(compose.has('services.postgres.healthcheck.test')).toBe(true);
    expect(compose.has('services.valkey.healthcheck.test')).toBe(true);
    expect(only('services.hub.depends_on.postgres.condition')).toBe('service_healthy');
  });

  it('keeps statements and their values out of the log of its database [H02]', () => {
    expect(only('services.postgres.command')).toMatch(/log_min_error_statement=panic.*log_error_verbosity=terse/);
  });

  it('takes secrets from the environment, with no default', () => {
    for (const key of [
      'services.hub.environment.ENTENTE_SECRET_KEY',
      'services.postgres.environment.POSTGRES_PASSWORD',
    ]) {
      expect(only(key)).toMatch(/^\$\{[A-Z_]+:\?.+\}$/);
    }
    expect(only('services.hub.environment.ENTENTE_URL')).toMatch(/^\$\{ENTENTE_URL:\?/);
    expect(only('services.hub.environment.DATABASE_URL')).toMatch(/^postgres:\/\/entente:\$\{POSTGRES_PASSWORD:\?/);
  });

  it('sets nothing that the hub does not know, and the hub starts in production on it', () => {
    const prefix = 'services.hub.environment.';
    const names = [...compose.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
    const known = configurationKeys.map(({ name }) => name);
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
    const given = {
      ENTENTE_URL: 'https://hub.example',
      ENTENTE_SECRET_KEY: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
      POSTGRES_PASSWORD: 'secret',
    };
    const env = Object.fromEntries(names.map((name) => [name, interpolate(only(prefix + name) ?? '', given)]));
    expect(readConfig(env)).toMatchObject({
      mode: 'production',
      databaseUrl: 'postgres://entente:secret@postgres:5432/entente',
      demo: false,
    });
  });

  it('shows the hub to this machine alone, and the database to nobody', () => {
    expect(compose.get('services.hub.ports')).toEqual(['127.0.0.1:4000:4000']);
    expect(compose.has('services.postgres.ports')).toBe(false);
  });
});

function interpolate(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{([A-Z_]+):[?-]([^}]*)\}/g, (whole, name: string, rest: string) =>
    whole.includes(':-') ? (env[name] ?? rest) : (env[name] ?? ''),
  );
}

/** The only reader of the environment. `docs/reference/configuration.md` is generated from `configurationKeys`. */
import { randomBytes } from 'node:crypto';
import { Resolver } from 'node:dns';

export type Mode = 'production' | 'development' | 'test';

const LAST_PORT = 65_535;
const DEMO_PORTS = 4;

interface Key {
  readonly name: string;
  readonly default: string;
  readonly doc: string;
  readonly secret?: true;
}

export const configurationKeys: readonly Key[] = [
  {
    name: 'NODE_ENV',
    default: 'development',
    doc: '`production` seeds nothing and refuses to start on missing or default secrets.',
  },
  {
    name: 'ENTENTE_URL',
    default: 'http://127.0.0.1:4000',
    doc: 'Public base URL; issuer of the OpenID Provider and base of every address. Never taken from a request.',
  },
  { name: 'HOST', default: '127.0.0.1', doc: 'Address to listen on.' },
  { name: 'PORT', default: 'the port of ENTENTE_URL', doc: 'Port to listen on.' },
  {
    name: 'DATABASE_URL',
    default: 'embedded PostgreSQL under the data directory',
    doc: 'PostgreSQL 18, as the owner of the schema. Used to migrate; the running hub uses the runtime role.',
    secret: true,
  },
  {
    name: 'DATABASE_RUNTIME_ROLE',
    default: 'entente_app',
    doc: 'Login role of the running hub: neither owner, superuser nor BYPASSRLS. Created when missing; its password is derived from ENTENTE_SECRET_KEY.',
  },
  { name: 'DATABASE_POOL_SIZE', default: '10', doc: 'Connections of this process.' },
  {
    name: 'ENTENTE_SECRET_KEY',
    default: 'made once under the data directory (development only)',
    doc: 'Key-encryption key: 32 bytes, base64. Several, comma-separated, current first, while rolling.',
    secret: true,
  },
  { name: 'ENTENTE_DATA_DIR', default: '.data', doc: 'Where the embedded PostgreSQL and the development secret live.' },
  {
    name: 'ENTENTE_REGION',
    default: 'local',
    doc: 'Name of this region; prefix of every handle, and home region of new partners.',
  },
  {
    name: 'ENTENTE_EGRESS_ALLOW',
    default: '',
    doc: 'Comma-separated addresses that outbound HTTP may reach although they are private or plain http: `10.0.0.0/8`, `idp.corp.example`, `127.0.0.1:5001`.',
  },
  {
    name: 'ENTENTE_DNS_SERVERS',
    default: 'the resolvers of the system',
    doc: 'Comma-separated resolvers (`9.9.9.9`, `127.0.0.1:5353`) that are asked for the TXT records that prove domains.',
  },
  {
    name: 'ENTENTE_EGRESS_TIMEOUT_SECONDS',
    default: '10',
    doc: 'How long an identity provider may take to answer one request; then the person is told to try again.',
  },
  {
    name: 'ENTENTE_TRUST_PROXY',
    default: '',
    doc: 'Comma-separated addresses of proxies whose X-Forwarded-For is believed.',
  },
  {
    name: 'ENTENTE_DEMO',
    default: 'on in development',
    doc: '`on` or `off`: seed and serve the demonstration. Refused in production.',
  },
  {
    name: 'ENTENTE_DEMO_PORT',
    default: 'PORT + 10, and 4010 at least',
    doc: 'First of four ports in a row on 127.0.0.1 for the demonstration: two applications, a SAML IdP, an OpenID Provider.',
  },
  {
    name: 'ENTENTE_SESSION_IDLE_SECONDS',
    default: '3600',
    doc: 'A session ends after this long without use (NIST SP 800-63B section 2.2: at most 1 h at AAL2).',
  },
  { name: 'ENTENTE_SESSION_ABSOLUTE_SECONDS', default: '43200', doc: 'A session ends after this long in any case.' },
  { name: 'LOG_LEVEL', default: 'info', doc: '`fatal`, `error`, `warn`, `info`, `debug`.' },
];

export interface Config {
  readonly mode: Mode;
  /** Public base URL without a trailing slash. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** null: start the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  readonly databaseRuntimeRole: string;
  readonly databasePoolSize: number;
  /** null: take or make the development secret. */
  readonly secretKeys: readonly Buffer[] | null;
  readonly dataDir: string;
  readonly region: string;
  readonly egressAllow: readonly string[];
  readonly egressTimeoutSeconds: number;
  /** `address` or `address:port`; empty: the resolvers of the system. */
  readonly dnsServers: readonly string[];
  readonly trustProxy: readonly string[];
  readonly demo: boolean;
  readonly demoPort: number;
  readonly sessionIdleSeconds: number;
  readonly sessionAbsoluteSeconds: number;
  readonly logLevel: string;
}

/** A configuration that cannot work: shown as one clear line, exit code 78 (EX_CONFIG of sysexits.h). */
export class ConfigurationError extends Error {}

type Environment = Readonly<Record<string, string | undefined>>;

export function readConfig(env: Environment): Config {
  const mode = oneOf(env, 'NODE_ENV', ['production', 'development', 'test'], 'development');
  const url = baseUrl(env.ENTENTE_URL ?? 'http://127.0.0.1:4000', mode);
  const port = integer(env, 'PORT', Number(url.port || (url.protocol === 'https:' ? 443 : 80)), 0, LAST_PORT);
  const config: Config = {
    mode,
    url: url.origin,
    host: env.HOST ?? '127.0.0.1',
    port,
    databaseUrl: databaseUrl(env.DATABASE_URL),
    databaseRuntimeRole: env.DATABASE_RUNTIME_ROLE || 'entente_app',
    databasePoolSize: integer(env, 'DATABASE_POOL_SIZE', 10, 2, 500),
    secretKeys: configuredSecretKeys(env.ENTENTE_SECRET_KEY, mode),
    dataDir: env.ENTENTE_DATA_DIR || '.data',
    region: region(env.ENTENTE_REGION || 'local'),
    egressAllow: list(env.ENTENTE_EGRESS_ALLOW),
    egressTimeoutSeconds: integer(env, 'ENTENTE_EGRESS_TIMEOUT_SECONDS', 10, 1, 60),
    dnsServers: dnsServers(list(env.ENTENTE_DNS_SERVERS)),
    trustProxy: list(env.ENTENTE_TRUST_PROXY),
    demo: oneOf(env, 'ENTENTE_DEMO', ['on', 'off'], mode === 'development' ? 'on' : 'off') === 'on',
    demoPort: integer(env, 'ENTENTE_DEMO_PORT', firstDemoPort(port), 1, LAST_PORT - DEMO_PORTS + 1),
    sessionIdleSeconds: integer(env, 'ENTENTE_SESSION_IDLE_SECONDS', 3_600, 60, 2_592_000),
    sessionAbsoluteSeconds: integer(env, 'ENTENTE_SESSION_ABSOLUTE_SECONDS', 43_200, 60, 2_592_000),
    logLevel: oneOf(env, 'LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug'], 'info'),
  };
  if (mode === 'production' && config.demo) throw new ConfigurationError('ENTENTE_DEMO=on is refused in production.');
  return Object.freeze(config);
}

/** Above the hub's port, or below it where there is no room above. */
function firstDemoPort(port: number): number {
  const above = Math.max(port, 4_000) + 10;
  return above + DEMO_PORTS - 1 <= LAST_PORT ? above : port - 10 - DEMO_PORTS;
}

function baseUrl(text: string, mode: Mode): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    url === null ||
    !['http:', 'https:'].includes(url.protocol) ||
    url.pathname !== '/' ||
    url.search ||
    url.hash ||
    url.username
  ) {
    throw new ConfigurationError('ENTENTE_URL must be an origin such as https://hub.example, without a path.');
  }
  if (mode === 'production' && url.protocol !== 'https:' && !isLoopback(url.hostname)) {
    throw new ConfigurationError('ENTENTE_URL must be https in production.');
  }
  return url;
}

/** The address may hold a password, so it is never repeated. */
function databaseUrl(text: string | undefined): string | null {
  if (!text) return null;
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text))
    throw new ConfigurationError(
      'DATABASE_URL must be an address such as postgresql://owner:password@host:5432/entente.',
    );
  return text;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.startsWith('127.') || host === '[::1]';
}

function configuredSecretKeys(text: string | undefined, mode: Mode): readonly Buffer[] | null {
  if (text) return parseSecretKeys(text, 'ENTENTE_SECRET_KEY');
  if (mode === 'production')
    throw new ConfigurationError('ENTENTE_SECRET_KEY is required in production: 32 random bytes, base64.');
  return null;
}

/** @throws ConfigurationError naming the source when a key is not 32 random bytes. */
export function parseSecretKeys(text: string, source: string): readonly Buffer[] {
  return text.split(',').map((part) => {
    const key = Buffer.from(part.trim(), 'base64');
    if (key.length !== 32)
      throw new ConfigurationError(`${source} must be 32 bytes in base64 (openssl rand -base64 32).`);
    if (new Set(key).size < 8) throw new ConfigurationError(`${source} is not random.`);
    return key;
  });
}

/** A new key-encryption key as the environment holds it. */
export function newSecretKey(): string {
  return randomBytes(32).toString('base64');
}

function region(text: string): string {
  if (!/^[a-z0-9-]{1,16}$/.test(text))
    throw new ConfigurationError('ENTENTE_REGION must be 1 to 16 of a-z, 0-9 and -.');
  return text;
}

function dnsServers(servers: readonly string[]): readonly string[] {
  try {
    if (servers.length > 0) new Resolver().setServers(servers);
    return servers;
  } catch {
    throw new ConfigurationError('ENTENTE_DNS_SERVERS must be addresses such as 9.9.9.9 or 127.0.0.1:5353.');
  }
}

function list(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function oneOf<const T extends string>(env: Environment, name: string, allowed: readonly T[], fallback: T): T {
  const text = env[name] || fallback;
  const found = allowed.find((value) => value === text);
  if (found === undefined) throw new ConfigurationError(`${name} must be one of ${allowed.join(', ')}.`);
  return found;
}

function integer(env: Environment, name: string, fallback: number, least: number, most: number): number {
  const text = env[name];
  if (!text) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new ConfigurationError(`${name} must be a whole number from ${least} to ${most}.`);
  }
  return value;
}

/** Start, signals, drain, exit codes. Everything that is built is built in `app.ts`. */
import { type App, createApp } from './app.js';
import { type Config, ConfigurationError, readConfig } from './config.js';
import {
  type Demonstration,
  demonstrationPlaces,
  startDemonstration,
  withDemonstration,
} from './demonstration/index.js';
import { bootstrap, type Resources, StartError } from './persistence/bootstrap.js';
import { systemClock } from './shared/clock.js';

/** EX_CONFIG of sysexits.h. */
const EXIT_CONFIGURATION = 78;
/** 128 + SIGINT: what a shell shows for a process that was told to end at once. */
const EXIT_AT_ONCE = 130;
/** A Ctrl-C reaches the hub from the terminal and once more through npm: within this time it counts as one. */
const SAME_SIGNAL_MS = 500;

export interface Hub {
  readonly config: Config;
  /** null where none runs: in production never. */
  readonly demonstration: Demonstration | null;
  /** Drains and stops everything that was started; may be called twice. */
  close(): Promise<void>;
}

/** A hub that listens. `env` is all it knows of its surroundings. */
export async function startHub(env: Readonly<Record<string, string | undefined>>): Promise<Hub> {
  const configured = readConfig(env);
  const config = configured.demo ? withDemonstration(configured) : configured;
  const resources = await bootstrap(config, systemClock.now());
  const app = await buildAndListen(config, resources).catch(async (fault: unknown) => {
    await resources.stop();
    throw fault;
  });
  let closing: Promise<void> | null = null;
  let demonstration: Demonstration | null = null;
  const closeAll = async () => {
    await demonstration?.close();
    await app.close();
    await resources.stop();
  };
  const close = () => {
    closing ??= closeAll();
    return closing;
  };
  try {
    if (config.demo) demonstration = await demonstrate(config, app);
  } catch (fault) {
    await close();
    throw fault;
  }
  return { config, demonstration, close };
}

function demonstrate(config: Config, { services, tokens }: App): Promise<Demonstration> {
  const { dataDir } = config;
  const places = demonstrationPlaces(config);
  return startDemonstration({ places, services, tokens, clock: systemClock, dataDir });
}

/** Runs until a signal comes; the exit code is the result. */
export async function runHub(env: Readonly<Record<string, string | undefined>>): Promise<number> {
  const started = performance.now();
  const stopped = nextSignal();
  try {
    const hub = await startHub(env);
    process.stdout.write(banner(hub, Math.round(performance.now() - started)));
    await stopped;
    await hub.close();
    return 0;
  } catch (fault) {
    return reportFault(fault);
  }
}

/** One clear line for what an operator can mend; the whole fault for what only we can. */
export function reportFault(fault: unknown): number {
  if (fault instanceof ConfigurationError || fault instanceof StartError) {
    process.stderr.write(`${fault.message}\n`);
    return fault instanceof ConfigurationError ? EXIT_CONFIGURATION : 1;
  }
  process.stderr.write(`${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`);
  return 1;
}

async function buildAndListen(config: Config, resources: Resources): Promise<App> {
  const app = await createApp(config, resources);
  try {
    await app.listen();
    return app;
  } catch (fault) {
    await app.close();
    const code = fault instanceof Error && 'code' in fault ? fault.code : null;
    const place = `${config.host}:${config.port}`;
    if (code === 'EADDRINUSE') throw new StartError(`${place} is in use. Stop what listens there, or set PORT.`);
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
      throw new StartError(`The hub cannot listen on ${place} (${code}). Set HOST and PORT.`);
    throw fault;
  }
}

/** Resolves on the first SIGTERM or SIGINT; a second one ends the process at once. */
function nextSignal(): Promise<void> {
  return new Promise((done) => {
    let first: number | null = null;
    const onSignal = () => {
      if (first === null) first = performance.now();
      else if (performance.now() - first > SAME_SIGNAL_MS) process.exit(EXIT_AT_ONCE);
      done();
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}

function banner({ config, demonstration }: Hub, milliseconds: number): string {
  const rows: (readonly [name: string, text: string])[] = [
    ['GraphQL', `${config.url}/graphql`],
    ['OpenID Provider', `${config.url}/.well-known/openid-configuration`],
    ['Health', `${config.url}/healthz, ${config.url}/readyz`],
  ];
  if (config.mode !== 'production') rows.push(['API token', 'npx entente token --role OPERATOR']);
  rows.push(...(demonstration?.lines ?? []));
  const lines = rows.map(([name, text]) => `  ${name.padEnd(16)}${text}`);
  return `${[`Entente is ready at ${config.url} (${milliseconds} ms)`, ...lines].join('\n')}\n`;
}

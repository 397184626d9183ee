/** The `entente` command: one row a subcommand; each loads what it needs when it is called. */
import { type Config, readConfig } from '../config.js';
import { reportFault, runHub } from '../main.js';

type Environment = Readonly<Record<string, string | undefined>>;

interface Command {
  readonly summary: string;
  run(args: readonly string[], config: () => Config, env: Environment): Promise<number>;
}

const commands: Readonly<Record<string, Command>> = {
  serve: { summary: 'run the hub', run: (_args, _config, env) => runHub(env) },
  migrate: {
    summary: 'bring the database to the present schema and end',
    run: async (_args, config) => (await import('./migrate.js')).runMigrate(config()),
  },
  token: {
    summary: 'issue a short-lived access token of the API: token --role OPERATOR',
    run: async (args, config) => (await import('./token.js')).runToken(args, config),
  },
  doctor: {
    summary: 'check configuration, key, database, role and clock',
    run: async (_args, config) => (await import('./doctor.js')).runDoctor(config),
  },
};

/** Runs one subcommand; the exit code is the result. 64 is EX_USAGE of sysexits.h. */
export async function main(args: readonly string[], env: Environment): Promise<number> {
  const [name = 'help', ...rest] = args;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    const asked = ['help', '--help', '-h'].includes(name);
    if (!asked) process.stderr.write(`There is no command ${JSON.stringify(name)}.\n\n`);
    (asked ? process.stdout : process.stderr).write(usage());
    return asked ? 0 : 64;
  }
  try {
    return await command.run(rest, () => readConfig(env), env);
  } catch (fault) {
    return reportFault(fault);
  }
}

function usage(): string {
  const rows = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
  return `entente <command>\n\n${rows.join('\n')}\n`;
}

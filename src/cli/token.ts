/**
 * `entente token --role ROLE`: a short-lived access token of the API for a person at this machine's terminal. The token
 * alone goes to standard output, so that a shell can keep it; when it ends goes to standard error.
 */
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { AccessTokens } from '../access/access-token.js';
import { type Role, roles } from '../access/api-client.entity.js';
import { ApiTokenService, type TokenRequest } from '../access/api-token.service.js';
import { Application } from '../applications/application.entity.js';
import type { Config } from '../config.js';
import { KeyringService } from '../keys/keyring.service.js';
import { Partner } from '../partners/partner.entity.js';
import { loadSecretKeys, openOwnerDatabase, runtimeUrl, StartError } from '../persistence/bootstrap.js';
import { openOrm } from '../persistence/orm.js';
import { SecretBox } from '../persistence/secret-box.js';
import { hubScope, UnitOfWork } from '../persistence/unit-of-work.js';
import { systemClock } from '../shared/clock.js';
import { HubError } from '../shared/hub-error.js';

const EXIT_USAGE = 64;
const DEFAULT_SECONDS = 3_600;

export const tokenUsage = `entente token --role ROLE [options]

  --role         ${roles.join(', ')}
  --partner      slug of the partner; for a partner administrator, and only there
  --application  slug of an application; for an application owner, and only there; may be repeated
  --scope        a scope that the token shall have, such as partners:read; may be repeated; all of the role by default
  --subject      who it is for, as the audit log names the actor; this system's user by default
  --ttl          seconds that it lives, 1 to 43200; ${DEFAULT_SECONDS} by default
`;

interface Options {
  readonly role: Role;
  readonly partner: string | undefined;
  readonly applications: readonly string[];
  readonly scopes: readonly string[] | undefined;
  readonly subject: string;
  readonly ttlSeconds: number;
}

/** Issues and prints one token. */
export async function runToken(args: readonly string[], readConfig: () => Config): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'string') {
    process.stderr.write(options === '' ? tokenUsage : `${options}\n\n${tokenUsage}`);
    return EXIT_USAGE;
  }
  try {
    const { token, expiresAt } = await withDatabase(readConfig(), (config, uow, box) =>
      issue(config, uow, box, options),
    );
    process.stdout.write(`${token}\n`);
    process.stderr.write(`${options.role}, until ${expiresAt.toISOString()}\n`);
    return 0;
  } catch (fault) {
    if (!(fault instanceof HubError)) throw fault;
    process.stderr.write(
      `${fault.fields.map(({ path, message }) => `${path}: ${message}`).join('\n') || fault.message}\n`,
    );
    return EXIT_USAGE;
  }
}

/** A text says what is wrong; an empty one asks for the usage alone. */
function readOptions(args: readonly string[]): Options | string {
  const text = { type: 'string' } as const;
  const many = { type: 'string', multiple: true } as const;
  const options = { role: text, partner: text, application: many, scope: many, subject: text, ttl: text } as const;
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
  try {
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (fault) {
    return fault instanceof Error ? fault.message : String(fault);
  }
  const role = roles.find((name) => name === values.role?.toUpperCase().replaceAll('-', '_'));
  if (role === undefined) return values.role === undefined ? '' : `There is no role ${JSON.stringify(values.role)}.`;
  return {
    role,
    partner: values.partner,
    applications: values.application ?? [],
    scopes: values.scope,
    subject: values.subject ?? systemUser(),
    ttlSeconds: values.ttl === undefined ? DEFAULT_SECONDS : Number(values.ttl),
  };
}

function systemUser(): string {
  try {
    return userInfo().username.replace(/[^\x21-\x7e]/g, '_') || 'unknown';
  } catch {
    return 'unknown';
  }
}

async function issue(config: Config, uow: UnitOfWork, box: SecretBox, options: Options) {
  const { role, subject, ttlSeconds, scopes } = options;
  const partner = options.partner === undefined ? null : await partnerBehind(uow, options.partner);
  const applicationIds = await Promise.all(options.applications.map((slug) => applicationBehind(uow, slug)));
  const request: TokenRequest = {
    role,
    subject,
    partnerId: partner,
    applicationIds,
    ttlSeconds,
    ...(scopes === undefined ? {} : { scopes }),
  };
  const keys = await new KeyringService(uow, box, systemClock).loadOrCreate();
  return new ApiTokenService(uow, new AccessTokens(config.url, keys), systemClock).issue(request);
}

async function partnerBehind(uow: UnitOfWork, slug: string): Promise<string> {
  const found = await uow.read(hubScope, (tx) => tx.em.findOne(Partner, { slug }));
  if (found === null) throw new StartError(`There is no partner ${JSON.stringify(slug)}.`);
  return found.id;
}

async function applicationBehind(uow: UnitOfWork, slug: string): Promise<string> {
  const found = await uow.read(hubScope, (tx) => tx.em.findOne(Application, { slug }));
  if (found === null) throw new StartError(`There is no application ${JSON.stringify(slug)}.`);
  return found.id;
}

/** The database of the hub that runs, or one that is started for this command alone. */
async function withDatabase<T>(
  config: Config,
  work: (config: Config, uow: UnitOfWork, box: SecretBox) => Promise<T>,
): Promise<T> {
  const secretKeys = loadSecretKeys(config);
  const { ownerUrl, embedded } = await openOwnerDatabase(config);
  try {
    const orm = await openOrm((await runtimeUrl(config, ownerUrl, secretKeys)).href, 2);
    try {
      return await work(config, new UnitOfWork(orm), new SecretBox(secretKeys));
    } catch (fault) {
      throw unready(fault);
    } finally {
      await orm.close(true);
    }
  } finally {
    if (embedded?.startedHere === true) await embedded.stop();
  }
}

/** Without its schema or its role the database has never seen a hub; everything else passes as it is. */
function unready(fault: unknown): unknown {
  const code = fault instanceof Error && 'code' in fault ? String(fault.code) : '';
  const cause = ['42P01', '3F000', '3D000', '28P01', '28000'].includes(code);
  return cause ? new StartError('The database is not ready: start the hub once, or run `npx entente migrate`.') : fault;
}

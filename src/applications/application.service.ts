/**
 * Use cases of applications. Every change raises the application's epoch, so that it counts at the next use of any
 * session or token; the OpenID Provider reads its clients from the same rows at each request.
 */
import { randomBytes } from 'node:crypto';
import { type Operation, permit, requireApplication } from '../access/permissions.js';
import { type RequestContext, scopeOf } from '../access/request-context.js';
import type { AuditAction } from '../audit/actions.js';
import { recordAudit } from '../audit/audit.store.js';
import { hashClientSecret, newClientSecret } from '../keys/client-secret.js';
import { isUniqueViolation } from '../persistence/conflict.js';
import { raiseApplicationEpoch } from '../persistence/policy-epoch.js';
import type { Tx, UnitOfWork } from '../persistence/unit-of-work.js';
import { HubError } from '../shared/hub-error.js';
import { type Uuid, uuidv7 } from '../shared/ids.js';
import type { Page, PageRequest } from '../shared/page.js';
import type { Application, SubjectType } from './application.entity.js';
import {
  type ApplicationChange,
  type ApplicationEdit,
  type ApplicationSettings,
  columnsOf,
  loosenedFields,
  nextApplicationState,
  settingChanges,
  settingsOf,
  settingsRefusal,
  withEdit,
} from './application.rules.js';
import {
  type ApplicationFilter,
  addApplication,
  findApplication,
  findApplications,
  lockApplication,
  pageOfApplications,
} from './application.store.js';
import type { RedirectUriUse } from './redirect-uri.rules.js';

export interface NewApplication {
  readonly slug: string;
  readonly isPublic: boolean;
  readonly subjectType: SubjectType;
  readonly settings: ApplicationSettings;
}

export interface ApplicationWithSecret {
  readonly application: Application;
  /** Shown this once; null for a public application. */
  readonly clientSecret: string | null;
}

const stateChanges: Readonly<Record<ApplicationChange, { operation: Operation; action: AuditAction }>> = {
  disable: { operation: 'disableApplication', action: 'application.disabled' },
  enable: { operation: 'enableApplication', action: 'application.enabled' },
};

export class ApplicationService {
  readonly #uow: UnitOfWork;

  constructor(uow: UnitOfWork) {
    this.#uow = uow;
  }

  /** One application by id or slug; null when there is none that the caller may see. */
  async find(context: RequestContext, where: { id: Uuid } | { slug: string }): Promise<Application | null> {
    permit(context, 'application');
    return this.#uow.read(scopeOf(context.actor), (tx) => findApplication(tx, where));
  }

  /** Many at once, by id; those that the caller may not see are missing. */
  async findMany(context: RequestContext, ids: readonly Uuid[]): Promise<ReadonlyMap<Uuid, Application>> {
    permit(context, 'application');
    const rows = await this.#uow.read(scopeOf(context.actor), (tx) => findApplications(tx, ids));
    return new Map(rows.map((row) => [row.id, row]));
  }

  async list(context: RequestContext, filter: ApplicationFilter, page: PageRequest): Promise<Page<Application>> {
    permit(context, 'applications');
    return this.#uow.read(scopeOf(context.actor), (tx) => pageOfApplications(tx, filter, page));
  }

  /** @throws HubError SLUG_TAKEN, REDIRECT_URI_INVALID, INPUT_INVALID */
  async create(context: RequestContext, input: NewApplication): Promise<ApplicationWithSecret> {
    permit(context, 'createApplication');
    const { now } = context;
    const { slug, isPublic, subjectType, settings } = input;
    refuseSettings(settings, { isPublic, isPairwise: subjectType === 'PAIRWISE' });
    const clientSecret = isPublic ? null : newClientSecret();
    const application = await this.#uow
      .write(scopeOf(context.actor), async (tx) => {
        const row = await addApplication(tx, {
          ...columnsOf(settings),
          id: uuidv7(now),
          slug,
          state: 'ACTIVE',
          // Never that of a service client of the API: those begin with `api_`.
          clientId: `app_${randomBytes(16).toString('base64url')}`,
          clientSecretHash: clientSecret === null ? null : hashClientSecret(clientSecret),
          subjectType,
          policyEpoch: 1,
          createdAt: now,
          updatedAt: now,
        });
        const data = { slug, clientId: row.clientId, isPublic, subjectType, ...settings };
        await audit(tx, context, 'application.created', row.id, data);
        return row;
      })
      .catch(asSlugTaken);
    return { application, clientSecret };
  }

  /** @throws HubError NOT_FOUND, REDIRECT_URI_INVALID, INPUT_INVALID, FORBIDDEN where an owner asks for less security */
  async update(context: RequestContext, id: Uuid, edit: ApplicationEdit): Promise<Application> {
    permit(context, 'updateApplication');
    return this.#change(context, id, 'application.updated', (application) => {
      const before = settingsOf(application);
      const after = withEdit(before, edit);
      refuseLoosening(context, before, after);
      const isPairwise = application.subjectType === 'PAIRWISE';
      refuseSettings(after, { isPublic: application.clientSecretHash == null, isPairwise });
      Object.assign(application, columnsOf(after));
      return settingChanges(before, after);
    });
  }

  /** The old secret is refused from now on. @throws HubError NOT_FOUND, CONFLICT for a public application */
  async rotateSecret(context: RequestContext, id: Uuid): Promise<ApplicationWithSecret> {
    permit(context, 'rotateApplicationSecret');
    const clientSecret = newClientSecret();
    const application = await this.#change(context, id, 'application.secret-rotated', (row) => {
      if (row.clientSecretHash == null) throw new HubError('CONFLICT', 'A public application has no secret.');
      row.clientSecretHash = hashClientSecret(clientSecret);
      return {};
    });
    return { application, clientSecret };
  }

  /** @throws HubError NOT_FOUND, STATE_TRANSITION */
  async changeState(context: RequestContext, id: Uuid, change: ApplicationChange): Promise<Application> {
    const { operation, action } = stateChanges[change];
    permit(context, operation);
    return this.#change(context, id, action, (application) => {
      const before = application.state;
      const next = nextApplicationState(before, change);
      if (next === null) throw new HubError('STATE_TRANSITION');
      application.state = next;
      return { before, after: next };
    });
  }

  #change(
    context: RequestContext,
    id: Uuid,
    action: AuditAction,
    apply: (application: Application) => Readonly<Record<string, unknown>>,
  ): Promise<Application> {
    requireApplication(context, id);
    return this.#uow.write(scopeOf(context.actor), async (tx) => {
      await raiseApplicationEpoch(tx, id);
      const application = await lockApplication(tx, id);
      if (application === null) throw new HubError('NOT_FOUND');
      const data = apply(application);
      application.updatedAt = context.now;
      await audit(tx, context, action, id, data);
      return application;
    });
  }
}

function audit(
  tx: Tx,
  context: RequestContext,
  action: AuditAction,
  id: Uuid,
  data: Readonly<Record<string, unknown>>,
) {
  return recordAudit(tx, context, { action, applicationId: id, targetType: 'Application', targetId: id, data });
}

function refuseSettings(settings: ApplicationSettings, use: RedirectUriUse): void {
  const refusal = settingsRefusal(settings, use);
  if (refusal !== null) throw new HubError(refusal.code, undefined, refusal.fields);
}

function refuseLoosening({ actor }: RequestContext, before: ApplicationSettings, after: ApplicationSettings): void {
  const fields = actor.role === 'OPERATOR' ? [] : loosenedFields(before, after);
  if (fields.length === 0) return;
  const message = 'Only an operator asks for less security.';
  const problems = fields.map((path) => ({ path, message }));
  throw new HubError('FORBIDDEN', message, problems);
}

function asSlugTaken(fault: unknown): never {
  if (!isUniqueViolation(fault)) throw fault;
  throw new HubError('SLUG_TAKEN', undefined, [{ path: 'input.slug', message: 'This slug is in use.' }]);
}

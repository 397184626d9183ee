/** Use cases of identity providers that are connected: read, change, activate, disable. */
import { type Operation, permit, requirePartner } from '../access/permissions.js';
import { type RequestContext, scopeOf } from '../access/request-context.js';
import type { AuditAction } from '../audit/actions.js';
import { recordAudit } from '../audit/audit.store.js';
import type { SamlAlgorithmException } from '../login/contracts.js';
import type { AssuranceMap } from '../login/facts.js';
import { raisePartnerEpoch } from '../persistence/policy-epoch.js';
import type { SecretBox } from '../persistence/secret-box.js';
import type { Tx, UnitOfWork } from '../persistence/unit-of-work.js';
import { HubError } from '../shared/hub-error.js';
import type { Uuid } from '../shared/ids.js';
import type { Page, PageRequest } from '../shared/page.js';
import { addressesOf, type IdentityProviderAddresses } from './addresses.rules.js';
import type { IdentityProvider, IdentityProviderKey, OidcSettings, SamlSettings } from './identity-provider.entity.js';
import { type IdentityProviderChange, mayReopen, nextIdentityProviderState } from './identity-provider.rules.js';
import {
  findIdentityProvider,
  type IdentityProviderFilter,
  type IdentityProviderRef,
  identityProvidersOfPartners,
  identityProvidersUsedBy,
  keysOfMany,
  lockIdentityProvider,
  pageOfIdentityProviders,
  pinnedKeys,
  usersOf,
} from './identity-provider.store.js';
import {
  addsException,
  type CommonEdit,
  editedSettings,
  isWorthMore,
  type SettingsEdit,
  settingsProblems,
} from './settings.rules.js';
import { clientSecretPlace } from './upstream-config.store.js';

export interface IdentityProviderEdit extends SettingsEdit, CommonEdit {
  readonly name?: string | undefined;
  /** Replaces the secret at the OpenID Provider. */
  readonly clientSecret?: string | undefined;
}

const stateChanges: Readonly<Record<IdentityProviderChange, { operation: Operation; action: AuditAction }>> = {
  activate: { operation: 'activateIdentityProvider', action: 'identity-provider.activated' },
  disable: { operation: 'disableIdentityProvider', action: 'identity-provider.disabled' },
};

export class IdentityProviderService {
  readonly #uow: UnitOfWork;
  readonly #box: SecretBox;
  readonly #baseUrl: string;

  constructor(uow: UnitOfWork, box: SecretBox, baseUrl: string) {
    this.#uow = uow;
    this.#box = box;
    this.#baseUrl = baseUrl;
  }

  find(context: RequestContext, ref: IdentityProviderRef): Promise<IdentityProvider | null> {
    permit(context, 'identityProvider');
    return this.#uow.read(scopeOf(context.actor), (tx) => findIdentityProvider(tx, ref));
  }

  /** Many at once, as partners use them, by id. */
  async usedBy(
    context: RequestContext,
    used: readonly IdentityProviderRef[],
  ): Promise<ReadonlyMap<Uuid, IdentityProvider>> {
    permit(context, 'identityProvider');
    const rows = await this.#uow.read(scopeOf(context.actor), (tx) => identityProvidersUsedBy(tx, used));
    return new Map(rows.map((row) => [row.id, row]));
  }

  list(context: RequestContext, filter: IdentityProviderFilter, page: PageRequest): Promise<Page<IdentityProvider>> {
    permit(context, 'identityProviders');
    return this.#uow.read(scopeOf(context.actor), (tx) => pageOfIdentityProviders(tx, filter, page));
  }

  /** The same page of many partners' own identity providers, by partner. */
  ofPartners(
    context: RequestContext,
    partnerIds: readonly Uuid[],
    page: PageRequest,
  ): Promise<ReadonlyMap<Uuid, Page<IdentityProvider>>> {
    permit(context, 'identityProviders');
    return this.#uow.read(scopeOf(context.actor), (tx) => identityProvidersOfPartners(tx, partnerIds, page));
  }

  /** Pinned certificates of many identity providers, by the id of the identity provider. */
  async keysOf(
    context: RequestContext,
    refs: readonly IdentityProviderRef[],
  ): Promise<ReadonlyMap<Uuid, readonly IdentityProviderKey[]>> {
    permit(context, 'identityProvider');
    const keys = await this.#uow.read(scopeOf(context.actor), (tx) => keysOfMany(tx, refs));
    return Map.groupBy(keys, (key) => key.identityProviderId);
  }

  /** What a person pastes into the other side. */
  addresses(partnerSlug: string, slug: string): IdentityProviderAddresses {
    return addressesOf(this.#baseUrl, partnerSlug, slug);
  }

  /** @throws HubError NOT_FOUND, INPUT_INVALID, FORBIDDEN where a partner would lower what the hub demands of it */
  update(context: RequestContext, ref: IdentityProviderRef, edit: IdentityProviderEdit): Promise<IdentityProvider> {
    permit(context, 'updateIdentityProvider');
    requirePartner(context, ref.partnerId);
    return this.#change(context, ref, 'identity-provider.updated', (identityProvider) => {
      refuseMoreWorth(context, identityProvider.assuranceMap, edit.assuranceMap);
      refuseNewException(context, identityProvider.settings, edit.algorithmExceptions);
      return this.#apply(identityProvider, edit);
    });
  }

  /** @throws HubError NOT_FOUND, STATE_TRANSITION, CERTIFICATE_EXPIRED, FORBIDDEN where an operator disabled it */
  changeState(
    context: RequestContext,
    ref: IdentityProviderRef,
    change: IdentityProviderChange,
  ): Promise<IdentityProvider> {
    const { operation, action } = stateChanges[change];
    permit(context, operation);
    requirePartner(context, ref.partnerId);
    return this.#change(context, ref, action, async (identityProvider, tx) => {
      const before = identityProvider.state;
      const next = nextIdentityProviderState(before, change);
      if (next === null) throw new HubError('STATE_TRANSITION');
      if (before === 'DISABLED') refuseReopening(context, identityProvider);
      if (next === 'ACTIVE') await requireUsableKey(tx, identityProvider, context.now);
      identityProvider.state = next;
      identityProvider.disabledByRole = next === 'DISABLED' ? context.actor.role : null;
      return { before, after: next };
    });
  }

  /** Returns what changed, for the audit log: a secret is named, and no more. */
  #apply(identityProvider: IdentityProvider, edit: IdentityProviderEdit): Readonly<Record<string, unknown>> {
    const { clientSecret } = edit;
    const before = choicesOf(identityProvider);
    const settings = editedSettings(identityProvider.settings, edit);
    const common = {
      subjectSource: edit.subjectSource ?? identityProvider.subjectSource,
      assuranceMap: edit.assuranceMap ?? identityProvider.assuranceMap,
      clockSkewSeconds: edit.clockSkewSeconds ?? identityProvider.clockSkewSeconds,
    };
    const problems = [...settingsProblems(identityProvider.issuer, settings, common, edit)];
    if (clientSecret !== undefined && settings.kind === 'SAML') {
      problems.push({ path: 'input.clientSecret', message: 'An identity provider by SAML has no client secret.' });
    }
    if (problems.length > 0) throw new HubError('INPUT_INVALID', undefined, problems);
    Object.assign(identityProvider, { settings, ...common, name: edit.name ?? identityProvider.name });
    if (clientSecret !== undefined) {
      const place = clientSecretPlace(identityProvider.partnerId, identityProvider.id);
      identityProvider.clientSecretEncrypted = this.#box.seal(clientSecret, place);
    }
    return {
      changes: differences(before, choicesOf(identityProvider)),
      ...(clientSecret === undefined ? {} : { clientSecretReplaced: true }),
    };
  }

  #change(
    context: RequestContext,
    ref: IdentityProviderRef,
    action: AuditAction,
    apply: (
      identityProvider: IdentityProvider,
      tx: Tx,
    ) => Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>,
  ): Promise<IdentityProvider> {
    return this.#uow.write(scopeOf(context.actor), async (tx) => {
      await raiseEpochsOf(tx, ref);
      const identityProvider = await lockIdentityProvider(tx, ref);
      if (identityProvider === null) throw new HubError('NOT_FOUND');
      const data = await apply(identityProvider, tx);
      identityProvider.updatedAt = context.now;
      await recordAudit(tx, context, { action, ...targetOf(ref), data });
      return identityProvider;
    });
  }
}

/**
 * What the terms of a trust relationship demand would be nothing if the partner said itself what its statements are
 * worth: it may make them worth less (H25). @throws HubError FORBIDDEN
 */
export function refuseMoreWorth(
  { actor }: RequestContext,
  before: AssuranceMap,
  after: AssuranceMap | undefined,
): void {
  if (actor.role === 'OPERATOR' || after === undefined || !isWorthMore(before, after)) return;
  const message = 'Only an operator makes the statements of an identity provider worth more.';
  throw new HubError('FORBIDDEN', message, [{ path: 'input.assuranceMap', message }]);
}

/** Old cryptography of one IdP is a risk of every application behind the hub (S23, S25). @throws HubError FORBIDDEN */
export function refuseNewException(
  { actor }: RequestContext,
  settings: SamlSettings | OidcSettings | null,
  after: readonly SamlAlgorithmException[] | undefined,
): void {
  const before = settings?.kind === 'SAML' ? settings.algorithmExceptions : [];
  if (actor.role === 'OPERATOR' || after === undefined || !addsException(before, after)) return;
  const message = 'Only an operator lets an identity provider use old algorithms.';
  throw new HubError('FORBIDDEN', message, [{ path: 'input.algorithmExceptions', message }]);
}

/** A stop that an operator put to sign-ins holds until an operator lifts it. @throws HubError FORBIDDEN */
function refuseReopening({ actor }: RequestContext, { disabledByRole }: IdentityProvider): void {
  if (mayReopen(actor.role, disabledByRole ?? null)) return;
  const message = 'An operator disabled this identity provider: only an operator activates it again.';
  throw new HubError('FORBIDDEN', message, [{ path: 'input.id', message }]);
}

/** For every partner that signs in through it. First in the transaction: it holds the locks. */
export async function raiseEpochsOf(tx: Tx, ref: IdentityProviderRef): Promise<void> {
  for (const partnerId of await usersOf(tx, ref)) await raisePartnerEpoch(tx, partnerId);
}

export function targetOf({ partnerId, id }: IdentityProviderRef) {
  return { partnerId, targetType: 'IdentityProvider', targetId: id };
}

/** A SAML IdP whose every pinned certificate has ended could sign nobody in. */
async function requireUsableKey(tx: Tx, identityProvider: IdentityProvider, now: Date): Promise<void> {
  if (identityProvider.protocol !== 'SAML') return;
  const keys = await pinnedKeys(tx, identityProvider);
  if (!keys.some(({ state, notAfter }) => state === 'ACTIVE' && notAfter > now)) {
    throw new HubError('CERTIFICATE_EXPIRED', 'Every signing certificate has ended: replace the metadata first.');
  }
}

/** What an integrator chooses, without documents of the other side and without secrets. */
function choicesOf(identityProvider: IdentityProvider): Readonly<Record<string, unknown>> {
  const { settings, name, subjectSource, assuranceMap, clockSkewSeconds } = identityProvider;
  const common = { name, subjectSource, assuranceMap, clockSkewSeconds };
  if (settings.kind === 'SAML') return { ...settings, ...common };
  const { metadata: _, ...chosen } = settings;
  return { ...chosen, ...common };
}

function differences(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Readonly<Record<string, { before: unknown; after: unknown }>> {
  const changed = Object.keys(after).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(
    changed.map((name) => [name, { before: before[name] ?? null, after: after[name] ?? null }]),
  );
}

/** What an application may be: the life of its state, and which settings hold together. */
import { isDeepStrictEqual } from 'node:util';
import type { Assurance } from '../login/facts.js';
import type { FieldProblem } from '../shared/hub-error.js';
import { parseAssuranceLevel } from '../shared/values.js';
import type { Application, ApplicationState, IdTokenAlgorithm } from './application.entity.js';
import { type RedirectUris, type RedirectUriUse, redirectUriProblems } from './redirect-uri.rules.js';

export type ApplicationChange = 'disable' | 'enable';

const transitions: Readonly<Record<ApplicationChange, { from: ApplicationState; to: ApplicationState }>> = {
  disable: { from: 'ACTIVE', to: 'DISABLED' },
  enable: { from: 'DISABLED', to: 'ACTIVE' },
};

/** The state after a change; null when it is not allowed. */
export function nextApplicationState(state: ApplicationState, change: ApplicationChange): ApplicationState | null {
  const { from, to } = transitions[change];
  return state === from ? to : null;
}

/** What may change in the life of an application. Whether it has a secret and which subjects it sees may not. */
export interface ApplicationSettings extends RedirectUris {
  readonly name: string;
  readonly idTokenSignedResponseAlg: IdTokenAlgorithm;
  readonly claimsInIdToken: boolean;
  readonly pkceRequired: boolean;
  /** Levels below which nobody signs in, whatever the terms of a trust relationship say. */
  readonly minimum: Assurance;
}

/** What is null or left out stays. */
export type ApplicationEdit = { readonly [K in keyof ApplicationSettings]?: ApplicationSettings[K] | null };

export function withEdit(settings: ApplicationSettings, edit: ApplicationEdit): ApplicationSettings {
  return {
    name: edit.name ?? settings.name,
    redirectUris: edit.redirectUris ?? settings.redirectUris,
    postLogoutRedirectUris: edit.postLogoutRedirectUris ?? settings.postLogoutRedirectUris,
    idTokenSignedResponseAlg: edit.idTokenSignedResponseAlg ?? settings.idTokenSignedResponseAlg,
    claimsInIdToken: edit.claimsInIdToken ?? settings.claimsInIdToken,
    pkceRequired: edit.pkceRequired ?? settings.pkceRequired,
    minimum: edit.minimum ?? settings.minimum,
  };
}

export interface SettingsRefusal {
  readonly code: 'REDIRECT_URI_INVALID' | 'INPUT_INVALID';
  readonly fields: readonly FieldProblem[];
}

/** null when the settings may be stored. */
export function settingsRefusal(settings: ApplicationSettings, use: RedirectUriUse): SettingsRefusal | null {
  const fields = redirectUriProblems(settings, use);
  if (fields.length > 0) return { code: 'REDIRECT_URI_INVALID', fields };
  // A client without a secret has nothing but PKCE to prove that it began the sign-in (RFC 9700, section 2.1.1).
  if (settings.pkceRequired || !use.isPublic) return null;
  const message = 'A public application cannot do without PKCE.';
  return { code: 'INPUT_INVALID', fields: [{ path: 'input.pkceRequired', message }] };
}

/** Input fields by which a change asks for less than stood there: the operator's decision, and not the owner's. */
export function loosenedFields(before: ApplicationSettings, after: ApplicationSettings): readonly string[] {
  const levels = ['ial', 'aal', 'fal'] as const;
  const lowered = levels.filter((kind) => (after.minimum[kind] ?? 0) < (before.minimum[kind] ?? 0));
  const fields = lowered.map((kind) => `input.minimumAssurance.${kind}`);
  if (before.pkceRequired && !after.pkceRequired) fields.push('input.pkceRequired');
  return fields;
}

/** Name of each setting that differs, with both values: for the audit log. */
export function settingChanges(
  before: ApplicationSettings,
  after: ApplicationSettings,
): Readonly<Record<string, { readonly before: unknown; readonly after: unknown }>> {
  const names = Object.keys(before) as (keyof ApplicationSettings)[];
  const changed = names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
  return Object.fromEntries(changed.map((name) => [name, { before: before[name], after: after[name] }]));
}

export function settingsOf(row: Application): ApplicationSettings {
  const { name, redirectUris, postLogoutRedirectUris, idTokenSignedResponseAlg, claimsInIdToken, pkceRequired } = row;
  const minimum = {
    ial: parseAssuranceLevel(row.minimumIal),
    aal: parseAssuranceLevel(row.minimumAal),
    fal: parseAssuranceLevel(row.minimumFal),
  };
  return {
    name,
    redirectUris,
    postLogoutRedirectUris,
    idTokenSignedResponseAlg,
    claimsInIdToken,
    pkceRequired,
    minimum,
  };
}

/** The columns that hold the settings. */
export function columnsOf({ minimum, ...rest }: ApplicationSettings) {
  return { ...rest, minimumIal: minimum.ial, minimumAal: minimum.aal, minimumFal: minimum.fal };
}

/** What callers may send about an identity provider, field by field. */

import { Field, ID, InputType, Int } from 'type-graphql';
import { AssuranceLevelsInput, levelsOfInput } from '../graphql/assurance.js';
import { lookupHubKey } from '../graphql/global-id.js';
import { ProtocolEnum } from '../graphql/protocol.js';
import { DisplayNameScalar, IdentifierScalar, SecretScalar, SlugScalar } from '../graphql/scalars.js';
import type { Protocol, SamlAlgorithmException, SubjectSource } from '../login/contracts.js';
import type { AssuranceMap } from '../login/facts.js';
import { type FieldProblem, HubError } from '../shared/hub-error.js';
import { RESERVED_PARTNER_ID } from '../shared/ids.js';
import type { IdentityProviderState, OidcSettings, SamlSettings } from './identity-provider.entity.js';
import type { IdentityProviderFilter } from './identity-provider.store.js';
import {
  IdentityProviderStateEnum,
  RequireSignedEnum,
  SamlAlgorithmExceptionEnum,
  SubjectSourceKindEnum,
  TokenEndpointAuthMethodEnum,
} from './identity-provider.type.js';
import type { CommonSettings } from './settings.rules.js';

@InputType('IdentityProviderFilter', {
  description: 'Narrows a list of identity providers; everything given must hold.',
})
export class IdentityProviderFilterInput {
  @Field(() => ID, { nullable: true, description: 'Of this partner.' })
  partnerId?: string | null;

  @Field(() => ProtocolEnum, { nullable: true, description: 'Speaking this protocol.' })
  protocol?: Protocol | null;

  @Field(() => IdentityProviderStateEnum, { nullable: true, description: 'In this state.' })
  state?: IdentityProviderState | null;

  @Field(() => DisplayNameScalar, {
    nullable: true,
    description: 'Part of the name, the slug or the issuer, in any case.',
  })
  search?: string | null;
}

@InputType({ description: 'Where the lasting identifier of a person is read from.' })
export class SubjectSourceInput {
  @Field(() => SubjectSourceKindEnum, { description: 'Kind of place.' })
  kind!: SubjectSource['kind'];

  @Field(() => IdentifierScalar, { nullable: true, description: 'Name of the attribute or claim, for CLAIM alone.' })
  name?: string | null;
}

@InputType({ description: 'What a statement of an identity provider is worth here.' })
export class AssuranceMapEntryInput {
  @Field(() => IdentifierScalar, { description: 'AuthnContextClassRef (SAML) or `acr` (OIDC), to the letter.' })
  context!: string;

  @Field(() => AssuranceLevelsInput, { description: 'Levels that it stands for.' })
  levels!: AssuranceLevelsInput;
}

@InputType({ description: 'What both protocols have.' })
abstract class CommonInput {
  @Field(() => SubjectSourceInput, {
    nullable: true,
    description: 'Where the lasting identifier of a person is read from; at first NameID or `sub`.',
  })
  subjectSource?: SubjectSourceInput | null;

  @Field(() => [AssuranceMapEntryInput], {
    nullable: true,
    description: 'What its statements are worth; at first nothing. Only an operator makes them worth more.',
  })
  assuranceMap?: AssuranceMapEntryInput[] | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Difference between the clocks that is forgiven: 0 to 300, at first 180.',
  })
  clockSkewSeconds?: number | null;
}

@InputType({ description: 'What every new identity provider has.' })
abstract class NewIdentityProviderInput extends CommonInput {
  @Field(() => ID, { description: 'The partner that owns it.' })
  partnerId!: string;

  @Field(() => SlugScalar, { description: 'Its name in addresses, unique within the partner; never changes.' })
  slug!: string;

  @Field(() => DisplayNameScalar, { description: 'Its name for people.' })
  name!: string;
}

@InputType({ description: 'A new identity provider by SAML: its metadata as text or by its address.' })
export class CreateSamlIdentityProviderInput extends NewIdentityProviderInput {
  @Field(() => String, { nullable: true, description: 'One md:EntityDescriptor, or a signed md:EntitiesDescriptor.' })
  metadataXml?: string | null;

  @Field(() => IdentifierScalar, { nullable: true, description: 'Where the hub fetches it, by https.' })
  metadataUrl?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Certificate, PEM or base64, by whose key its metadata must be signed, now and whenever it is replaced.',
  })
  metadataSigningCertificate?: string | null;

  @Field(() => IdentifierScalar, {
    nullable: true,
    description: 'Its entityID; it picks one entity out of a signed md:EntitiesDescriptor.',
  })
  entityId?: string | null;

  @Field(() => RequireSignedEnum, { nullable: true, description: 'Which signatures must be there; at first EITHER.' })
  requireSigned?: SamlSettings['requireSigned'] | null;

  @Field(() => Boolean, { nullable: true, description: 'Refuse an assertion that is not encrypted; at first false.' })
  requireEncrypted?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Accept the signature of an assertion at its end, where SAML has it after the issuer; at first false.',
  })
  allowTrailingSignature?: boolean | null;

  @Field(() => [SamlAlgorithmExceptionEnum], {
    nullable: true,
    description: 'Old cryptography to let through; at first none. Only an operator sets one.',
  })
  algorithmExceptions?: SamlAlgorithmException[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Sign requests; at first true.' })
  signRequests?: boolean | null;

  @Field(() => IdentifierScalar, { nullable: true, description: 'NameID format to ask for.' })
  nameIdFormat?: string | null;

  @Field(() => [IdentifierScalar], { nullable: true, description: 'AuthnContextClassRefs to ask for.' })
  requestedAuthnContext?: string[] | null;
}

@InputType({ description: 'A new OpenID Provider: the hub reads its discovery document.' })
export class CreateOidcIdentityProviderInput extends NewIdentityProviderInput {
  @Field(() => IdentifierScalar, { description: 'Its issuer, to the letter; not the address of its document.' })
  issuer!: string;

  @Field(() => IdentifierScalar, { description: 'Name of the hub there.' })
  clientId!: string;

  @Field(() => SecretScalar, { description: 'Secret of the hub there.' })
  clientSecret!: string;

  @Field(() => TokenEndpointAuthMethodEnum, {
    nullable: true,
    description: 'At first what the provider supports, Basic before POST.',
  })
  tokenEndpointAuthMethod?: OidcSettings['tokenEndpointAuthMethod'] | null;

  @Field(() => [IdentifierScalar], {
    nullable: true,
    description: 'Scopes to ask for; at first openid, email and profile.',
  })
  scopes?: string[] | null;

  @Field(() => [IdentifierScalar], {
    nullable: true,
    description: 'Values of `tid` that belong to the partner; required for an issuer of many tenants.',
  })
  allowedTenants?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Fetch and merge userinfo; at first when the provider has it.' })
  fetchUserInfo?: boolean | null;
}

@InputType({ description: 'A change of an identity provider; what is left out stays.' })
export class UpdateIdentityProviderInput extends CommonInput {
  @Field(() => ID, { description: 'The identity provider.' })
  id!: string;

  @Field(() => DisplayNameScalar, { nullable: true, description: 'Its name for people.' })
  name?: string | null;

  @Field(() => RequireSignedEnum, { nullable: true, description: 'SAML: which signatures must be there.' })
  requireSigned?: SamlSettings['requireSigned'] | null;

  @Field(() => Boolean, { nullable: true, description: 'SAML: refuse an assertion that is not encrypted.' })
  requireEncrypted?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'SAML: accept the signature of an assertion at its end.' })
  allowTrailingSignature?: boolean | null;

  @Field(() => [SamlAlgorithmExceptionEnum], {
    nullable: true,
    description: 'SAML: old cryptography to let through, all of it. Only an operator adds one.',
  })
  algorithmExceptions?: SamlAlgorithmException[] | null;

  @Field(() => Boolean, { nullable: true, description: 'SAML: sign requests.' })
  signRequests?: boolean | null;

  @Field(() => IdentifierScalar, { nullable: true, description: 'SAML: NameID format to ask for; null asks for none.' })
  nameIdFormat?: string | null;

  @Field(() => [IdentifierScalar], { nullable: true, description: 'SAML: AuthnContextClassRefs to ask for.' })
  requestedAuthnContext?: string[] | null;

  @Field(() => [IdentifierScalar], { nullable: true, description: 'OIDC: scopes to ask for.' })
  scopes?: string[] | null;

  @Field(() => [IdentifierScalar], { nullable: true, description: 'OIDC: values of `tid` that belong to the partner.' })
  allowedTenants?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: 'OIDC: fetch and merge userinfo.' })
  fetchUserInfo?: boolean | null;

  @Field(() => TokenEndpointAuthMethodEnum, { nullable: true, description: 'OIDC: how the hub authenticates there.' })
  tokenEndpointAuthMethod?: OidcSettings['tokenEndpointAuthMethod'] | null;

  @Field(() => SecretScalar, { nullable: true, description: 'OIDC: a new secret of the hub there.' })
  clientSecret?: string | null;
}

@InputType({
  description: 'New metadata for an identity provider by SAML. Neither text nor address: it is fetched again.',
})
export class ReplaceSamlMetadataInput {
  @Field(() => ID, { description: 'The identity provider.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'One md:EntityDescriptor, or a signed md:EntitiesDescriptor.' })
  metadataXml?: string | null;

  @Field(() => IdentifierScalar, { nullable: true, description: 'Where the hub fetches it, by https.' })
  metadataUrl?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Certificate, PEM or base64, by whose key it must be signed from now on; null drops the pin. Only an operator changes or drops one.',
  })
  metadataSigningCertificate?: string | null;
}

@InputType({ description: 'Which identity provider.' })
export class IdentityProviderIdInput {
  @Field(() => ID, { description: 'The identity provider.' })
  id!: string;
}

/** A partner id that is none leads to an empty list, as one without identity providers does. */
export function filterOf(input: IdentityProviderFilterInput | null | undefined): IdentityProviderFilter {
  if (input == null) return {};
  const { partnerId, ...rest } = input;
  return partnerId == null ? rest : { ...rest, partnerId: lookupHubKey('Partner', partnerId) ?? RESERVED_PARTNER_ID };
}

type Given<T> = { readonly [K in keyof T]: null extends T[K] ? Exclude<T[K], null> | undefined : T[K] };

/** null means "left out", except where a description says otherwise. */
export function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value ?? undefined])) as Given<T>;
}

/** @throws HubError INPUT_INVALID */
export function commonOf({ subjectSource, assuranceMap, clockSkewSeconds }: CommonInput): {
  readonly [K in keyof CommonSettings]: CommonSettings[K] | undefined;
} {
  return {
    subjectSource: subjectSource == null ? undefined : subjectSourceOf(subjectSource),
    assuranceMap: assuranceMap == null ? undefined : assuranceMapOf(assuranceMap),
    clockSkewSeconds: clockSkewSeconds ?? undefined,
  };
}

function subjectSourceOf({ kind, name }: SubjectSourceInput): SubjectSource {
  if (kind === 'CLAIM') {
    return name == null ? refuse('input.subjectSource.name', 'Name the attribute or claim.') : { kind, name };
  }
  return name == null ? { kind } : refuse('input.subjectSource.name', 'Only CLAIM has a name.');
}

function assuranceMapOf(entries: readonly AssuranceMapEntryInput[]): AssuranceMap {
  const contexts = entries.map(({ context }) => context);
  const twice = contexts.findIndex((context, index) => contexts.indexOf(context) !== index);
  if (twice >= 0) refuse(`input.assuranceMap.${twice}.context`, 'This context is there twice.');
  return Object.fromEntries(entries.map(({ context, levels }) => [context, levelsOfInput(levels)]));
}

function refuse(path: string, message: string): never {
  const problem: FieldProblem = { path, message };
  throw new HubError('INPUT_INVALID', undefined, [problem]);
}

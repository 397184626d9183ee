/** What callers may send about a trust relationship, field by field. */
import { Field, ID, InputType, Int } from 'type-graphql';
import { AssuranceLevelsInput, levelsOfInput } from '../graphql/assurance.js';
import { hubKey, lookupTenantKey } from '../graphql/global-id.js';
import { DateTimeScalar, DisplayNameScalar, SentenceScalar } from '../graphql/scalars.js';
import type { TrustTerms } from '../login/facts.js';
import type { TermsDraft } from './terms.rules.js';
import type { TrustState } from './trust.entity.js';
import type { NewTrust } from './trust.service.js';
import { ProvisioningModeEnum, TrustStateEnum } from './trust.type.js';

@InputType('TrustRelationshipFilter', { description: 'Narrows a list of trust relationships; all given must hold.' })
export class TrustFilterInput {
  @Field(() => ID, { nullable: true, description: 'Of this partner.' })
  partnerId?: string | null;

  @Field(() => ID, { nullable: true, description: 'With this application.' })
  applicationId?: string | null;

  @Field(() => TrustStateEnum, { nullable: true, description: 'In this state.' })
  state?: TrustState | null;
}

@InputType({ description: 'Terms of a trust relationship, complete: what is left out is not demanded or not allowed.' })
export class TrustTermsInput {
  @Field(() => [ID], {
    defaultValue: [],
    description: 'Identity providers that may assert; none names every one that the partner may use.',
  })
  identityProviderIds!: string[];

  @Field(() => [String], { defaultValue: [], description: 'Names of the attributes that may be released.' })
  releasedAttributes!: string[];

  @Field(() => AssuranceLevelsInput, { nullable: true, description: 'Levels that a sign-in must reach.' })
  minimumAssurance?: AssuranceLevelsInput | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Oldest sign-in at the identity provider, 1 to 31,536,000 seconds.',
  })
  maxAuthenticationAgeSeconds?: number | null;

  @Field(() => ProvisioningModeEnum, { description: 'What a sign-in may do to accounts.' })
  provisioningMode!: TrustTerms['provisioningMode'];

  @Field(() => DateTimeScalar, { nullable: true, description: 'From when they count.' })
  validFrom?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Until when they count, exclusive.' })
  validUntil?: Date | null;
}

@InputType({ description: 'A new trust relationship, as a draft.' })
export class CreateTrustRelationshipInput {
  @Field(() => ID, { description: 'Whose people.' })
  partnerId!: string;

  @Field(() => ID, { description: 'Into which application.' })
  applicationId!: string;

  @Field(() => SentenceScalar, { description: 'What it is for.' })
  purpose!: string;

  @Field(() => DisplayNameScalar, { description: 'Who answers for it.' })
  owner!: string;

  @Field(() => TrustTermsInput, { description: 'The terms of version 1.' })
  terms!: TrustTermsInput;
}

@InputType({ description: 'New terms, as the next version.' })
export class ChangeTrustTermsInput {
  @Field(() => ID, { description: 'The trust relationship.' })
  id!: string;

  @Field(() => Int, { description: '`latestVersion` as you have read it.' })
  expectedVersion!: number;

  @Field(() => TrustTermsInput, { description: 'The new terms, complete.' })
  terms!: TrustTermsInput;
}

@InputType({ description: 'Which version of which trust relationship.' })
export class ActivateTrustRelationshipInput {
  @Field(() => ID, { description: 'The trust relationship.' })
  id!: string;

  @Field(() => Int, { description: 'The version to put in force, the newest or an older one.' })
  version!: number;
}

@InputType({ description: 'Which trust relationship.' })
export class TrustRelationshipIdInput {
  @Field(() => ID, { description: 'The trust relationship.' })
  id!: string;
}

/** @throws HubError NOT_FOUND for ids of another type */
export function newTrust(input: CreateTrustRelationshipInput): NewTrust {
  const { purpose, owner } = input;
  const partnerId = hubKey('Partner', input.partnerId);
  const applicationId = hubKey('Application', input.applicationId);
  return { partnerId, applicationId, purpose, owner, terms: termsDraft(input.terms) };
}

export function termsDraft(input: TrustTermsInput): TermsDraft {
  return {
    identityProviders: input.identityProviderIds.map(identityProviderKey),
    releasedAttributes: input.releasedAttributes,
    minimum: levelsOfInput(input.minimumAssurance),
    maxAuthenticationAgeSeconds: input.maxAuthenticationAgeSeconds ?? null,
    provisioningMode: input.provisioningMode,
    validFrom: input.validFrom ?? null,
    validUntil: input.validUntil ?? null,
  };
}

/** What is no id of an identity provider stays what it is, and is refused with its place in the list. */
function identityProviderKey(text: string): string {
  const key = lookupTenantKey('IdentityProvider', text);
  return key === null ? text : `${key.partnerId} ${key.id}`;
}

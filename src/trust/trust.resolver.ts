/** Trust relationships on the API: each field is one call of the service. */
import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../access/request-context.js';
import { type Connection, ConnectionArgs, connection, pageRequest } from '../graphql/connection.js';
import { lookupHubKey, lookupTenantKey, tenantKey } from '../graphql/global-id.js';
import type { TrustRelationship } from './trust.entity.js';
import {
  ActivateTrustRelationshipInput,
  ChangeTrustTermsInput,
  CreateTrustRelationshipInput,
  newTrust,
  TrustFilterInput,
  TrustRelationshipIdInput,
  termsDraft,
} from './trust.input.js';
import type { TrustService } from './trust.service.js';
import { TrustRelationshipConnection, TrustRelationshipPayload, TrustRelationshipType } from './trust.type.js';

const reading =
  'Permission: `trust:read`; a partner administrator sees those of the own partner, an application owner those of the own applications.';
const operatorOnly = 'Permission: operator, scope `trust:write`.';

@Resolver(() => TrustRelationshipType)
export class TrustResolver {
  readonly #trust: TrustService;

  constructor(trust: TrustService) {
    this.#trust = trust;
  }

  @Query(() => TrustRelationshipType, {
    nullable: true,
    description: `One trust relationship; null when there is none to see. ${reading}`,
  })
  async trustRelationship(
    @Ctx() context: RequestContext,
    @Arg('id', () => ID, { description: 'Global id.' }) id: string,
  ): Promise<TrustRelationship | null> {
    const key = lookupTenantKey('TrustRelationship', id);
    return key === null ? null : this.#trust.find(context, key);
  }

  @Query(() => TrustRelationshipConnection, { description: `Trust relationships, oldest first. ${reading}` })
  async trustRelationships(
    @Ctx() context: RequestContext,
    @Args(() => ConnectionArgs) page: ConnectionArgs,
    @Arg('filter', () => TrustFilterInput, { nullable: true, description: 'Narrows the list.' })
    filter: TrustFilterInput | null,
  ): Promise<Connection<TrustRelationship>> {
    const request = pageRequest(page);
    const partnerId = filter?.partnerId == null ? null : lookupHubKey('Partner', filter.partnerId);
    const applicationId = filter?.applicationId == null ? null : lookupHubKey('Application', filter.applicationId);
    const isOfNobody = (filter?.partnerId != null && !partnerId) || (filter?.applicationId != null && !applicationId);
    if (isOfNobody) return connection({ rows: [], hasNextPage: false });
    return connection(await this.#trust.list(context, { partnerId, applicationId, state: filter?.state }, request));
  }

  @Mutation(() => TrustRelationshipPayload, {
    description: `Writes down a trust relationship as a draft with version 1 of its terms; nobody signs in by it yet. ${operatorOnly} Errors: NOT_FOUND, CONFLICT (the two have one that has not ended), TRUST_TERMS_INVALID, ATTRIBUTE_UNKNOWN.`,
  })
  async createTrustRelationship(
    @Ctx() context: RequestContext,
    @Arg('input', () => CreateTrustRelationshipInput) input: CreateTrustRelationshipInput,
  ): Promise<TrustRelationshipPayload> {
    return { trustRelationship: await this.#trust.create(context, newTrust(input)) };
  }

  @Mutation(() => TrustRelationshipPayload, {
    description: `Writes the next version of the terms. The version in force stays in force until another one is activated. ${operatorOnly} Errors: NOT_FOUND, STALE_VERSION, STATE_TRANSITION, TRUST_TERMS_INVALID, ATTRIBUTE_UNKNOWN.`,
  })
  async changeTrustTerms(
    @Ctx() context: RequestContext,
    @Arg('input', () => ChangeTrustTermsInput) { id, expectedVersion, terms }: ChangeTrustTermsInput,
  ): Promise<TrustRelationshipPayload> {
    const key = tenantKey('TrustRelationship', id);
    return { trustRelationship: await this.#trust.changeTerms(context, key, expectedVersion, termsDraft(terms)) };
  }

  @Mutation(() => TrustRelationshipPayload, {
    description: `Puts a version of the terms in force, at the next use of every session and token; ends a suspension. ${operatorOnly} Errors: NOT_FOUND, STATE_TRANSITION, TRUST_TERMS_INVALID (the terms are over).`,
  })
  async activateTrustRelationship(
    @Ctx() context: RequestContext,
    @Arg('input', () => ActivateTrustRelationshipInput) { id, version }: ActivateTrustRelationshipInput,
  ): Promise<TrustRelationshipPayload> {
    return { trustRelationship: await this.#trust.activate(context, tenantKey('TrustRelationship', id), version) };
  }

  @Mutation(() => TrustRelationshipPayload, {
    description: `Refuses sign-ins, sessions and tokens of the partner at the application at once, on every replica. ${operatorOnly} Errors: NOT_FOUND, STATE_TRANSITION.`,
  })
  async suspendTrustRelationship(
    @Ctx() context: RequestContext,
    @Arg('input', () => TrustRelationshipIdInput) { id }: TrustRelationshipIdInput,
  ): Promise<TrustRelationshipPayload> {
    return { trustRelationship: await this.#trust.suspend(context, tenantKey('TrustRelationship', id)) };
  }

  @Mutation(() => TrustRelationshipPayload, {
    description: `Ends a trust relationship for good, with the effect of a suspension; another one may be written. ${operatorOnly} Errors: NOT_FOUND, STATE_TRANSITION.`,
  })
  async endTrustRelationship(
    @Ctx() context: RequestContext,
    @Arg('input', () => TrustRelationshipIdInput) { id }: TrustRelationshipIdInput,
  ): Promise<TrustRelationshipPayload> {
    return { trustRelationship: await this.#trust.end(context, tenantKey('TrustRelationship', id)) };
  }
}

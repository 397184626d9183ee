/** Partners on the API: each field is one call of the service. */
import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../access/request-context.js';
import { type Connection, ConnectionArgs, connection, pageRequest } from '../graphql/connection.js';
import { hubKey, lookupHubKey } from '../graphql/global-id.js';
import { SlugScalar } from '../graphql/scalars.js';
import { HubError } from '../shared/hub-error.js';
import type { Partner } from './partner.entity.js';
import { CreatePartnerInput, PartnerFilterInput, PartnerIdInput, UpdatePartnerInput } from './partner.input.js';
import type { PartnerService } from './partner.service.js';
import { PartnerConnection, PartnerPayload, PartnerType } from './partner.type.js';

const operatorOnly = 'Permission: operator, scope `partners:write`.';

@Resolver(() => PartnerType)
export class PartnerResolver {
  readonly #partners: PartnerService;

  constructor(partners: PartnerService) {
    this.#partners = partners;
  }

  @Query(() => PartnerType, {
    nullable: true,
    description:
      'One partner, by `id` or by `slug`; null when there is none to see. Permission: `partners:read`; a partner administrator sees the own partner.',
  })
  async partner(
    @Ctx() context: RequestContext,
    @Arg('id', () => ID, { nullable: true, description: 'Global id.' }) id: string | null,
    @Arg('slug', () => SlugScalar, { nullable: true, description: 'Name in addresses.' }) slug: string | null,
  ): Promise<Partner | null> {
    if ((id == null) === (slug == null)) throw new HubError('INPUT_INVALID', 'Give either `id` or `slug`.');
    if (slug != null) return this.#partners.find(context, { slug });
    const key = lookupHubKey('Partner', id ?? '');
    return key === null ? null : this.#partners.find(context, { id: key });
  }

  @Query(() => PartnerConnection, {
    description: 'Partners, oldest first. Permission: `partners:read`; a partner administrator sees the own partner.',
  })
  async partners(
    @Ctx() context: RequestContext,
    @Args(() => ConnectionArgs) page: ConnectionArgs,
    @Arg('filter', () => PartnerFilterInput, { nullable: true, description: 'Narrows the list.' })
    filter: PartnerFilterInput | null,
  ): Promise<Connection<Partner>> {
    return connection(await this.#partners.list(context, filter ?? {}, pageRequest(page)));
  }

  @Mutation(() => PartnerPayload, {
    description: `Creates a partner, active and without domains or identity providers. ${operatorOnly} Errors: SLUG_TAKEN.`,
  })
  async createPartner(
    @Ctx() context: RequestContext,
    @Arg('input', () => CreatePartnerInput) input: CreatePartnerInput,
  ): Promise<PartnerPayload> {
    return { partner: await this.#partners.create(context, input) };
  }

  @Mutation(() => PartnerPayload, { description: `Renames a partner. ${operatorOnly} Errors: NOT_FOUND.` })
  async updatePartner(
    @Ctx() context: RequestContext,
    @Arg('input', () => UpdatePartnerInput) input: UpdatePartnerInput,
  ): Promise<PartnerPayload> {
    return { partner: await this.#partners.update(context, hubKey('Partner', input.id), { name: input.name }) };
  }

  @Mutation(() => PartnerPayload, {
    description: `Stops every sign-in of a partner at once, on every replica; its sessions end. ${operatorOnly} Errors: NOT_FOUND, STATE_TRANSITION.`,
  })
  async suspendPartner(
    @Ctx() context: RequestContext,
    @Arg('input', () => PartnerIdInput) input: PartnerIdInput,
  ): Promise<PartnerPayload> {
    return { partner: await this.#partners.changeState(context, hubKey('Partner', input.id), 'suspend') };
  }

  @Mutation(() => PartnerPayload, {
    description: `Lets a suspended partner sign in again. ${operatorOnly} Errors: NOT_FOUND, STATE_TRANSITION.`,
  })
  async reinstatePartner(
    @Ctx() context: RequestContext,
    @Arg('input', () => PartnerIdInput) input: PartnerIdInput,
  ): Promise<PartnerPayload> {
    return { partner: await this.#partners.changeState(context, hubKey('Partner', input.id), 'reinstate') };
  }

  @Mutation(() => PartnerPayload, {
    description: `Ends a partner for good: no sign-in, no way back. ${operatorOnly} Errors: NOT_FOUND, STATE_TRANSITION.`,
  })
  async retirePartner(
    @Ctx() context: RequestContext,
    @Arg('input', () => PartnerIdInput) input: PartnerIdInput,
  ): Promise<PartnerPayload> {
    return { partner: await this.#partners.changeState(context, hubKey('Partner', input.id), 'retire') };
  }
}

/** Domains on the API, and the edges that lead to and from them. */
import { Arg, Args, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../access/request-context.js';
import { type Connection, ConnectionArgs } from '../graphql/connection.js';
import { hubKey, tenantKey } from '../graphql/global-id.js';
import { pagesPerRequest, perRequest } from '../graphql/loaders.js';
import type { Domain } from './domain.entity.js';
import { AddDomainInput, DomainIdInput } from './domain.input.js';
import { recordName, recordValue } from './domain.rules.js';
import type { DomainService } from './domain.service.js';
import { DomainConnection, DomainPayload, DomainType } from './domain.type.js';
import type { Partner } from './partner.entity.js';
import type { PartnerService } from './partner.service.js';
import { PartnerType } from './partner.type.js';

const partnerSide = 'Permission: operator or administrator of the partner, scope `partners:write`.';

@Resolver(() => DomainType)
export class DomainResolver {
  readonly #domains: DomainService;
  readonly #partner: (context: RequestContext, id: string) => Promise<Partner | null>;

  constructor(domains: DomainService, partners: PartnerService) {
    this.#domains = domains;
    this.#partner = perRequest((context, ids) => partners.findMany(context, ids));
  }

  @FieldResolver(() => String, { description: 'Where the partner publishes the TXT record that proves it.' })
  recordName(@Root() { name }: Domain): string {
    return recordName(name);
  }

  @FieldResolver(() => String, { description: 'What the TXT record says.' })
  recordValue(@Root() { challenge }: Domain): string {
    return recordValue(challenge);
  }

  @FieldResolver(() => PartnerType, { description: 'Whose it is.' })
  async partner(@Root() { partnerId }: Domain, @Ctx() context: RequestContext): Promise<Partner | null> {
    return this.#partner(context, partnerId);
  }

  @Mutation(() => DomainPayload, {
    description: `Claims a domain; it counts once proved. ${partnerSide} Errors: NOT_FOUND, DOMAIN_INVALID, DOMAIN_TAKEN, CONFLICT.`,
  })
  async addDomain(
    @Ctx() context: RequestContext,
    @Arg('input', () => AddDomainInput) { partnerId, name }: AddDomainInput,
  ): Promise<DomainPayload> {
    return { domain: await this.#domains.add(context, { partnerId: hubKey('Partner', partnerId), name }) };
  }

  @Mutation(() => DomainPayload, {
    description: `Looks for the TXT record and, when it is there, proves the domain; one that is proved already is left as it is. ${partnerSide} Errors: NOT_FOUND, DOMAIN_NOT_PROVED, DOMAIN_TAKEN.`,
  })
  async proveDomain(
    @Ctx() context: RequestContext,
    @Arg('input', () => DomainIdInput) { id }: DomainIdInput,
  ): Promise<DomainPayload> {
    return { domain: await this.#domains.prove(context, tenantKey('Domain', id)) };
  }

  @Mutation(() => DomainPayload, {
    description:
      'Proves a domain by the word of an operator; in development only. Permission: operator, scope `partners:write`. Errors: FORBIDDEN, NOT_FOUND, DOMAIN_TAKEN.',
  })
  async assertDomain(
    @Ctx() context: RequestContext,
    @Arg('input', () => DomainIdInput) { id }: DomainIdInput,
  ): Promise<DomainPayload> {
    return { domain: await this.#domains.assert(context, tenantKey('Domain', id)) };
  }

  @Mutation(() => DomainPayload, {
    description: `Gives a domain back: people in it can no longer sign in, and another partner can prove it. ${partnerSide} Errors: NOT_FOUND.`,
  })
  async removeDomain(
    @Ctx() context: RequestContext,
    @Arg('input', () => DomainIdInput) { id }: DomainIdInput,
  ): Promise<DomainPayload> {
    return { domain: await this.#domains.remove(context, tenantKey('Domain', id)) };
  }
}

@Resolver(() => PartnerType)
export class PartnerDomainsResolver {
  readonly #pages: (context: RequestContext, partnerId: string, args: ConnectionArgs) => Promise<Connection<Domain>>;

  constructor(domains: DomainService) {
    this.#pages = pagesPerRequest((context, ids, page) => domains.ofPartners(context, ids, page));
  }

  @FieldResolver(() => DomainConnection, { description: 'Its domains, proved or not, oldest first.' })
  async domains(
    @Root() { id }: Partner,
    @Ctx() context: RequestContext,
    @Args(() => ConnectionArgs) page: ConnectionArgs,
  ): Promise<Connection<Domain>> {
    return this.#pages(context, id, page);
  }
}

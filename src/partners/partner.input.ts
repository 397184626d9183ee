/** What callers may send about a partner, field by field. */
import { Field, ID, InputType } from 'type-graphql';
import { DisplayNameScalar, DomainNameScalar, SlugScalar } from '../graphql/scalars.js';
import type { PartnerState } from './partner.entity.js';
import type { NewPartner } from './partner.service.js';
import type { PartnerFilter } from './partner.store.js';
import { PartnerStateEnum } from './partner.type.js';

@InputType('PartnerFilter', { description: 'Narrows a list of partners; everything given must hold.' })
export class PartnerFilterInput implements PartnerFilter {
  @Field(() => PartnerStateEnum, { nullable: true, description: 'In this state.' })
  state?: PartnerState | null;

  @Field(() => DisplayNameScalar, { nullable: true, description: 'Part of the name or the slug, in any case.' })
  search?: string | null;

  @Field(() => DomainNameScalar, { nullable: true, description: 'Claims exactly this domain, proved or not.' })
  domain?: string | null;
}

@InputType({ description: 'A new partner.' })
export class CreatePartnerInput implements NewPartner {
  @Field(() => SlugScalar, { description: 'Its name in addresses, unique; never changes.' })
  slug!: string;

  @Field(() => DisplayNameScalar, { description: 'Its name for people.' })
  name!: string;

  @Field(() => SlugScalar, { nullable: true, description: 'Home region; the region of this hub when left out.' })
  region?: string | null;
}

@InputType({ description: 'A change of a partner; what is left out stays.' })
export class UpdatePartnerInput {
  @Field(() => ID, { description: 'The partner.' })
  id!: string;

  @Field(() => DisplayNameScalar, { nullable: true, description: 'Its name for people.' })
  name?: string | null;
}

@InputType({ description: 'Which partner.' })
export class PartnerIdInput {
  @Field(() => ID, { description: 'The partner.' })
  id!: string;
}

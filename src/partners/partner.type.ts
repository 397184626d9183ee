/** The GraphQL face of a partner. A field that is not written here has no way out. */
import { Field, ObjectType } from 'type-graphql';
import { connectionType } from '../graphql/connection.js';
import { graphqlEnum } from '../graphql/enums.js';
import { Node } from '../graphql/node.js';
import { DateTimeScalar, DisplayNameScalar, SlugScalar } from '../graphql/scalars.js';
import type { Partner, PartnerState } from './partner.entity.js';

export const PartnerStateEnum = graphqlEnum<PartnerState>('PartnerState', 'The life of a partner.', {
  ACTIVE: 'Its people can sign in.',
  SUSPENDED: 'Nobody signs in; can be reinstated.',
  RETIRED: 'Nobody signs in, for good.',
});

@ObjectType('Partner', { implements: Node, description: 'A partner organization: the tenant.' })
export class PartnerType
  extends Node
  implements Pick<Partner, 'id' | 'slug' | 'name' | 'region' | 'state' | 'createdAt' | 'updatedAt'>
{
  @Field(() => SlugScalar, { description: 'Its name in addresses; never changes.' })
  slug!: string;

  @Field(() => DisplayNameScalar, { description: 'Its name for people.' })
  name!: string;

  @Field(() => String, { description: 'Residency: the region that holds its people.' })
  region!: string;

  @Field(() => PartnerStateEnum, { description: 'Whether its people can sign in.' })
  state!: PartnerState;

  @Field(() => DateTimeScalar, { description: 'When it was created.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { description: 'When it last changed.' })
  updatedAt!: Date;
}

export const PartnerConnection = connectionType('Partner', () => PartnerType);

@ObjectType({ description: 'The partner after the change.' })
export class PartnerPayload {
  @Field(() => PartnerType, { description: 'The partner.' })
  partner!: Partner;
}

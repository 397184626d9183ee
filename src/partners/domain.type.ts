/** The GraphQL face of a domain, with everything that the partner publishes to prove it. */
import { Field, ObjectType } from 'type-graphql';
import { connectionType } from '../graphql/connection.js';
import { graphqlEnum } from '../graphql/enums.js';
import { Node } from '../graphql/node.js';
import { DateTimeScalar, DomainNameScalar } from '../graphql/scalars.js';
import type { Domain, DomainProof, DomainState } from './domain.entity.js';

export const DomainStateEnum = graphqlEnum<DomainState>('DomainState', 'Whether a claimed domain counts.', {
  PENDING: 'Claimed; the hub ignores it.',
  PROVED: 'Proved: identity providers of the partner speak for it, and it leads people to them.',
});

export const DomainProofEnum = graphqlEnum<DomainProof>('DomainProof', 'What a domain was proved with.', {
  DNS_TXT: 'A record that only the owner of the name can publish.',
  OPERATOR: 'The word of an operator, in development.',
});

@ObjectType('Domain', { implements: Node, description: 'A namespace that a partner claims. It counts once proved.' })
export class DomainType
  extends Node
  implements Pick<Domain, 'id' | 'name' | 'state' | 'proof' | 'provedAt' | 'createdAt'>
{
  @Field(() => DomainNameScalar, { description: 'The name, in A-labels. It stands for itself and no subdomain.' })
  name!: string;

  @Field(() => DomainStateEnum, { description: 'Whether it counts.' })
  state!: DomainState;

  @Field(() => DomainProofEnum, { nullable: true, description: 'What it was proved with; null until then.' })
  proof!: DomainProof | null | undefined;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was proved.' })
  provedAt!: Date | null | undefined;

  @Field(() => DateTimeScalar, { description: 'When it was claimed.' })
  createdAt!: Date;
}

export const DomainConnection = connectionType('Domain', () => DomainType);

@ObjectType({ description: 'The domain after the change.' })
export class DomainPayload {
  @Field(() => DomainType, { description: 'The domain.' })
  domain!: Domain;
}

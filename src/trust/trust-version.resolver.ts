/** The versions of a trust relationship and their terms; rows of many relationships are read in one statement. */
import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../access/request-context.js';
import { AssuranceLevels } from '../graphql/assurance.js';
import { type Connection, ConnectionArgs } from '../graphql/connection.js';
import { perRequest } from '../graphql/loaders.js';
import { versionPages } from '../graphql/version-page.js';
import type { TrustRelationship, TrustVersion } from './trust.entity.js';
import type { TrustService } from './trust.service.js';
import type { VersionKey } from './trust.store.js';
import {
  type TermsSource,
  TrustRelationshipType,
  TrustTermsType,
  TrustVersionConnection,
  TrustVersionType,
} from './trust.type.js';

@Resolver(() => TrustRelationshipType)
export class TrustVersionsResolver {
  readonly #version: (context: RequestContext, key: string) => Promise<TrustVersion | null>;
  readonly #pages: ReturnType<typeof versionPages<TrustVersion>>;

  constructor(trust: TrustService) {
    this.#version = perRequest(async (context, keys) => {
      const rows = await trust.versions(context, keys.map(keyOf));
      return new Map(rows.map((row) => [`${row.partnerId} ${row.trustRelationshipId} ${row.version}`, row]));
    });
    this.#pages = versionPages((context, keys, request) => trust.versionsOf(context, keys, request));
  }

  @FieldResolver(() => TrustTermsType, {
    nullable: true,
    description: 'Terms of the version in force; null for a draft.',
  })
  async activeTerms(
    @Root() { partnerId, id, activeVersion }: TrustRelationship,
    @Ctx() context: RequestContext,
  ): Promise<TermsSource | null> {
    if (activeVersion == null) return null;
    const version = await this.#version(context, `${partnerId} ${id} ${activeVersion}`);
    return version && { ...version.terms, partnerId };
  }

  @FieldResolver(() => TrustVersionConnection, { description: 'All versions of the terms, newest first.' })
  async versions(
    @Root() { partnerId, id }: TrustRelationship,
    @Ctx() context: RequestContext,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
  ): Promise<Connection<TrustVersion>> {
    return this.#pages(context, { partnerId, id }, args);
  }
}

@Resolver(() => TrustVersionType)
export class TrustVersionResolver {
  @FieldResolver(() => TrustTermsType, { description: 'What it says.' })
  terms(@Root() { terms, partnerId }: TrustVersion): TermsSource {
    return { ...terms, partnerId };
  }
}

@Resolver(() => TrustTermsType)
export class TrustTermsResolver {
  @FieldResolver(() => AssuranceLevels)
  minimumAssurance(@Root() { minimum }: TermsSource): AssuranceLevels {
    return minimum;
  }
}

function keyOf(text: string): VersionKey {
  const [partnerId = '', id = '', version] = text.split(' ');
  return { partnerId, id, version: Number(version) };
}

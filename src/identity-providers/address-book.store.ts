/**
 * The IdP behind `{idp}` of an address, in whatever state. Slugs never change and no IdP is ever removed, so what was
 * found once holds for good; what was not found is looked up each time.
 */
import type { IdentityProviderAddress } from '../login/outcome.js';
import { type Sql, sql } from '../persistence/sql.js';
import { hubScope, type UnitOfWork } from '../persistence/unit-of-work.js';
import { BoundedCache } from '../shared/bounded-cache.js';
import type { Uuid } from '../shared/ids.js';
import { parseIdentityProviderAddress } from './addresses.rules.js';

const ADDRESSES = 10_000;

/** The one row of an address, none where there is no such IdP. */
export function identityProviderAt(address: string): Sql {
  const { partnerSlug, slug } = parseIdentityProviderAddress(address) ?? { partnerSlug: '', slug: '' };
  return sql`select i.partner_id, i.id as identity_provider_id, i.protocol from "control"."partner" p
    join "control"."identity_provider" i on i.partner_id = p.id where p.slug = ${partnerSlug} and i.slug = ${slug}`;
}

interface Row {
  readonly partner_id: Uuid;
  readonly identity_provider_id: Uuid;
  readonly protocol: IdentityProviderAddress['protocol'];
}

export class AddressBook {
  readonly #known = new BoundedCache<string, IdentityProviderAddress>(ADDRESSES);
  readonly #uow: UnitOfWork;

  constructor(uow: UnitOfWork) {
    this.#uow = uow;
  }

  async find(address: string): Promise<IdentityProviderAddress | null> {
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    const found = await this.#lookUp(address);
    if (found !== null) this.#known.set(address, found);
    return found;
  }

  async #lookUp(address: string): Promise<IdentityProviderAddress | null> {
    if (parseIdentityProviderAddress(address) === null) return null;
    const [row] = await this.#uow.rows<Row>(hubScope, identityProviderAt(address));
    if (row === undefined) return null;
    return { partnerId: row.partner_id, identityProviderId: row.identity_provider_id, protocol: row.protocol };
  }
}

/**
 * The IdP behind `{idp}` of an address, in whatever state. Slugs never change and no IdP is ever removed, so what was
 * found once holds for good; what was not found is looked up each time.
 */
import { sql } from '../persistence/sql.js';
import { hubScope, type UnitOfWork } from '../persistence/unit-of-work.js';
import { BoundedCache } from '../shared/bounded-cache.js';
import type { Uuid } from '../shared/ids.js';
import { parseIdentityProviderAddress } from './addresses.rules.js';

const ADDRESSES = 10_000;

export interface Addressee {
  readonly partnerId: Uuid;
  readonly identityProviderId: Uuid;
  readonly protocol: 'SAML' | 'OIDC';
}

export class AddressBook {
  readonly #known = new BoundedCache<string, Addressee>(ADDRESSES);
  readonly #uow: UnitOfWork;

  constructor(uow: UnitOfWork) {
    this.#uow = uow;
  }

  async find(address: string): Promise<Addressee | null> {
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    const found = await this.#lookUp(address);
    if (found !== null) this.#known.set(address, found);
    return found;
  }

  async #lookUp(address: string): Promise<Addressee | null> {
    const parsed = parseIdentityProviderAddress(address);
    if (parsed === null) return null;
    const [row] = await this.#uow.rows<Addressee>(
      hubScope,
      sql`select i.partner_id as "partnerId", i.id as "identityProviderId", i.protocol from "control"."partner" p
        join "control"."identity_provider" i on i.partner_id = p.id
        where p.slug = ${parsed.partnerSlug} and i.slug = ${parsed.slug}`,
    );
    return row ?? null;
  }
}

/** The connections to OpenID Providers: what is vetted and fetched once for a configuration, as long as that object lives. */
import type { Egress } from '../../egress/egress.js';
import type { UpstreamOidcConfig } from '../../login/contracts.js';
import { refusal } from '../../shared/refusal.js';
import { ok, type Result, refused } from '../../shared/result.js';
import type { Connection } from './upstream-exchange.js';
import { UpstreamKeys } from './upstream-keys.js';
import { isTemplate, readMetadata, unacceptableEndpoint } from './upstream-metadata.rules.js';

export class OidcConnections {
  // The key is the snapshot of the connection: a changed connection is another object and starts with no keys.
  readonly #known = new WeakMap<UpstreamOidcConfig, Connection>();
  readonly #egress: Egress;

  constructor(egress: Egress) {
    this.#egress = egress;
  }

  of(config: UpstreamOidcConfig): Result<Connection> {
    const known = this.#known.get(config);
    if (known !== undefined) return ok(known);
    const made = newConnection(config, this.#egress);
    if (made.ok) this.#known.set(config, made.value);
    return made;
  }
}

function newConnection(config: UpstreamOidcConfig, egress: Egress): Result<Connection> {
  const metadata = readMetadata(config.metadata);
  if (!metadata.ok) {
    const facts = { member: metadata.member };
    return refused(refusal('OIDC_DISCOVERY', 'The stored metadata of the identity provider is incomplete.', facts));
  }
  // A stored document that speaks for another issuer than the connection is never used (O09).
  const issuer = metadata.value.issuer;
  if (issuer !== config.issuer && !isTemplate(issuer)) {
    return refused(refusal('OIDC_DISCOVERY', 'The stored metadata is of another issuer.', { member: 'issuer' }));
  }
  const endpoint = unacceptableEndpoint(metadata.value, (url) => egress.accepts(url));
  if (endpoint !== null) {
    return refused(
      refusal('OIDC_DISCOVERY', 'A stored endpoint of the identity provider is out of bounds.', { member: endpoint }),
    );
  }
  return ok({ metadata: metadata.value, keys: new UpstreamKeys(egress, metadata.value.jwks_uri) });
}

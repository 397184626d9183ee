/**
 * Holds the OpenID Provider in use. Its claims and scopes are fixed when it is built, so a change of the attribute
 * catalogue builds another one and swaps them; requests in flight finish on the one that they began on.
 */
import type { Provider } from 'oidc-provider';
import type { AttributeDefinitionFacts } from '../../login/facts.js';
import type { DownstreamParts } from './downstream.contracts.js';
import { createOpenIdProvider } from './downstream.js';

type Handler = ReturnType<Provider['callback']>;

export class OpenIdProviderHost {
  readonly #parts: Omit<DownstreamParts, 'attributes'>;
  #catalogue: string;
  #current: Provider;
  #handler: Handler;

  constructor(parts: Omit<DownstreamParts, 'attributes'>, attributes: readonly AttributeDefinitionFacts[]) {
    this.#parts = parts;
    this.#catalogue = JSON.stringify(attributes);
    this.#current = createOpenIdProvider({ ...parts, attributes });
    this.#handler = this.#current.callback();
  }

  current(): Provider {
    return this.#current;
  }

  /** Answers one request. */
  handle(...request: Parameters<Handler>): unknown {
    return this.#handler(...request);
  }

  use(attributes: readonly AttributeDefinitionFacts[]): void {
    const catalogue = JSON.stringify(attributes);
    if (catalogue === this.#catalogue) return;
    this.#catalogue = catalogue;
    this.#current = createOpenIdProvider({ ...this.#parts, attributes });
    this.#handler = this.#current.callback();
  }
}

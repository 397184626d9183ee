/**
 * Where the parts of the demonstration are. Four ports of 127.0.0.1 in a row, the first from ENTENTE_DEMO_PORT. `url` is
 * what a browser goes to, `local` where this very process reaches it: they differ where names are mapped to the ports.
 */
import type { Config } from '../config.js';

export const LOOPBACK = '127.0.0.1';

export interface Place {
  readonly port: number;
  /** Origin for browsers. */
  readonly url: string;
  /** Origin for requests of this process. */
  readonly local: string;
}

export interface DemonstrationPlaces {
  readonly hub: Place;
  readonly orders: Place;
  readonly reports: Place;
  /** The SAML IdP of Aurora Freight. */
  readonly aurora: Place;
  /** The OpenID Provider of Borealis Health. */
  readonly borealis: Place;
}

export function demonstrationPlaces(config: Config): DemonstrationPlaces {
  const [orders, reports, aurora, borealis] = [0, 1, 2, 3].map((offset) => place(config.demoPort + offset)) as [
    Place,
    Place,
    Place,
    Place,
  ];
  return { hub: hubPlace(config), orders, reports, aurora, borealis };
}

/** The configuration of a hub whose outbound HTTP reaches the demonstration's own IdPs, and nothing else beside. */
export function withDemonstration(config: Config): Config {
  const { aurora, borealis } = demonstrationPlaces(config);
  const own = [aurora, borealis].map(({ port }) => `${LOOPBACK}:${port}`);
  return Object.freeze({ ...config, egressAllow: [...config.egressAllow, ...own] });
}

function place(port: number): Place {
  const url = `http://${LOOPBACK}:${port}`;
  return { port, url, local: url };
}

function hubPlace({ url, host, port }: Config): Place {
  const everywhere = host === '0.0.0.0' || host === '::';
  const bare = everywhere ? LOOPBACK : host;
  return { port, url, local: `http://${bare.includes(':') ? `[${bare}]` : bare}:${port}` };
}

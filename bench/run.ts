/** `npm run bench`: every bench, or those whose name begins with `--only NAME`; `--json FILE` writes the numbers. */
import { parseArgs } from 'node:util';
import { measureLogins, openIdEntrances, startOpenIdProviders } from './logins.js';
import { mappingBench } from './mapping.js';
import { type Bench, type Metrics, printTable, writeJson } from './report.js';
import { samlVerifyBench } from './saml-verify.js';
import { openStage } from './stage.js';
import { startBench } from './start.js';

const HUB = 'bench/hub.mjs';

/** One stage for all that speaks to a hub, so that memory is what a hub has after all of it. */
const hubBench: Bench = {
  name: 'login',
  run: async () => {
    const providers = await startOpenIdProviders();
    const stage = await openStage(
      HUB,
      providers.map(({ hostPort }) => hostPort),
    );
    try {
      const metrics: Metrics = await measureLogins('login.oidc_oidc', stage, await openIdEntrances(stage, providers));
      return { ...metrics, 'memory.rss_mb': (await stage.usage()).rssMb };
    } finally {
      await stage.close();
      await Promise.all(providers.map((provider) => provider.close()));
    }
  },
};

const benches: readonly Bench[] = [mappingBench, samlVerifyBench, startBench, hubBench];

const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } });
const wanted = benches.filter(({ name }) => values.only === undefined || matches(name, values.only));
if (wanted.length === 0) {
  console.error(`There is no bench ${values.only}: ${benches.map(({ name }) => name).join(', ')}.`);
  process.exit(64);
}
let metrics: Metrics = {};
for (const bench of wanted) {
  console.error(`${bench.name} …`);
  metrics = { ...metrics, ...(await bench.run()) };
}
printTable(metrics);
if (values.json !== undefined) writeJson(values.json, metrics);

/** `--only login.oidc_oidc` and `--only saml` both find their bench. */
function matches(name: string, only: string): boolean {
  return name.startsWith(only) || only.startsWith(name);
}

/** `npm run bench`: every bench, or those whose name begins with `--only NAME`; `--json FILE` writes the numbers. */
import { parseArgs } from 'node:util';
import { measurePortal } from './graphql.js';
import {
  measureLogins,
  openIdEntrances,
  openPortal,
  samlEntrances,
  startOpenIdProviders,
  startSamlIdentityProviders,
} from './logins.js';
import { mappingBench } from './mapping.js';
import { type Bench, type Metrics, printTable, writeJson } from './report.js';
import { samlMemoryBench } from './saml-memory.js';
import { samlSizeBench } from './saml-size.js';
import { samlVerifyBench } from './saml-verify.js';
import { openStage } from './stage.js';
import { startBench } from './start.js';

const HUB = 'bench/hub.mjs';

const parts = ['login.saml_oidc', 'login.oidc_oidc', 'graphql.portal', 'memory'] as const;

/** One stage for all that speaks to a hub, so that memory is what a hub has after all of it. */
async function runOnStage(wants: (part: string) => boolean): Promise<Metrics> {
  const [openId, saml] = [await startOpenIdProviders(), await startSamlIdentityProviders()];
  const allow = openId.map(({ hostPort }) => hostPort);
  const stage = await openStage(HUB, allow);
  try {
    const portal = await openPortal(stage);
    const entrances = {
      'login.saml_oidc': await samlEntrances(stage, portal, saml),
      'login.oidc_oidc': await openIdEntrances(stage, portal, openId),
    };
    let metrics: Metrics = {};
    for (const name of ['login.saml_oidc', 'login.oidc_oidc'] as const) {
      if (wants(name)) metrics = { ...metrics, ...(await measureLogins(name, stage, entrances[name])) };
    }
    if (wants('graphql.portal')) metrics = { ...metrics, ...(await measurePortal(stage)) };
    return { ...metrics, 'memory.rss_mb': (await stage.usage()).rssMb };
  } finally {
    await stage.close();
    await Promise.all([...openId, ...saml].map((provider) => provider.close()));
  }
}

const benches: readonly Bench[] = [mappingBench, samlVerifyBench, samlSizeBench, samlMemoryBench, startBench];

const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } });
const wants = (name: string) => values.only === undefined || matches(name, values.only);
const wanted = benches.filter(({ name, isLong }) => (isLong === true ? name === values.only : wants(name)));
if (wanted.length === 0 && !parts.some(wants)) {
  console.error(`There is no bench ${values.only}: ${[...benches.map(({ name }) => name), ...parts].join(', ')}.`);
  process.exit(64);
}
let metrics: Metrics = {};
const missed: string[] = [];
for (const bench of wanted) {
  console.error(`${bench.name} …`);
  const found = await bench.run();
  metrics = { ...metrics, ...found };
  missed.push(...(bench.missed?.(found) ?? []));
}
if (parts.some(wants)) {
  console.error('a hub …');
  metrics = { ...metrics, ...(await runOnStage(wants)) };
}
printTable(metrics);
if (values.json !== undefined) writeJson(values.json, metrics);
for (const line of missed) console.error(line);
if (missed.length > 0) process.exitCode = 1;

/** `--only login.oidc_oidc` and `--only saml` both find their bench. */
function matches(name: string, only: string): boolean {
  return name.startsWith(only) || only.startsWith(name);
}

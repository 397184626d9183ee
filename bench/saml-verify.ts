/**
 * `saml.verify`: from the form field to the claims, by the hub and by the two libraries that Node has, in one run. The message
 * that counts has 6.6 kB and ten attributes (RSA-2048, SHA-256, signed assertion); the others show what grows with what.
 */
import type { SamlTestKey } from '../test/support/saml-keys.js';
import type { SamlResponseOptions } from '../test/support/saml-messages.js';
import { type Bench, cpuWithin, type Metrics, median } from './report.js';
import { attributes, makeScene, response, type Scene, verifyAsHub } from './saml-fixtures.js';
import { nodeSamlReading, type Reading, samlifyReading } from './saml-libraries.js';

const PERSON = 'ada@aurora.example';
/** How many times as much CPU the libraries may take at least. */
const BARS: Metrics = { 'saml.verify.samlify.ratio': 12, 'saml.verify.node_saml.ratio': 6 };
/** All take turns, so that a neighbour on the machine disturbs all alike; the median of the rounds counts. */
const ROUNDS = 7;
const WARM_UP_MS = 1_500;
const ROUND_MS = 250;

interface Variant {
  /** Behind `saml.verify.`; empty for the message that the bars are for. */
  readonly name: string;
  readonly options: SamlResponseOptions;
  readonly key: SamlTestKey;
  readonly libraries: readonly ('samlify' | 'node_saml')[];
}

export const samlVerifyBench: Bench = {
  name: 'saml.verify',
  run: async () => {
    const scene = await makeScene();
    let metrics: Metrics = {};
    for (const variant of variants(scene)) metrics = { ...metrics, ...(await measure(scene, variant)) };
    return metrics;
  },
  missed: (metrics) =>
    Object.entries(BARS)
      .filter(([name, bar]) => !((metrics[name] ?? Number.NaN) >= bar))
      .map(([name, bar]) => `${name} is ${metrics[name]?.toFixed(1)}, and should be ${bar} or more.`),
};

function variants({ idp, curve, hub }: Scene): readonly Variant[] {
  const ten = attributes(10, 6);
  const encryption = { certificatePem: hub.certificatePem, content: 'aes256-gcm', transport: 'mgf1p' } as const;
  const both = ['samlify', 'node_saml'] as const;
  const common = { key: idp, libraries: both };
  return [
    { ...common, name: '', options: { attributes: ten } },
    { ...common, name: 'encrypted', options: { attributes: ten, encryption } },
    { ...common, name: 'attributes50', options: { attributes: attributes(50, 6) } },
    { ...common, name: 'groups200', options: { attributes: attributes(10, 200) } },
    { ...common, name: 'both_signed', options: { attributes: ten, sign: 'both' } },
    // Neither library knows signatures on curves.
    { ...common, name: 'ecdsa', options: { attributes: ten, signing: { key: curve } }, key: curve, libraries: [] },
  ];
}

async function measure(scene: Scene, { name, options, key, libraries }: Variant): Promise<Metrics> {
  const field = response(scene, options);
  const prefix = ['saml.verify', name].filter((one) => one !== '').join('.');
  const bytes = Buffer.from(field, 'base64').length;
  if (name === '' && Math.abs(bytes - 6_600) > 300) throw new Error(`the message has ${bytes} bytes`);
  const hub = verifyAsHub(scene, key, field);
  const known: Record<(typeof libraries)[number], Reading> = {
    samlify: samlifyReading(scene, key, field, options.encryption !== undefined),
    node_saml: nodeSamlReading(scene, key, field, options.sign === 'both'),
  };
  const theirs = libraries.map((library) => ({ library, read: known[library] }));
  await agree(
    hub,
    theirs.map(({ read }) => read),
  );
  const [ours = Number.NaN, ...others] = await inTurns([hub, ...theirs.map(({ read }) => read)]);
  const metrics: Record<string, number> = { [`${prefix}.bytes`]: bytes, [`${prefix}.cpu_ms`]: ours };
  theirs.forEach(({ library }, index) => {
    const spent = others[index] ?? Number.NaN;
    metrics[`${prefix}.${library}.cpu_ms`] = spent;
    metrics[`${prefix}.${library}.ratio`] = spent / ours;
  });
  return metrics;
}

/** CPU milliseconds per call of each. */
async function inTurns(works: readonly (() => Promise<unknown>)[]): Promise<number[]> {
  for (const work of works) await cpuWithin(WARM_UP_MS, work);
  const rounds: number[][] = works.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, work] of works.entries()) rounds[index]?.push(await cpuWithin(ROUND_MS, work));
  }
  return rounds.map(median);
}

/** Who refuses fast has not done the work. */
async function agree(ours: ReturnType<typeof verifyAsHub>, theirs: readonly Reading[]): Promise<void> {
  const verified = await ours();
  if (!verified.ok) throw new Error(`${verified.refusal.code}: ${verified.refusal.detail}`);
  if (verified.value.subject.value !== PERSON) throw new Error('the hub read another person');
  const { groups } = verified.value.claims;
  for (const reading of theirs) {
    const read = await reading();
    if (read.subject !== PERSON || JSON.stringify(read.groups) !== JSON.stringify(groups)) {
      throw new Error('a library read other claims');
    }
  }
}

/**
 * `saml.size`: what a message costs at four sizes up to the largest that is read, and signed metadata of a whole federation.
 * Work that grows with the square of the size would be a way to hold the hub up (L4).
 */
import { readMetadataDocument } from '../src/protocols/saml/metadata-document.js';
import { MESSAGE_LIMITS } from '../src/xml/index.js';
import { samlMetadata } from '../test/support/saml-metadata.js';
import { signElement } from '../test/support/saml-signing.js';
import { type Bench, cpuWithin, type Metrics, median } from './report.js';
import { attributes, IDP, makeScene, response, type Scene, verifyAsHub } from './saml-fixtures.js';

const VALUES = [200, 950, 1_900, 3_600] as const;
const METADATA_BYTES = 5_000_000;
const ROUNDS = 5;
const WARM_UP_MS = 1_000;
const ROUND_MS = 400;
/** By how much a kilobyte more may cost more at the largest size; work that grew with the square would make it about 4. */
const MAX_SLOPE_RATIO = 2.5;

export const samlSizeBench: Bench = {
  name: 'saml.size',
  run: async () => {
    const scene = await makeScene();
    return { ...(await measureMessages(scene)), ...(await measureMetadata(scene)) };
  },
  missed: (metrics) =>
    (metrics['saml.size.slope_ratio'] ?? Number.NaN) <= MAX_SLOPE_RATIO
      ? []
      : [`saml.size.slope_ratio is ${metrics['saml.size.slope_ratio']?.toFixed(2)}: not linear in size.`],
};

async function measureMessages(scene: Scene): Promise<Metrics> {
  const works = VALUES.map((values) => {
    const field = response(scene, { attributes: attributes(10, values) });
    return { kb: Buffer.from(field, 'base64').length / 1_024, run: verifyAsHub(scene, scene.idp, field) };
  });
  const largest = works.at(-1)?.kb ?? 0;
  if (largest > MESSAGE_LIMITS.bytes / 1_024) throw new Error(`the largest message has ${largest} KiB`);
  const rounds: number[][] = works.map(() => []);
  for (const { run } of works) {
    const verified = await run();
    if (!verified.ok) throw new Error(`${verified.refusal.code}: ${verified.refusal.detail}`);
    await cpuWithin(WARM_UP_MS, run);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, { run }] of works.entries()) rounds[index]?.push(await cpuWithin(ROUND_MS, run));
  }
  const points = works.map(({ kb }, index) => ({ kb, cpu: median(rounds[index] ?? []) }));
  return {
    ...Object.fromEntries(points.map(({ kb, cpu }) => [`saml.size.${Math.round(kb)}kb.cpu_ms`, cpu])),
    ...Object.fromEntries(
      points.map(({ kb, cpu }) => [`saml.size.${Math.round(kb)}kb.ms_per_100kb`, (cpu * 100) / kb]),
    ),
    'saml.size.slope_ratio': slope(points[2], points[3]) / slope(points[0], points[1]),
  };
}

interface Point {
  readonly kb: number;
  readonly cpu: number;
}

/** What one kilobyte more costs, without what every message costs. */
function slope(from: Point | undefined, to: Point | undefined): number {
  return from === undefined || to === undefined ? Number.NaN : (to.cpu - from.cpu) / (to.kb - from.kb);
}

async function measureMetadata(scene: Scene): Promise<Metrics> {
  const one = samlMetadata({ certificates: [scene.idp.certificateBase64, scene.curve.certificateBase64] });
  const count = Math.ceil(METADATA_BYTES / one.length);
  const entities = Array.from({ length: count }, (_, index) => one.replace('/saml"', `/saml/${index}"`)).join('');
  const xml = `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ID="_all">${entities}</md:EntitiesDescriptor>`;
  const bytes = Buffer.from(signElement(xml, 'EntitiesDescriptor', { key: scene.idp, place: 'first' }));
  const wanted = { now: scene.now, signingCertificate: scene.idp.certificatePem, entityId: `${IDP}/0` };
  const run = () => readMetadataDocument(bytes, wanted);
  const verified = run();
  if (!verified.ok) throw new Error(`${verified.refusal.code}: ${verified.refusal.detail}`);
  if (verified.value.children.length !== count) throw new Error('an entity is missing');
  await cpuWithin(WARM_UP_MS, run);
  return {
    'saml.metadata.entities': count,
    'saml.metadata.kb': bytes.length / 1_024,
    'saml.metadata.cpu_ms': await cpuWithin(ROUND_MS * ROUNDS, run),
  };
}

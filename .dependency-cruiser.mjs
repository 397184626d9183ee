// The walls of docs/architecture.md. `npm run check` holds them over two graphs: the sources with every import, types
// included, and the compiled output, which has only what is there at run time.

const ROOMS = '^(src|dist)/';
const GRAPHQL_FACE = '^src/graphql/|\\.(type|input|resolver)\\.ts$';
const TABLES = '\\.(entity|store)\\.ts$|^src/persistence/';
/** Files of nothing but types and constants, the words that all decisions are made in. */
const RECORDS = '^src/(login/(contracts|facts|trace)|xml/contracts)\\.ts$';

const npm = (...names) => `^node_modules/(${names.join('|')})(/|$)`;
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** A package that only some files may import. */
const only = (name, comment, files, modules) => forbid(name, comment, { path: '^src/', pathNot: files }, modules);

const packages = [
  only('xml-stays-in-xml', 'XML is parsed, canonicalised and checked in xml/ alone.', '^src/xml/', {
    path: npm('libxml2-wasm', 'xml-crypto', 'xml-encryption', '@xmldom', 'xpath', 'node-forge'),
  }),
  only('samlify-in-one-file', 'samlify has one wrapper.', '^src/protocols/saml/samlify\\.ts$', {
    path: npm('samlify'),
  }),
  only('orm-with-the-tables', 'The ORM and the driver belong to entity, store and persistence.', TABLES, {
    path: npm('@mikro-orm', 'pg', 'knex', 'kysely'),
  }),
  only('graphql-in-its-face', 'GraphQL packages belong to the GraphQL face.', GRAPHQL_FACE, {
    path: npm(
      'graphql',
      'graphql-scalars',
      'type-graphql',
      '@apollo',
      '@as-integrations',
      '@graphql-tools',
      'dataloader',
    ),
  }),
  only('http-out-through-egress', 'All outbound HTTP leaves through egress/.', '^src/egress/', {
    path: `${npm('undici', 'axios', 'got', 'node-fetch', 'ky')}|^(https|http2|tls|dgram)$`,
  }),
  only(
    'servers-in-http',
    'node:http serves in http/, persistence/ (a free port) and the demonstration.',
    '^src/(egress|http|demonstration)/',
    { path: '^http$' },
  ),
  only(
    'openid-client-upstream',
    'openid-client is the upstream half, and the application of the demonstration.',
    '^src/(protocols/oidc/upstream|demonstration/)',
    { path: npm('openid-client') },
  ),
  only(
    'oidc-provider-downstream',
    'oidc-provider is the downstream half and its routes.',
    '^src/(protocols/oidc/downstream|http/)',
    {
      path: npm('oidc-provider', 'koa'),
    },
  ),
];

const files = [
  forbid(
    'shared-stands-alone',
    'shared/ imports nothing of src.',
    { path: '^src/shared/' },
    { path: '^src/', pathNot: '^src/shared/' },
  ),
  forbid(
    'rules-import-rules',
    'A rules file imports rules, shared/, and the types that decisions are made in.',
    { path: '\\.rules\\.ts$' },
    { path: '^src/', pathNot: `\\.(rules|entity)\\.ts$|^src/shared/|${RECORDS}|^src/[^/]+/(contracts|index)\\.ts$` },
  ),
  forbid(
    'rules-have-no-effects',
    'A rules file computes: it may hash, and calls no other part of Node.',
    { path: '\\.rules\\.ts$' },
    { dependencyTypes: ['core'], pathNot: '^(buffer|crypto|url|util)$' },
  ),
  forbid(
    'entities-say-how-it-is-stored',
    'An entity imports shared/, persistence/, entities and types of the login.',
    { path: '\\.entity\\.ts$' },
    { path: '^src/', pathNot: `\\.(entity|rules)\\.ts$|^src/(shared|persistence)/|${RECORDS}` },
  ),
  forbid(
    'stores-serve-nobody-above',
    'A store knows no service, no API and no HTTP.',
    { path: '\\.store\\.ts$' },
    { path: '\\.(service|type|input|resolver)\\.ts$|^src/(http|graphql|cli)/' },
  ),
  forbid(
    'services-know-no-face',
    'A use case knows neither GraphQL nor HTTP.',
    { path: '\\.service\\.ts$' },
    { path: `\\.(type|input|resolver)\\.ts$|^src/(http|graphql|cli)/` },
  ),
  forbid(
    'services-enter-by-the-door',
    "A use case reaches another room's service through its index.",
    { path: '^src/([^/]+)/.+\\.service\\.ts$' },
    { path: '^src/[^/]+/.+\\.service\\.ts$', pathNot: '^src/$1/' },
  ),
  forbid(
    'types-know-no-other-room',
    'A type imports no type of another room: an edge is a field resolver in the room of its target.',
    { path: '^src/([^/]+)/.+\\.type\\.ts$' },
    { path: '\\.type\\.ts$', pathNot: '^src/$1/' },
  ),
  forbid(
    'the-face-is-thin',
    'Types, inputs and resolvers reach what is outside through a service.',
    { path: '\\.(type|input|resolver)\\.ts$' },
    { path: '^src/(http|cli|egress|protocols|xml)/' },
  ),
  forbid(
    'protocols-see-no-tables',
    'A protocol gets its configuration, a message and the instant; the adapter of oidc-provider is the exception.',
    { path: '^src/protocols/', pathNot: '^src/protocols/oidc/downstream\\.adapter\\.store\\.ts$' },
    { path: '\\.(entity|service)\\.ts$|^src/persistence/' },
  ),
  forbid(
    'verified-is-sealed-by-verify',
    'Only verify of an upstream protocol and the store of pending logins make a VerifiedAssertion.',
    { pathNot: '^src/(protocols/[^/]+/upstream|login/pending\\.store)\\.ts$' },
    { path: '^src/login/verified-assertion\\.ts$' },
  ),
  forbid(
    'nobody-imports-the-root',
    'The composition root is imported by its entries.',
    { path: '^src/', pathNot: '^src/(main|app|cli/[^/]+)\\.ts$' },
    {
      path: '^src/(main|app)\\.ts$',
    },
  ),
];

const always = [
  forbid('no-cycles', 'No module leads back to itself.', {}, { circular: true }),
  forbid(
    'no-unknown-modules',
    'Every import resolves to a file or an installed package.',
    {},
    { couldNotResolve: true },
  ),
  forbid(
    'no-dev-packages',
    'The hub runs on dependencies, not on tools.',
    { path: ROOMS },
    { dependencyTypes: ['npm-dev', 'npm-no-pkg'] },
  ),
];

/** Over src/, every import counted. */
export const declared = [...always, ...packages, ...files];

/** Over dist/: what is left once the types are gone. */
export const runtime = [
  ...always,
  forbid(
    'the-face-reads-no-tables',
    'Types, inputs and resolvers reach the tables through a service.',
    { path: '\\.(type|input|resolver)\\.js$' },
    { path: '\\.store\\.js$' },
  ),
  forbid(
    'rules-run-on-rules',
    'At run time a rules file has rules, shared/ and constants beneath it, nothing else of ours.',
    { path: '\\.rules\\.js$' },
    { path: '^dist/', pathNot: '\\.rules\\.js$|^dist/shared/|^dist/login/(contracts|facts|trace)\\.js$' },
  ),
  forbid(
    'records-are-only-words',
    'The files of contracts, facts and trace run nothing.',
    { path: '^dist/(login/(contracts|facts|trace)|xml/contracts)\\.js$' },
    { path: '.' },
  ),
];

/** What the command line of dependency-cruiser reads. */
export default {
  forbidden: declared,
  options: { parser: 'swc', doNotFollow: { path: 'node_modules' } },
};

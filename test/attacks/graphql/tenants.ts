/** Two tenants with a row of every type, and requests made from the schema: for attacks that must not miss a field. */
import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
} from 'graphql';
import { AuditEvent } from '../../../src/audit/audit.entity.js';
import { recordAuditFrom } from '../../../src/audit/audit.store.js';
import { globalId } from '../../../src/graphql/global-id.js';
import { AttributeMapping } from '../../../src/mapping/mapping.entity.js';
import { Domain } from '../../../src/partners/domain.entity.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import type { Uuid } from '../../../src/shared/ids.js';
import { TrustRelationship, TrustVersion } from '../../../src/trust/trust.entity.js';
import type { TestApi } from '../../support/api.js';
import type { TestPartner } from '../../support/federation.js';
import { insertLogin, insertRefusal, insertSession, nextInstant, type TestPerson } from '../../support/people.js';
import { allowedTrace, type SignInEstate, signInEstate } from '../../support/signins.js';

/** Global ids by type. */
export type Specimens = Readonly<Record<string, string>>;

export interface Tenants {
  readonly estate: SignInEstate;
  /** Rows of Aurora, whose administrator attacks. */
  readonly own: Specimens;
  /** Rows of Borealis. */
  readonly foreign: Specimens;
}

export async function twoTenants(api: TestApi): Promise<Tenants> {
  const estate = await signInEstate(api);
  const { aurora, borealis, orders, invoices, ann, bo } = estate;
  return {
    estate,
    own: await specimensOf(api, aurora, ann, orders.id),
    foreign: await specimensOf(api, borealis, bo, invoices.id),
  };
}

async function specimensOf(
  { db, clock }: TestApi,
  { id: partnerId, identityProviderId }: TestPartner,
  person: TestPerson,
  applicationId: Uuid,
): Promise<Specimens> {
  const login = await insertLogin(db.uow, person, { applicationId, trace: allowedTrace });
  const session = await insertSession(db.uow, person);
  const origin = { actorKind: 'SYSTEM', actorId: 'test', correlationId: null, sourceIp: null } as const;
  const entry = { action: 'login.allowed', partnerId, applicationId, loginId: login } as const;
  await db.uow.write(hubScope, (tx) => recordAuditFrom(tx, { ...origin, now: nextInstant() }, entry));
  await insertRefusal(db.uow, person, 'TRUST_NONE', new Date(clock.now().getTime() - 1_000));
  const rows = await db.uow.read(hubScope, async ({ em }) => ({
    domain: await em.findOneOrFail(Domain, { partnerId }),
    mapping: await em.findOneOrFail(AttributeMapping, { partnerId }),
    trust: await em.findOneOrFail(TrustRelationship, { partnerId, applicationId }),
    version: await em.findOneOrFail(TrustVersion, { partnerId, applicationId }),
    event: await em.findOneOrFail(AuditEvent, { partnerId, loginId: login }),
  }));
  const row = (type: string, id: Uuid) => globalId(type, { partnerId, id });
  return {
    Partner: globalId('Partner', { id: partnerId }),
    User: globalId('User', { id: person.userId }),
    Application: globalId('Application', { id: applicationId }),
    Domain: row('Domain', rows.domain.id),
    IdentityProvider: row('IdentityProvider', identityProviderId),
    AttributeMapping: row('AttributeMapping', rows.mapping.id),
    TrustRelationship: row('TrustRelationship', rows.trust.id),
    Membership: row('Membership', person.membershipId),
    FederatedIdentity: row('FederatedIdentity', person.identityId),
    Session: row('Session', session),
    Login: row('Login', login),
    AuditEvent: row('AuditEvent', rows.event.id),
  };
}

// ---------------------------------------------------------------- requests made from the schema

export interface RootField {
  readonly kind: 'query' | 'mutation';
  readonly name: string;
  readonly args: readonly { readonly name: string; readonly type: GraphQLInputType }[];
  /** Every way through the arguments to an ID: `input.identityProvider`. */
  readonly idPaths: readonly string[];
  readonly selection: string;
  /** What a bare `id` names: the type of the answer. */
  readonly subject: string;
}

export function rootFields(schema: GraphQLSchema): readonly RootField[] {
  const roots = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const;
  return roots.flatMap(([kind, root]) =>
    Object.values(root?.getFields() ?? {}).map((field) => ({
      kind,
      name: field.name,
      args: field.args.map(({ name, type }) => ({ name, type })),
      idPaths: field.args.flatMap(({ name, type }) => pathsToIds(name, type)),
      selection: selectionOf(field.type, 3),
      subject: subjectOf(field.type),
    })),
  );
}

function pathsToIds(path: string, type: GraphQLInputType, depth = 4): readonly string[] {
  const named = getNamedType(type);
  if (isScalarType(named)) return named.name === 'ID' ? [path] : [];
  if (!isInputObjectType(named) || depth === 0) return [];
  return Object.values(named.getFields()).flatMap(({ name, type: inner }) =>
    pathsToIds(`${path}.${name}`, inner, depth - 1),
  );
}

function subjectOf(type: Parameters<typeof getNamedType>[0]): string {
  const named = getNamedType(type);
  if (!isObjectType(named) || !/Payload$/.test(named.name)) return named?.name ?? '';
  const [first] = Object.values(named.getFields())
    .map((field) => getNamedType(field.type))
    .filter(isObjectType);
  return first?.name ?? named.name;
}

/** All scalars of a type, and of what it leads to, so that whatever leaks is in the answer. */
export function selectionOf(type: Parameters<typeof getNamedType>[0], depth: number): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return isInterfaceType(named) ? '{ __typename id }' : '';
  const fields = Object.values(named.getFields()).flatMap((field) => {
    if (field.args.some((arg) => isNonNullType(arg.type) && arg.defaultValue === undefined)) return [];
    const inner = getNamedType(field.type);
    const isLeaf = !isObjectType(inner) && !isInterfaceType(inner);
    if (isLeaf) return [field.name];
    const paged = field.args.some(({ name }) => name === 'first');
    const below = depth > 0 ? selectionOf(inner, depth - 1) : '';
    return below === '' ? [] : [`${field.name}${paged ? '(first: 2)' : ''} ${below}`];
  });
  return fields.length === 0 ? '{ __typename }' : `{ ${fields.join(' ')} }`;
}

/** Arguments with an id put in at one place, sound values everywhere else, and what may be left out left out. */
export function argumentsWith(field: RootField, path: string, id: string, own: Specimens): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const { name, type } of field.args) {
    const value = sentAt(name, type, path, id, { own, field });
    if (value !== undefined) given[name] = value;
  }
  return given;
}

interface Known {
  readonly own: Specimens;
  readonly field: RootField;
}

/** Optional by their type, and yet one of several must be given. */
const oneOf = new Set(['simulateLogin input.claims']);

function sentAt(at: string, type: GraphQLInputType, path: string, id: string, known: Known): unknown {
  const isOnPath = path === at || path.startsWith(`${at}.`);
  if (!isNonNullType(type) && !isOnPath && !oneOf.has(`${known.field.name} ${at}`)) return undefined;
  const bare = getNullableType(type);
  if (isListType(bare)) return [sentAt(at, bare.ofType, path, id, known) ?? sample(at, bare.ofType, known)];
  if (isInputObjectType(bare)) {
    const entries = Object.values(bare.getFields()).map((inner) => [
      inner.name,
      sentAt(`${at}.${inner.name}`, inner.type, path, id, known),
    ]);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }
  return path === at ? id : sample(at, bare, known);
}

const samples: Readonly<Record<string, unknown>> = {
  Int: 1,
  Float: 1,
  Boolean: true,
  String: 'sample',
  Slug: 'sample',
  DomainName: 'sample.example',
  EmailAddress: 'sample@aurora.example',
  DateTimeISO: '2026-03-01T12:00:00Z',
  AssuranceLevel: 1,
  AttributeValue: 'sample',
  ClaimSet: { sub: 'sample' },
};

function sample(at: string, type: GraphQLInputType, { own, field }: Known): unknown {
  const named = getNamedType(type);
  if (isEnumType(named)) return named.getValues()[0]?.name;
  if (named.name === 'ID') return own[typeAt(at, field)];
  return samples[named.name] ?? 'sample';
}

/** The type that an id at this place names: `input.identityProvider` an IdentityProvider, `id` the subject of the field. */
export function typeAt(path: string, field: RootField): string {
  const last = path.split('.').at(-1) ?? '';
  const name = `${last[0]?.toUpperCase()}${last.slice(1)}`;
  return last === 'id' ? field.subject : name.replace(/(?:Ids?|s)$/, '');
}

/** The document that calls a field with its arguments as variables. */
export function documentOf({ kind, name, args, selection }: RootField): string {
  const variables = args.map((arg) => `$${arg.name}: ${arg.type}`).join(', ');
  const passed = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  return `${kind}${variables && ` (${variables})`} { ${name}${passed && `(${passed})`} ${selection} }`;
}

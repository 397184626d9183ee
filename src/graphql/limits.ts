/**
 * What a document may cost, counted before validation and long before any resolver: the rules of graphql-js compare
 * fields pairwise, so a broad document must be stopped before it gets there (G01 to G06). Time is linear in the
 * document: each fragment is measured once.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { ErrorCode } from '../shared/error-catalogue.js';
import { DEFAULT_PAGE, MAX_PAGE } from '../shared/page.js';

/** Documented in docs/reference/graphql.md. */
export const queryLimits = {
  /** Bytes of a request body; SAML metadata comes in through it. */
  bodyBytes: 512 * 1024,
  tokens: 2_000,
  depth: 12,
  fields: 400,
  aliases: 20,
  rootFields: 10,
  directives: 20,
  /** Rows × fields that an answer could hold, each list at its page size. */
  cost: 30_000,
} as const;

export interface QueryFacts {
  readonly introspects: boolean;
}

interface Weight {
  readonly depth: number;
  readonly cost: number;
}

/** @returns facts for the caller's permissions, or the code of the refusal. */
export function measure(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): QueryFacts | ErrorCode {
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  if (operations.length !== 1 || operation?.kind !== Kind.OPERATION_DEFINITION) return 'QUERY_INVALID';
  const counts = count(document);
  const root = schema.getRootType(operation.operation);
  if (counts.tooMany || root == null) return root == null ? 'QUERY_INVALID' : 'QUERY_TOO_COMPLEX';
  const scale = new Scale(document, variables);
  const { depth, cost } = scale.weigh(operation.selectionSet, root);
  if (scale.cyclic) return 'QUERY_INVALID';
  const isTooComplex =
    depth > queryLimits.depth ||
    cost > queryLimits.cost ||
    scale.rootFields(operation.selectionSet) > queryLimits.rootFields;
  return isTooComplex ? 'QUERY_TOO_COMPLEX' : { introspects: counts.introspects };
}

function count(document: DocumentNode): { tooMany: boolean; introspects: boolean } {
  let [fields, aliases, directives] = [0, 0, 0];
  let introspects = false;
  visit(document, {
    Field(node) {
      fields += 1;
      if (node.alias !== undefined) aliases += 1;
      if (node.name.value === '__schema' || node.name.value === '__type') introspects = true;
    },
    Directive() {
      directives += 1;
    },
  });
  const { fields: mostFields, aliases: mostAliases, directives: mostDirectives } = queryLimits;
  return { tooMany: fields > mostFields || aliases > mostAliases || directives > mostDirectives, introspects };
}

/** Weighs selections; a fragment is weighed once per type that it is spread on. */
class Scale {
  cyclic = false;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #variables: Readonly<Record<string, unknown>>;
  readonly #weighed = new Map<string, Weight | 'open'>();
  readonly #counted = new Map<string, number>();

  constructor(document: DocumentNode, variables: Readonly<Record<string, unknown>>) {
    const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
    this.#fragments = new Map(fragments.map((node) => [node.name.value, node]));
    this.#variables = variables;
  }

  /** Fields at the root, fragments opened, each counted once; call only after `weigh` found no cycle. */
  rootFields(selection: SelectionSetNode): number {
    let total = 0;
    for (const node of selection.selections) {
      if (node.kind === Kind.FIELD) total += 1;
      else if (node.kind === Kind.INLINE_FRAGMENT) total += this.rootFields(node.selectionSet);
      else total += this.#rootFieldsOf(node.name.value);
      if (total > queryLimits.rootFields) return total;
    }
    return total;
  }

  #rootFieldsOf(name: string): number {
    const known = this.#counted.get(name);
    if (known !== undefined) return known;
    const fragment = this.#fragments.get(name);
    const count = fragment === undefined ? 0 : this.rootFields(fragment.selectionSet);
    this.#counted.set(name, count);
    return count;
  }

  weigh(selection: SelectionSetNode, type: GraphQLCompositeType | null): Weight {
    let [depth, cost] = [0, 0];
    for (const node of selection.selections) {
      let weight: Weight;
      if (node.kind === Kind.FIELD) weight = this.#field(node, type);
      else if (node.kind === Kind.INLINE_FRAGMENT) weight = this.weigh(node.selectionSet, type);
      else weight = this.#spread(node.name.value, type);
      depth = Math.max(depth, weight.depth);
      cost += weight.cost;
    }
    return { depth, cost };
  }

  #field(node: FieldNode, type: GraphQLCompositeType | null): Weight {
    // Introspection has a depth rule of its own in graphql-js (MaxIntrospectionDepthRule) and reads no row.
    if (node.selectionSet === undefined || node.name.value.startsWith('__')) return { depth: 1, cost: 1 };
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    const target = field === undefined ? null : getNamedType(field.type);
    const below = this.weigh(node.selectionSet, isCompositeType(target) ? target : null);
    const paged = field?.args.find(({ name }) => name === 'first');
    const rows = paged === undefined ? 1 : this.#pageSize(node, paged.defaultValue);
    return { depth: below.depth + 1, cost: 1 + rows * below.cost };
  }

  #pageSize(node: FieldNode, standard: unknown): number {
    const value = node.arguments?.find(({ name }) => name.value === 'first')?.value;
    if (value === undefined) return typeof standard === 'number' ? standard : DEFAULT_PAGE;
    const asked =
      value.kind === Kind.VARIABLE ? this.#variables[value.name.value] : 'value' in value ? value.value : null;
    const first = Number(asked ?? MAX_PAGE);
    return Number.isFinite(first) ? Math.min(Math.max(first, 1), MAX_PAGE) : MAX_PAGE;
  }

  #spread(name: string, type: GraphQLCompositeType | null): Weight {
    const key = `${name} ${type?.name}`;
    const known = this.#weighed.get(key);
    const fragment = this.#fragments.get(name);
    if (known === 'open') this.cyclic = true;
    if (known === 'open' || fragment === undefined) return { depth: 0, cost: 0 };
    if (known !== undefined) return known;
    this.#weighed.set(key, 'open');
    const weight = this.weigh(fragment.selectionSet, type);
    this.#weighed.set(key, weight);
    return weight;
  }
}

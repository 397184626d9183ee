/** Changes that an attacker could make to the tree of a message without knowing a key, for property tests. */
import { DOMParser, XMLSerializer } from '@xmldom/xmldom';
import fc from 'fast-check';

export type Mutation =
  | { readonly kind: 'move' | 'copy'; readonly what: number; readonly where: number; readonly first: boolean }
  | { readonly kind: 'remove' | 'unwrap' | 'empty'; readonly what: number }
  | { readonly kind: 'insert'; readonly where: number; readonly first: boolean; readonly xml: number }
  | { readonly kind: 'attribute'; readonly what: number; readonly which: number; readonly value: string }
  | { readonly kind: 'text'; readonly what: number; readonly value: string };

const place = fc.nat({ max: 200 });
const value = fc.constantFrom('', 'mallory@evil.example', '2.0', '_assertion-1', '_response-1', '#_response-1', 'AAAA');

export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constantFrom('move', 'copy'), what: place, where: place, first: fc.boolean() }),
  fc.record({ kind: fc.constantFrom('remove', 'unwrap', 'empty'), what: place }),
  fc.record({ kind: fc.constant('insert' as const), where: place, first: fc.boolean(), xml: place }),
  fc.record({ kind: fc.constant('attribute' as const), what: place, which: place, value }),
  fc.record({ kind: fc.constant('text' as const), what: place, value }),
) as fc.Arbitrary<Mutation>;

/** All below the root, in the order of the document. The live lists of the DOM would take a second walk for each entry. */
function elements(root: Element): Element[] {
  const found: Element[] = [];
  for (let child = root.firstChild; child !== null; child = child.nextSibling) {
    if (child.nodeType === 1) found.push(child as Element, ...elements(child as Element));
  }
  return found;
}

function pick<T>(list: readonly T[], index: number): T | undefined {
  return list.length === 0 ? undefined : list[index % list.length];
}

function put(target: Element, node: Node, first: boolean): void {
  // Before itself: xmldom would make a ring of it.
  if (first && target.firstChild === node) return;
  try {
    if (first) target.insertBefore(node, target.firstChild);
    else target.appendChild(node);
  } catch {
    // An element cannot be put into itself.
  }
}

/** `snippets` are well-formed elements that may be put anywhere. */
export function mutate(xml: string, mutations: readonly Mutation[], snippets: readonly string[]): string {
  const document = new DOMParser().parseFromString(xml, 'text/xml');
  const root = document.documentElement as Element;
  for (const change of mutations) apply(root, change, snippets);
  return new XMLSerializer().serializeToString(document);
}

function apply(root: Element, change: Mutation, snippets: readonly string[]): void {
  const all = elements(root);
  if (change.kind === 'insert') {
    const snippet = pick(snippets, change.xml);
    const target = pick([root, ...all], change.where);
    if (snippet === undefined || target === undefined) return;
    const parsed = new DOMParser().parseFromString(snippet, 'text/xml').documentElement as Element;
    put(
      target,
      (root.ownerDocument as unknown as { importNode(node: Node, deep: boolean): Node }).importNode(parsed, true),
      change.first,
    );
    return;
  }
  const what = pick(all, change.what);
  if (what === undefined) return;
  if (change.kind === 'move' || change.kind === 'copy') {
    const target = pick([root, ...all], change.where);
    if (target === undefined || target === what || isWithin(target, what)) return;
    put(target, change.kind === 'move' ? what : what.cloneNode(true), change.first);
  } else if (change.kind === 'attribute') {
    const attribute = pick(Array.from(what.attributes), change.which);
    if (attribute !== undefined && !attribute.name.startsWith('xmlns')) what.setAttribute(attribute.name, change.value);
  } else if (change.kind === 'text') {
    if (what.firstChild !== null && what.firstChild.nodeType === 3) what.textContent = change.value;
  } else if (change.kind === 'empty') {
    while (what.firstChild !== null) what.removeChild(what.firstChild);
  } else {
    const parent = what.parentNode;
    if (change.kind === 'unwrap') while (what.firstChild !== null) parent?.insertBefore(what.firstChild, what);
    parent?.removeChild(what);
  }
}

function isWithin(node: Node, ancestor: Node): boolean {
  for (let one: Node | null = node; one !== null; one = one.parentNode) if (one === ancestor) return true;
  return false;
}

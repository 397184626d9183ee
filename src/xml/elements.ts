/**
 * The two faces of an element. A LiveElement reads from a parsed document and dies with it; it serves the checks, which look
 * at a few places only. A ReadElement is a complete copy that leaves the room.
 */
import { XmlComment, XmlElement as XmlNode, XmlText, type XmlTreeNode } from 'libxml2-wasm';
import type { XmlElement } from './contracts.js';

/** An element that knows which prefixes are declared around it; the empty prefix is the default namespace. */
export interface ScopedElement extends XmlElement {
  namespacesInScope(): Readonly<Record<string, string>>;
}

/** The gate lets nothing else through; should it ever, no value may be read around it. */
function refuseNode(node: XmlTreeNode): void {
  if (!(node instanceof XmlText || node instanceof XmlComment)) throw new Error('An unexpected kind of node.');
}

export class LiveElement implements ScopedElement {
  readonly #node: XmlNode;
  readonly namespace: string;
  readonly localName: string;
  #children: LiveElement[] | undefined;
  #gone = false;

  constructor(node: XmlNode) {
    this.#node = node;
    this.namespace = node.namespaceUri;
    this.localName = node.name;
  }

  get node(): XmlNode {
    if (this.#gone) throw new Error('The element was taken out of its document.');
    return this.#node;
  }

  get children(): readonly LiveElement[] {
    if (this.#children === undefined) {
      this.#children = [];
      for (let child = this.node.firstChild; child !== null; child = child.next) {
        if (child instanceof XmlNode) this.#children.push(new LiveElement(child));
        else refuseNode(child);
      }
    }
    return this.#children;
  }

  get text(): string {
    return this.node.content;
  }

  attribute(localName: string, namespace = ''): string | null {
    const found = this.node.attrs.find((one) => one.name === localName && one.namespaceUri === namespace);
    return found?.value ?? null;
  }

  /** Takes a child out of the document. Nothing may read it afterwards. */
  remove(child: LiveElement): void {
    const index = this.children.indexOf(child);
    if (index < 0) throw new Error('The element is no child of this one.');
    this.#children?.splice(index, 1);
    child.node.remove();
    child.#end();
  }

  namespacesInScope(): Readonly<Record<string, string>> {
    return this.node.namespaces;
  }

  #end(): void {
    for (const child of this.#children ?? []) child.#end();
    this.#gone = true;
  }
}

interface ReadAttribute {
  readonly namespace: string;
  readonly localName: string;
  readonly value: string;
}

export class ReadElement implements XmlElement {
  readonly namespace: string;
  readonly localName: string;
  readonly children: readonly ReadElement[];
  readonly text: string;
  readonly #attributes: readonly ReadAttribute[];

  private constructor(node: XmlNode, leaveOut: readonly XmlNode[]) {
    this.namespace = node.namespaceUri;
    this.localName = node.name;
    this.#attributes = node.attrs.map((one) => ({
      namespace: one.namespaceUri,
      localName: one.name,
      value: one.value,
    }));
    const children: ReadElement[] = [];
    let text = '';
    for (let child = node.firstChild; child !== null; child = child.next) {
      if (child instanceof XmlText) text += child.content;
      else if (!(child instanceof XmlNode)) refuseNode(child);
      else if (!leaveOut.some((one) => one.isSameNode(child))) {
        const read = new ReadElement(child, []);
        children.push(read);
        text += read.text;
      }
    }
    this.children = Object.freeze(children);
    this.text = text;
    Object.freeze(this);
  }

  /** A copy of the element and all below it, without some of its own children. */
  static of(element: LiveElement, leaveOut: readonly LiveElement[] = []): ReadElement {
    return new ReadElement(
      element.node,
      leaveOut.map((one) => one.node),
    );
  }

  attribute(localName: string, namespace = ''): string | null {
    return this.#attributes.find((one) => one.localName === localName && one.namespace === namespace)?.value ?? null;
  }
}

/** How the checks look at elements: by namespace and local name, never by prefix. */
import type { XmlElement } from '../../xml/contracts.js';

export function is(element: XmlElement, namespace: string, localName: string): boolean {
  return element.namespace === namespace && element.localName === localName;
}

/** What is found in a verified element is verified too. */
export function childrenOf<E extends XmlElement>(element: E, namespace: string, localName: string): readonly E[] {
  return (element.children as readonly E[]).filter((child) => is(child, namespace, localName));
}

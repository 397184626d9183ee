/** How the checks look at elements: by namespace and local name, never by prefix. */
import type { XmlElement } from '../../xml/contracts.js';

export function is(element: XmlElement, namespace: string, localName: string): boolean {
  return element.namespace === namespace && element.localName === localName;
}

export function childrenOf(element: XmlElement, namespace: string, localName: string): readonly XmlElement[] {
  return element.children.filter((child) => is(child, namespace, localName));
}

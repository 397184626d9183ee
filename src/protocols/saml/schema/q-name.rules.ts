/** Qualified names in text, such as the value of `xsi:type`: what a prefix means is what it means where the element stands. */
import type { XmlElement } from '../../../xml/contracts.js';
import { collapsed, ncName } from './simple-types.rules.js';

export interface QName {
  readonly namespace: string;
  readonly localName: string;
}

export function qNameOf(text: string, element: XmlElement): QName | null {
  const value = collapsed(text);
  const colon = value.indexOf(':');
  const [prefix, localName] = colon < 0 ? ['', value] : [value.slice(0, colon), value.slice(colon + 1)];
  if (ncName(localName) !== null || (colon >= 0 && ncName(prefix) !== null)) return null;
  const namespace = element.namespaceOf(prefix);
  return namespace === null ? null : { namespace, localName };
}

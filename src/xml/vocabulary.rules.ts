/** Names of XML Signature and Exclusive C14N, and small questions about elements. */
import type { XmlElement } from './contracts.js';

export const XML = 'http://www.w3.org/XML/1998/namespace';
export const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
export const DSIG_MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
export const DSIG_2007 = 'http://www.w3.org/2007/05/xmldsig-more#';
export const XMLENC = 'http://www.w3.org/2001/04/xmlenc#';
export const EXCLUSIVE_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const ENVELOPED_SIGNATURE = `${DSIG}enveloped-signature`;

export function isElement(element: XmlElement, namespace: string, localName: string): boolean {
  return element.localName === localName && element.namespace === namespace;
}

export function childrenNamed<E extends XmlElement>(parent: E, namespace: string, localName: string): E[] {
  return (parent.children as readonly E[]).filter((child) => isElement(child, namespace, localName));
}

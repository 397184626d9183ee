/** Surgery on the text of a message, as an attacker does it: no parser that could tidy up. */

interface Place {
  readonly start: number;
  readonly end: number;
}

function find(xml: string, name: string, which = 0): Place {
  const open = new RegExp(`<${name}(?=[\\s/>])`, 'g');
  let start = -1;
  for (let index = 0; index <= which; index += 1) {
    const found = open.exec(xml);
    if (found === null) throw new Error(`There is no <${name}> number ${which}.`);
    start = found.index;
  }
  const tag = new RegExp(`<${name}(?=[\\s/>])[^>]*?(/?)>|</${name}\\s*>`, 'g');
  tag.lastIndex = start;
  let depth = 0;
  for (let found = tag.exec(xml); found !== null; found = tag.exec(xml)) {
    if (found[0].startsWith('</')) depth -= 1;
    else if (found[1] !== '/') depth += 1;
    if (depth === 0) return { start, end: tag.lastIndex };
  }
  throw new Error(`<${name}> does not end.`);
}

/** The text of one element, by its prefixed name. */
export function take(xml: string, name: string, which = 0): string {
  const { start, end } = find(xml, name, which);
  return xml.slice(start, end);
}

export function replaceElement(xml: string, name: string, by: (element: string) => string, which = 0): string {
  const { start, end } = find(xml, name, which);
  return xml.slice(0, start) + by(xml.slice(start, end)) + xml.slice(end);
}

export function without(xml: string, name: string, which = 0): string {
  return replaceElement(xml, name, () => '', which);
}

export function before(xml: string, name: string, added: string, which = 0): string {
  return replaceElement(xml, name, (element) => added + element, which);
}

export function after(xml: string, name: string, added: string, which = 0): string {
  return replaceElement(xml, name, (element) => element + added, which);
}

/** `added` as the last child. */
export function into(xml: string, name: string, added: string, which = 0): string {
  return replaceElement(
    xml,
    name,
    (element) => {
      if (element.endsWith('/>')) return `${element.slice(0, -2)}>${added}</${name}>`;
      const close = element.lastIndexOf('</');
      return element.slice(0, close) + added + element.slice(close);
    },
    which,
  );
}

/** The first match is replaced; there must be one, so that no test passes because its edit did nothing. */
export function swap(xml: string, from: string | RegExp, to: string): string {
  const found = typeof from === 'string' ? xml.includes(from) : from.test(xml);
  if (!found) throw new Error(`Nothing matches ${String(from)}.`);
  return xml.replace(from, () => to);
}

/**
 * HTML that is escaped by construction: whatever is put into an `html` template is text, also inside a quoted
 * attribute, and an address attribute takes nothing but a web address. Stops script in names that partners supply and
 * `javascript:` addresses (H08, S38).
 */

declare const trusted: unique symbol;

/** Markup made by `html`, or a constant of this room. */
export interface SafeHtml {
  readonly [trusted]: true;
  readonly markup: string;
}

export type HtmlValue = string | number | SafeHtml | null | undefined | false | readonly HtmlValue[];

const ADDRESS_ATTRIBUTE = /\s(?:href|src|action|formaction)="$/;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** A template whose values are escaped; nested templates and lists of them stay markup. null, undefined and false are empty. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): SafeHtml {
  let markup = parts[0] ?? '';
  values.forEach((value, index) => {
    const before = parts[index] ?? '';
    if (before.endsWith('=')) throw new Error('an attribute value must stand in quotes');
    markup += ADDRESS_ATTRIBUTE.test(before) ? escapeText(webAddress(String(value))) : render(value);
    markup += parts[index + 1] ?? '';
  });
  return safe(markup);
}

/** Marks a constant of the source as markup. Never for anything that was read from outside. */
export function constantMarkup(markup: string): SafeHtml {
  return safe(markup);
}

/**
 * An absolute http or https URL, or a path of this origin, as it may stand in an address attribute.
 * @throws Error for every other scheme, and for `//host` and `/\host`, which leave the origin.
 */
export function webAddress(text: string): string {
  if (/^\/(?![/\\])/.test(text)) return text;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.username || url.password) {
    throw new Error('not a web address');
  }
  return url.href;
}

/**
 * Text from outside as a person may see it: one line, without control or bidi characters (H12), at most
 * `longest` characters. The two joiners stay: names in Persian and in Indic scripts are written with them.
 */
export function plainText(text: string, longest = 120): string {
  const line = text
    .slice(0, longest * 4)
    .replace(/(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  const letters = Array.from(line);
  return letters.length <= longest ? line : `${letters.slice(0, longest - 1).join('')}…`;
}

function render(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  if ('markup' in value) return value.markup;
  return value.map(render).join('');
}

function escapeText(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? '');
}

function safe(markup: string): SafeHtml {
  return { markup } as SafeHtml;
}

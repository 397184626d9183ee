/** Writes XML: every value is escaped on the way in, so that no text can become an element (S50). */

export class Markup {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /** An element; attributes that are null are left out. Names come from our code, values from anywhere. */
  static element(
    name: string,
    attributes: Readonly<Record<string, string | null>> = {},
    content: string | readonly Markup[] = [],
  ): Markup {
    const pairs = Object.entries(attributes).flatMap(([key, value]) =>
      value === null ? [] : [` ${key}="${escaped(value)}"`],
    );
    const inner = typeof content === 'string' ? escaped(content) : content.map(({ text }) => text).join('');
    return new Markup(inner === '' ? `<${name}${pairs.join('')}/>` : `<${name}${pairs.join('')}>${inner}</${name}>`);
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

function escaped(value: string): string {
  // Characters that XML 1.0 cannot carry in any spelling become the replacement character.
  return (
    value
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/[&<>"'\t\n\r]/g, (character) => entities[character] as string)
  );
}

/**
 * Writes XML: every value is escaped on the way in, so that no text can become an element (S50). The text comes out in the
 * form that exclusive canonicalisation gives it, so that the bytes which are signed are the bytes which are sent.
 * @see https://www.w3.org/TR/xml-exc-c14n/ section 3; https://www.w3.org/TR/xml-c14n section 2.3
 */
import { escapedText, escapedValue } from '../../../xml/canonical.rules.js';
import { ns } from '../names.rules.js';

/** The prefixes that names may have. Each is declared where it is used first. */
const prefixes: ReadonlyMap<string, string> = new Map([
  ['samlp', ns.protocol],
  ['saml', ns.assertion],
  ['md', ns.metadata],
  ['ds', ns.xmldsig],
  ['xenc', ns.xmlenc],
  ['xenc11', ns.xmlenc11],
]);

type Content = string | readonly Markup[];

export class Markup {
  readonly name: string;
  readonly #attributes: readonly (readonly [string, string])[];
  readonly #content: Content;

  private constructor(name: string, attributes: readonly (readonly [string, string])[], content: Content) {
    this.name = name;
    this.#attributes = attributes;
    this.#content = content;
  }

  /** An element; attributes that are null are left out. Names come from our code, values from anywhere. */
  static element(
    name: string,
    attributes: Readonly<Record<string, string | null>> = {},
    content: Content = [],
  ): Markup {
    if (!prefixes.has(prefixOf(name))) throw new Error(`No namespace is known for ${name}.`);
    const given = Object.entries(attributes).filter((pair): pair is [string, string] => pair[1] !== null);
    // Attributes of a namespace would be declared and sorted by another rule; no message of ours has one.
    if (given.some(([key]) => key.includes(':'))) throw new Error(`${name} has an attribute with a prefix.`);
    return new Markup(
      name,
      given.sort(([one], [other]) => (one < other ? -1 : 1)),
      content,
    );
  }

  /** The element as a document of its own. */
  get text(): string {
    return this.#render(new Set());
  }

  /** The element with one more child, after the first `position` of those that it has. */
  withChild(position: number, child: Markup): Markup {
    const children = typeof this.#content === 'string' ? [] : this.#content;
    const content = [...children.slice(0, position), child, ...children.slice(position)];
    return new Markup(this.name, this.#attributes, content);
  }

  /** The value of an attribute as it was given; null where there is none. */
  attribute(name: string): string | null {
    return this.#attributes.find(([key]) => key === name)?.[1] ?? null;
  }

  #render(declared: ReadonlySet<string>): string {
    const prefix = prefixOf(this.name);
    const isNew = !declared.has(prefix);
    const inside = isNew ? new Set([...declared, prefix]) : declared;
    const declaration = isNew ? ` xmlns:${prefix}="${prefixes.get(prefix)}"` : '';
    const pairs = this.#attributes.map(([key, value]) => ` ${key}="${escapedValue(carried(value))}"`).join('');
    const content = this.#content;
    const inner =
      typeof content === 'string'
        ? escapedText(carried(content))
        : content.map((child) => child.#render(inside)).join('');
    return `<${this.name}${declaration}${pairs}>${inner}</${this.name}>`;
  }
}

function prefixOf(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf(':')));
}

/** Characters that XML 1.0 cannot carry in any spelling become the replacement character. */
function carried(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}

/** How the tables say what an element may carry: its attributes, its content, and what the prose of the standard adds. */
import type { XmlElement } from '../../../xml/contracts.js';
import { type ContentModel, contentModel, type Particle, sequence } from './content-model.rules.js';
import type { SimpleType } from './simple-types.rules.js';

/** null: nothing is wrong; else what is, in fixed words. */
export type ProseRule = (element: XmlElement) => string | null;

export interface AttributeRule {
  readonly type: SimpleType;
  readonly isRequired: boolean;
}

export type Content =
  | { readonly kind: 'text'; readonly type: SimpleType }
  | { readonly kind: 'children'; readonly model: ContentModel; readonly isMixed: boolean }
  /** xs:anyType: text and elements as they come. What is declared somewhere must still be as declared. */
  | { readonly kind: 'any' };

export interface ElementType {
  /** Name of the schema's type, for `xsi:type`; empty where no message may name it. */
  readonly typeName: string;
  readonly attributes: ReadonlyMap<string, AttributeRule>;
  readonly required: number;
  /** Attributes beyond those: none, those of namespaces that are not of SAML, those of the namespace `xml`, or all. */
  readonly others: 'none' | 'foreign' | 'xml' | 'all';
  readonly content: Content;
  readonly isNillable: boolean;
  /** An abstract type: the message must say by `xsi:type` which one it means, and SAML itself defines none. */
  readonly isAbstract: boolean;
  readonly prose: ProseRule | null;
}

interface Description {
  readonly typeName?: string;
  readonly attributes?: Readonly<Record<string, SimpleType | AttributeRule>>;
  readonly others?: ElementType['others'];
  readonly prose?: ProseRule;
  readonly isNillable?: boolean;
  readonly isAbstract?: boolean;
}

export type ElementTypes = ReadonlyMap<string, ElementType>;

export function required(type: SimpleType): AttributeRule {
  return { type, isRequired: true };
}

function typeOf(content: Content, description: Description): ElementType {
  const rules = Object.entries(description.attributes ?? {}).map(
    ([name, rule]) => [name, typeof rule === 'function' ? { type: rule, isRequired: false } : rule] as const,
  );
  return {
    typeName: description.typeName ?? '',
    attributes: new Map(rules),
    required: rules.filter(([, rule]) => rule.isRequired).length,
    others: description.others ?? 'none',
    content,
    isNillable: description.isNillable ?? false,
    isAbstract: description.isAbstract ?? false,
    prose: description.prose ?? null,
  };
}

/** Text of one simple type, with no element in it. */
export function text(type: SimpleType, description: Description = {}): ElementType {
  return typeOf({ kind: 'text', type }, description);
}

/** Elements alone, with nothing but white space between them. */
export function elements(model: Particle, description: Description = {}): ElementType {
  return typeOf({ kind: 'children', model: contentModel(model), isMixed: false }, description);
}

export function empty(description: Description = {}): ElementType {
  return elements(sequence(), description);
}

/** Elements by a model, and text between them. */
export function mixed(model: Particle, description: Description = {}): ElementType {
  return typeOf({ kind: 'children', model: contentModel(model), isMixed: true }, description);
}

export function anything(description: Description = {}): ElementType {
  return typeOf({ kind: 'any' }, { others: 'all', ...description });
}

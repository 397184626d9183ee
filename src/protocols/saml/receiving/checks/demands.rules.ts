/**
 * Reads what an AuthnRequest demands of the sign-in, so that nothing of it is passed over: a ForceAuthn that is ignored hands an
 * old session to somebody who asked for proof (S49, L39). What cannot be met as it is asked for is refused.
 * @see SAML core sections 3.3.2.2.1, 3.4.1 and 3.4.1.1
 */
import { type Refusal, refusal } from '../../../../shared/refusal.js';
import { ok, type Result, refused } from '../../../../shared/result.js';
import type { XmlElement } from '../../../../xml/contracts.js';
import { childrenOf } from '../../elements.rules.js';
import { ns } from '../../names.rules.js';

export interface NameIdWish {
  readonly format: string | null;
  readonly spNameQualifier: string | null;
  readonly allowCreate: boolean;
}

export interface ContextWish {
  readonly comparison: 'exact' | 'minimum' | 'maximum' | 'better';
  readonly classes: readonly string[];
}

export interface Demands {
  readonly forceAuthn: boolean;
  readonly isPassive: boolean;
  readonly nameId: NameIdWish | null;
  readonly context: ContextWish | null;
}

const booleans: ReadonlyMap<string | null, boolean> = new Map([
  [null, false],
  ['false', false],
  ['0', false],
  ['true', true],
  ['1', true],
]);
const comparisons = ['exact', 'minimum', 'maximum', 'better'] as const;
const MAX_CLASSES = 32;
const MAX_URI = 1_024;

export function readDemands(message: XmlElement): Result<Demands> {
  const unmet = refuseUnmet(message);
  if (unmet !== null) return refused(unmet);
  const [forceAuthn, isPassive] = ['ForceAuthn', 'IsPassive'].map((name) => booleans.get(message.attribute(name)));
  if (forceAuthn === undefined || isPassive === undefined) return schema('ForceAuthn or IsPassive is no boolean');
  const nameId = readNameIdWish(message);
  if (!nameId.ok) return nameId;
  const context = readContextWish(message);
  return context.ok ? ok({ forceAuthn, isPassive, nameId: nameId.value, context: context.value }) : context;
}

function refuseUnmet(message: XmlElement): Refusal | null {
  if (childrenOf(message, ns.assertion, 'Subject').length > 0) {
    return refusal('SAML_NAMEID', 'the request is about one person of its choice');
  }
  return childrenOf(message, ns.assertion, 'Conditions').length > 0
    ? refusal('SAML_CONDITION', 'the request sets conditions for the assertion')
    : null;
}

function readNameIdWish(message: XmlElement): Result<NameIdWish | null> {
  const [policy] = childrenOf(message, ns.protocol, 'NameIDPolicy');
  if (policy === undefined) return ok(null);
  const allowCreate = booleans.get(policy.attribute('AllowCreate'));
  if (allowCreate === undefined) return schema('AllowCreate is no boolean');
  const [format, spNameQualifier] = [policy.attribute('Format'), policy.attribute('SPNameQualifier')];
  const isTooLong = [format, spNameQualifier].some((one) => (one?.length ?? 0) > MAX_URI);
  return isTooLong ? schema('the NameIDPolicy is too long') : ok({ format, spNameQualifier, allowCreate });
}

function readContextWish(message: XmlElement): Result<ContextWish | null> {
  const [context] = childrenOf(message, ns.protocol, 'RequestedAuthnContext');
  if (context === undefined) return ok(null);
  const comparison = comparisons.find((one) => one === (context.attribute('Comparison') ?? 'exact'));
  if (comparison === undefined) return schema('the Comparison is unknown');
  const classes = childrenOf(context, ns.assertion, 'AuthnContextClassRef').map(({ text }) => text);
  if (classes.length !== context.children.length) {
    return refused(refusal('SAML_AUTHN', 'the request asks for a context by declaration'));
  }
  const isFit = classes.length > 0 && classes.length <= MAX_CLASSES && classes.every((one) => one.length <= MAX_URI);
  return isFit ? ok({ comparison, classes }) : schema('the RequestedAuthnContext names no class, or too many');
}

function schema<T = never>(detail: string): Result<T> {
  return refused(refusal('SAML_SCHEMA', detail));
}

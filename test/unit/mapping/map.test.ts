import fc from 'fast-check';
import type { ClaimValue } from '../../../src/login/contracts.js';
import type { AttributeDefinitionFacts } from '../../../src/login/facts.js';
import { checkRules } from '../../../src/mapping/check.rules.js';
import { compileMapping, mapAssertion } from '../../../src/mapping/map.rules.js';
import { aDefinition, anInput, aRule, definitions, mapWith } from '../../support/mapping.js';

/** One definition called `a`, one rule that takes the claim `a`. */
function convert(over: Partial<AttributeDefinitionFacts>, value: ClaimValue): readonly unknown[] | string {
  const mapped = mapWith([aRule({ attribute: 'a', expression: 'claims.a' })], { a: value }, [
    aDefinition({ name: 'a', ...over }),
  ]);
  return mapped.ok ? (mapped.value.profile.a ?? []) : mapped.refusal.code;
}

describe('mapAssertion', () => {
  it('makes a profile, with a trace for each attribute and the names of what it dropped [C17] [C19]', () => {
    const mapped = mapWith(
      [
        aRule({ attribute: 'email', expression: 'claims.mail', required: true }),
        aRule({ attribute: 'roles', expression: 'values(claims.groups).map(g, lower(g))', defaultValue: ['guest'] }),
        aRule({ attribute: 'givenName', expression: 'claims.firstName' }),
      ],
      { mail: ['ann@aurora.example'], shoeSize: 41, salary: [90_000] },
    );
    expect(mapped).toEqual({
      ok: true,
      value: {
        subject: expect.objectContaining({ value: 'ann' }),
        profile: { email: ['ann@aurora.example'], roles: ['guest'] },
        traces: [
          expect.objectContaining({ attribute: 'email', outcome: 'MAPPED', reads: ['mail'], problem: null }),
          expect.objectContaining({ attribute: 'roles', outcome: 'DEFAULTED', reads: ['groups'], values: ['guest'] }),
          expect.objectContaining({ attribute: 'givenName', outcome: 'EMPTY', reads: ['firstName'], values: [] }),
        ],
        undeclaredClaims: ['shoeSize', 'salary'],
      },
    });
  });

  it.each([
    ['SUB', 'sub'],
    ['oid', 'oid'],
  ])('does not call what identifies the person (%s) dropped [C17]', (source, claim) => {
    const compiled = compileMapping({ id: 'mapping', version: 1, rules: [] }, definitions);
    const subject = { source, value: 'ann', format: null, nameQualifier: null, spNameQualifier: null };
    const mapped =
      compiled.ok && mapAssertion(anInput({ [claim]: 'ann', hobby: 'chess' }, { subject }), compiled.value);
    expect(mapped).toMatchObject({ ok: true, value: { undeclaredClaims: ['hobby'] } });
  });

  it('gives the same profile for the same facts through either protocol [C20]', () => {
    const rules = [
      aRule({ attribute: 'email', expression: 'first(claims.email)' }),
      aRule({ attribute: 'roles', expression: 'values(claims.groups)' }),
      aRule({ attribute: 'active', expression: 'claims.active' }),
      aRule({ attribute: 'level', expression: 'claims.level' }),
    ];
    const saml = mapWith(rules, { email: ['a@b.example'], groups: ['x'], active: ['true'], level: ['3'] });
    const oidc = mapWith(rules, { email: 'a@b.example', groups: ['x'], active: true, level: 3 });
    expect(saml.ok && saml.value.profile).toEqual({ email: ['a@b.example'], roles: ['x'], active: [true], level: [3] });
    expect(oidc.ok && oidc.value.profile).toEqual(saml.ok && saml.value.profile);
  });

  it.each([
    ['a required attribute is missing', { required: true }, {}, 'ATTRIBUTE_REQUIRED', 'EMPTY'],
    ['a required attribute is blank', { required: true }, { mail: ' ' }, 'ATTRIBUTE_REQUIRED', 'EMPTY'],
    ['a value is malformed', {}, { mail: 'not an address' }, 'ATTRIBUTE_INVALID', 'FAILED'],
    ['a value is over-long', {}, { mail: `${'a'.repeat(300)}@b.example` }, 'ATTRIBUTE_INVALID', 'FAILED'],
    ['a rule fails', { expression: 'lower(claims.mail)' }, { mail: ['a@b.example'] }, 'RULE_FAILED', 'FAILED'],
    ['a claim is past its limits', {}, { mail: Array(1_001).fill('a') }, 'EXPR_BUDGET', null],
  ])('refuses, and makes no half profile, where %s [C30]', (_name, rule, claims, code, outcome) => {
    const mapped = mapWith([aRule({ attribute: 'email', expression: 'claims.mail', ...rule })], claims);
    expect(mapped).toMatchObject({ ok: false, refusal: { code } });
    expect(mapped).toMatchObject({ traces: outcome === null ? [] : [{ outcome, values: [] }] });
  });

  it('runs on after a failure, so that the trace shows every problem, and refuses with the first', () => {
    const mapped = mapWith(
      [
        aRule({ attribute: 'email', expression: 'claims.mail' }),
        aRule({ attribute: 'level', expression: 'claims.level' }),
        aRule({ attribute: 'givenName', expression: 'claims.name' }),
      ],
      { mail: 'no', level: 'three', name: 'Ann' },
    );
    expect(mapped).toMatchObject({
      ok: false,
      refusal: { code: 'ATTRIBUTE_INVALID', facts: { attribute: 'email' } },
      traces: [{ outcome: 'FAILED' }, { outcome: 'FAILED' }, { outcome: 'MAPPED', values: ['Ann'] }],
    });
  });

  it('keeps claim values out of the text of refusals and problems [H12]', () => {
    const secret = 'S3CRET-VALUE';
    for (const expression of [
      'int(claims.a)',
      'bool(claims.a)',
      'lower(claims.b)',
      '{"x": "y"}[claims.a] + claims.b',
    ]) {
      const mapped = mapWith([aRule({ attribute: 'givenName', expression })], { a: secret, b: [secret] });
      expect(JSON.stringify(mapped)).not.toContain(secret);
    }
  });

  it.each<[Partial<AttributeDefinitionFacts>, ClaimValue, readonly unknown[] | string]>([
    [{ type: 'STRING' }, 'Zoë', ['Zoë']],
    [{ type: 'STRING' }, 7, ['7']],
    [{ type: 'STRING' }, true, ['true']],
    [{ type: 'STRING', maxLength: 3 }, 'four', 'ATTRIBUTE_INVALID'],
    [{ type: 'STRING' }, 'a\u0000b', 'ATTRIBUTE_INVALID'],
    [{ type: 'STRING' }, '\ud800', 'ATTRIBUTE_INVALID'],
    [{ type: 'STRING' }, { nested: 'x' }, 'ATTRIBUTE_INVALID'],
    [{ type: 'STRING' }, ['a', 'b'], 'ATTRIBUTE_INVALID'],
    [{ type: 'STRING' }, ['a', 'a'], ['a']],
    [{ type: 'STRING', multiValued: true }, ['a', null, '', 'b'], ['a', 'b']],
    [{ type: 'STRING', multiValued: true }, Array.from({ length: 201 }, (_, i) => `g${i}`), 'ATTRIBUTE_INVALID'],
    [{ type: 'EMAIL' }, '  Ann.Lee@AURORA.Example ', ['Ann.Lee@aurora.example']],
    [{ type: 'EMAIL' }, 'jose\u0301@aurora.example', ['jos\u00e9@aurora.example']],
    [{ type: 'EMAIL' }, 'ann@bücher.example', ['ann@xn--bcher-kva.example']],
    [{ type: 'EMAIL' }, 'ann@localhost', 'ATTRIBUTE_INVALID'],
    [{ type: 'EMAIL' }, 'ann@10.0.0.1', 'ATTRIBUTE_INVALID'],
    [{ type: 'EMAIL' }, 'a@b@evil.example', 'ATTRIBUTE_INVALID'],
    [{ type: 'EMAIL' }, 'ann@aurora.example\r\nBcc: x@y.example', 'ATTRIBUTE_INVALID'],
    [{ type: 'EMAIL' }, `${'a'.repeat(65)}@aurora.example`, 'ATTRIBUTE_INVALID'],
    [{ type: 'EMAIL' }, 'ann@-aurora.example', 'ATTRIBUTE_INVALID'],
    [{ type: 'EMAIL' }, 7, 'ATTRIBUTE_INVALID'],
    [{ type: 'BOOLEAN' }, 'TRUE', [true]],
    [{ type: 'BOOLEAN' }, '0', [false]],
    [{ type: 'BOOLEAN' }, 'yes', 'ATTRIBUTE_INVALID'],
    [{ type: 'INTEGER' }, '-12', [-12]],
    [{ type: 'INTEGER' }, 1.5, 'ATTRIBUTE_INVALID'],
    [{ type: 'INTEGER' }, '9007199254740993', 'ATTRIBUTE_INVALID'],
    [{ type: 'INTEGER' }, '1e3', 'ATTRIBUTE_INVALID'],
    [{ type: 'DATE_TIME' }, '2026-03-01T10:00:00+01:00', ['2026-03-01T09:00:00.000Z']],
    [{ type: 'DATE_TIME' }, 1_772_355_600, ['2026-03-01T09:00:00.000Z']],
    [{ type: 'DATE_TIME' }, '2026-03-01', 'ATTRIBUTE_INVALID'],
    [{ type: 'DATE_TIME' }, '2026-13-01T10:00:00Z', 'ATTRIBUTE_INVALID'],
  ])('holds values to the type of the attribute: %j of %j', (definition, value, expected) => {
    expect(convert(definition, value)).toEqual(expected);
  });

  const rules = [
    aRule({ attribute: 'email', expression: 'lower(first(claims.a))' }),
    aRule({ attribute: 'roles', expression: 'values(claims.b).filter(x, x != claims.c)' }),
    aRule({ attribute: 'active', expression: 'claims.a == claims.b || "x" in claims' }),
    aRule({ attribute: 'level', expression: 'claims.c + 1' }),
    aRule({ attribute: 'givenName', expression: 'claims.map(name, name).filter(n, re2Match(n, "^(a+)+$"))' }),
  ];

  it('is total on any JSON that an IdP may send, repeats itself, and yields what JSON can carry', () => {
    const compiled = compileMapping({ id: 'm', version: 1, rules }, definitions);
    if (!compiled.ok) throw new Error(compiled.refusal.detail);
    const key = fc.oneof(fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor'), fc.string());
    const claims = fc.dictionary(key, fc.jsonValue({ maxDepth: 4, noUnicodeString: false }), {
      noNullPrototype: false,
    });
    fc.assert(
      fc.property(claims, (given) => {
        const input = anInput(given as Record<string, ClaimValue>);
        const before = JSON.stringify(input);
        const mapped = mapAssertion(input, compiled.value);
        expect(JSON.parse(JSON.stringify(mapped))).toEqual(mapped);
        expect(mapAssertion(input, compiled.value)).toEqual(mapped);
        expect(JSON.stringify(input)).toBe(before);
        if (mapped.ok) {
          const names = definitions.map(({ name }) => name);
          expect(Object.keys(mapped.value.profile).every((name) => names.includes(name))).toBe(true);
        }
      }),
      { seed: 20260301, numRuns: 500 },
    );
  });
});

describe('checkRules', () => {
  it('finds every problem at once, each with the path of its field', () => {
    const problems = checkRules(
      [
        aRule({ attribute: 'email', expression: 'claims.' }),
        aRule({ attribute: 'email', expression: 'claims.mail' }),
        aRule({ attribute: 'hubAdmin', expression: '"yes"' }),
        aRule({ attribute: 'active', expression: 'size(claims.a)' }),
        aRule({ attribute: 'level', expression: 'claims.a', defaultValue: ['three'] }),
        aRule({ attribute: 'roles', expression: 'claims.a.matches("^(a+)+$") ? ["a"] : ["b"]' }),
      ],
      definitions,
    );
    expect(problems.map(({ path, code }) => [path, code])).toEqual([
      ['rules.0.expression', 'RULE_INVALID'],
      ['rules.1.attribute', 'RULE_INVALID'],
      ['rules.2.attribute', 'ATTRIBUTE_UNKNOWN'],
      ['rules.3.expression', 'RULE_INVALID'],
      ['rules.4.defaultValue', 'RULE_INVALID'],
      ['rules.5.expression', 'RULE_INVALID'],
    ]);
  });

  it('takes what may be saved, and refuses more than a hundred rules', () => {
    expect(checkRules([aRule({ attribute: 'email', expression: 'claims.mail' })], definitions)).toEqual([]);
    const many = Array.from({ length: 101 }, () => aRule({ attribute: 'email', expression: 'claims.mail' }));
    expect(checkRules(many, definitions)).toMatchObject([{ path: 'rules', code: 'RULE_TOO_COSTLY' }]);
  });

  it('is total on any text', () => {
    const piece = fc.constantFrom('claims', '.a', '["b"]', '(', ')', '.map(x,', 'x', ' + ', '1', '"s"', '?', ':', '&&');
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.array(piece).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (expression) => {
        for (const { path, code } of checkRules([aRule({ attribute: 'email', expression })], definitions)) {
          expect([path, code]).toEqual(['rules.0.expression', expect.stringMatching(/^RULE_/)]);
        }
      }),
      { seed: 20260301, numRuns: 1_000 },
    );
  });

  it('is asked again when a stored mapping is compiled, since the catalogue may have changed', () => {
    const rule = aRule({ attribute: 'email', expression: 'claims.mail' });
    expect(compileMapping({ id: 'm', version: 4, rules: [rule] }, [])).toMatchObject({
      ok: false,
      refusal: { code: 'RULE_FAILED', facts: { problem: 'ATTRIBUTE_UNKNOWN', mappingVersion: 4 } },
    });
  });
});

/** Attacks through the rules of a partner, and through the claims that they read (H13 to H16). */
import type { ClaimValue } from '../../../src/login/contracts.js';
import { compileExpression } from '../../../src/mapping/expression.rules.js';
import { aRule, mapOne, mapWith } from '../../support/mapping.js';

/** Milliseconds that a refused login may cost on the slowest machine that runs these tests; typical is a tenth. */
const BOUND_MS = 1_000;

function timed<T>(work: () => T): { readonly result: T; readonly ms: number } {
  const begun = performance.now();
  const result = work();
  return { result, ms: performance.now() - begun };
}

const thousand = Array.from({ length: 1_000 }, (_, i) => `group-${i}`);

describe('patterns [H13]', () => {
  it('refuses the backtracking matches of CEL, in every disguise', () => {
    for (const text of ['claims.a.matches("^(a+)+$")', '"a".matches(claims.a)', 'matches(claims.a, "a")']) {
      expect(compileExpression(text)).toMatchObject({ ok: false, code: 'RULE_INVALID' });
    }
  });

  it('runs the classic bomb on 50 kB in linear time', () => {
    const { result, ms } = timed(() =>
      mapOne('roles', 're2Match(claims.a, "^(a+)+$") ? "yes" : "no"', { a: `${'a'.repeat(50_000)}!` }),
    );
    expect(result).toEqual(['no']);
    expect(ms).toBeLessThan(BOUND_MS);
  });

  it.each([
    ['look-ahead', 're2Match(claims.a, "(?=a)b") ? "a" : "b"', 'RULE_INVALID'],
    ['back reference', 're2Match(claims.a, "(a)\\\\1") ? "a" : "b"', 'RULE_INVALID'],
    ['pattern from a claim', 're2Match("text", claims.a) ? "a" : "b"', 'RULE_INVALID'],
    ['pattern put together', 're2Match(claims.a, "a" + "b") ? "a" : "b"', 'RULE_INVALID'],
    ['huge repetition', 're2Match(claims.a, "((a{100}){100}){100}") ? "a" : "b"', 'RULE_'],
    ['huge program', 're2Match(claims.a, "(abc|def|ghi|jkl){400}") ? "a" : "b"', 'RULE_TOO_COSTLY'],
  ])('refuses when saved: %s', (_name, text, code) => {
    const { result, ms } = timed(() => compileExpression(text));
    expect(result).toMatchObject({ ok: false, code: expect.stringContaining(code) });
    expect(ms).toBeLessThan(BOUND_MS);
  });

  it('unfolds no repetition that it would refuse afterwards, in however many rules it stands', () => {
    const patterns = ['a{1000}'.repeat(70), `(?:${'b'.repeat(480)}){1000}`, '(?:\\\\pL{20}[x{9}]){50}'.repeat(20)];
    const { result, ms } = timed(() =>
      Array.from({ length: 99 }, (_, i) =>
        compileExpression(`re2Match(claims.c${i}, "${patterns[i % 3]}") ? "a" : "b"`),
      ),
    );
    for (const one of result) expect(one).toMatchObject({ ok: false, code: 'RULE_TOO_COSTLY' });
    expect(ms).toBeLessThan(BOUND_MS);
  });

  it.each([
    '^(?P<local>[^@]{1,64})@[a-z.]{2,200}$',
    '(?:CN|OU)=([^,\\\\\\\\]{1,200}),',
    '^\\\\Qa{9}\\\\E(?i:x|y){1,40}$',
  ])('takes a pattern that is small when unfolded: %s', (pattern) =>
    expect(compileExpression(`re2Match(claims.a, "${pattern}") ? "a" : "b"`)).toMatchObject({ ok: true }),
  );

  it('stops a costly pattern over many long texts by the budget', () => {
    const texts = Array.from({ length: 1_000 }, (_, i) => `${i}${'a'.repeat(2_000)}`);
    const { result, ms } = timed(() =>
      mapOne('roles', 'claims.a.filter(x, re2Match(x, "(a|b|ab|ba){1,50}c"))', { a: texts }),
    );
    expect(result).toBe('EXPR_BUDGET');
    expect(ms).toBeLessThan(BOUND_MS);
  });

  it('keeps its own checks linear on 50 kB of what an address or a number is made of', () => {
    const hostile = ['a'.repeat(50_000), '@'.repeat(50_000), `a@${'a.'.repeat(25_000)}`, `a@${'-'.repeat(50_000)}`];
    for (const a of [...hostile, ' '.repeat(50_000), '1'.repeat(50_000)]) {
      for (const attribute of ['email', 'level', 'hiredAt', 'active']) {
        expect(timed(() => mapOne(attribute, 'claims.a', { a })).ms).toBeLessThan(BOUND_MS);
      }
    }
  });
});

describe('expressions that would not end [H14]', () => {
  it('refuses loops in loops in loops when they are saved', () => {
    const text = 'claims.g.filter(x, claims.g.exists(y, claims.g.exists(z, x == y && y == z)))';
    expect(compileExpression(text)).toMatchObject({ ok: false, code: 'RULE_TOO_COSTLY' });
  });

  it.each<[string, string, Readonly<Record<string, ClaimValue>>]>([
    [
      'nested loops over longer lists than assumed',
      'claims.g.filter(x, claims.g.exists(y, x == y + "!"))',
      { g: thousand },
    ],
    ['comparison of lists in a loop', 'claims.g.filter(x, [x] + claims.g == claims.g)', { g: thousand }],
    [
      'text doubled over and over',
      Array.from({ length: 9 }, (_, i) => i).reduceRight(
        (body, i) => `cel.bind(v${i}, ${i === 0 ? 'claims.s' : `v${i - 1} + v${i - 1}`}, ${body})`,
        'v8',
      ),
      { s: 'x'.repeat(1_000) },
    ],
    [
      'lists doubled over and over',
      Array.from({ length: 10 }, (_, i) => i).reduceRight(
        (body, i) => `cel.bind(v${i}, ${i === 0 ? 'claims.g' : `v${i - 1} + v${i - 1}`}, ${body})`,
        'v9',
      ),
      { g: thousand },
    ],
    ['replace that multiplies', 'replace(replace(claims.s, "x", claims.s), "x", claims.s)', { s: 'x'.repeat(1_000) }],
    ['join with a long separator', 'join(claims.g, claims.s)', { g: thousand, s: 'x'.repeat(60_000) }],
    ['split into single characters', 'split(claims.s, "")', { s: 'x'.repeat(60_000) }],
    [
      'errors swallowed by the thousand',
      'claims.g.exists(x, claims.g.exists(y, x + 1 == y)) ? "a" : "b"',
      { g: thousand },
    ],
    ['errors swallowed by a logical or', 'claims.g.filter(x, claims.g.exists(y, y == "!") || true)', { g: thousand }],
    [
      'deeply nested claims',
      'claims.d == claims.d',
      { d: JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as ClaimValue },
    ],
    ['a value of a megabyte', 'claims.s', { s: 'x'.repeat(1_000_000) }],
  ])('stops by the budget, soon: %s', (_name, expression, claims) => {
    const { result, ms } = timed(() => mapOne('roles', expression, claims));
    expect(result).toBe('EXPR_BUDGET');
    expect(ms).toBeLessThan(BOUND_MS);
  });

  it('has one budget for all rules of a login, and stops at the rule that spends it', () => {
    const costly = 'claims.g.filter(x, claims.g.exists(y, x == y + "!"))';
    const attributes = ['roles', 'givenName', 'email'];
    const mapped = mapWith(
      attributes.map((attribute) => aRule({ attribute, expression: costly })),
      { g: thousand },
    );
    expect(mapped).toMatchObject({ ok: false, refusal: { code: 'EXPR_BUDGET' } });
    expect(mapped.ok ? [] : mapped.traces).toHaveLength(1);
  });

  it('leaves the next login untouched: the same rule answers on a list of ordinary length', () => {
    const costly = 'claims.g.filter(x, claims.g.exists(y, x == y + "!"))';
    expect(mapOne('roles', costly, { g: thousand })).toBe('EXPR_BUDGET');
    expect(mapOne('roles', costly, { g: ['a!', 'a'] })).toEqual(['a!']);
  });
});

describe('escape from the sandbox [H15]', () => {
  it.each([
    'claims.a.constructor',
    'claims["constructor"]',
    'claims.constructor.constructor',
    'claims.__proto__',
    'claims["__proto__"]',
    'claims.a.__proto__.polluted',
    'claims.toString',
    'claims.get',
    'subject["toString"]',
    'claims.m.get',
    'claims.a.length',
    '[1].constructor',
    '{"a": 1}.constructor',
    '{"a": 1}["__proto__"]',
    'cel.constructor',
    'optional.constructor',
    'type(claims).constructor',
    'claims.a.constructor("return process")()',
    'process.env',
    'globalThis',
    'this',
    '#meter',
    'b"YQ==".json()',
    'timestamp("2026-03-01T09:00:00Z").getHours("Europe/Oslo")',
  ])('reaches nothing but its input: %s', (expression) => {
    const compilation = compileExpression(expression);
    if (!compilation.ok) return;
    const outcome = mapOne('roles', expression, { a: 'x', m: { b: 'c' } });
    expect(['RULE_FAILED', 'ATTRIBUTE_INVALID', []]).toContainEqual(outcome);
  });

  it('takes hostile claim names for what they are: names', () => {
    const claims = JSON.parse('{"__proto__": {"polluted": "yes"}, "constructor": "c", "toString": "t"}') as Record<
      string,
      ClaimValue
    >;
    expect(mapOne('roles', 'claims.map(n, n)', claims)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(mapOne('roles', 'claims["__proto__"].polluted', claims)).toEqual(['yes']);
    expect(mapOne('roles', '{"__proto__": "x", "a": "b"}.map(k, k)', claims)).toEqual(['a']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('calls no code that comes with a value: getters, toString and toJSON stay unread', () => {
    const reads: string[] = [];
    const trap = new Proxy(['x'], {
      get(target, key, receiver) {
        reads.push(String(key));
        return Reflect.get(target, key, receiver) as unknown;
      },
    });
    mapOne('roles', 'claims.a', { unread: trap, a: 'x' });
    expect(reads).toEqual([]);
  });
});

describe('privilege by mapping [H16]', () => {
  it('gives values to attributes of the catalogue, and to nothing else', () => {
    for (const attribute of ['role', 'partnerId', 'actor', 'scopes', '__proto__', 'constructor']) {
      expect(() => mapWith([aRule({ attribute, expression: '"OPERATOR"' })], {})).toThrow('no attribute of that name');
    }
  });

  it('cannot name another partner: the input holds the own slug and domains, and rules cannot change it', () => {
    expect(mapOne('roles', 'partner.slug', {})).toEqual(['aurora']);
    for (const text of ['partners', 'partner.id', 'partner["members"]', 'idp.settings']) {
      expect(compileExpression(text)).toMatchObject({ ok: false, code: 'RULE_INVALID' });
    }
  });
});

import { readFileSync } from 'node:fs';
import { compileExpression } from '../../../src/mapping/expression.rules.js';
import { patternFunctions, ruleFunctions } from '../../../src/mapping/functions.rules.js';
import { mapOne } from '../../support/mapping.js';

function compile(text: string) {
  const compilation = compileExpression(text);
  if (!compilation.ok) return { code: compilation.code, message: compilation.message };
  return { type: compilation.expression.type, reads: compilation.expression.reads };
}

describe('an expression', () => {
  it.each([
    ['claims.email', 'dyn', ['email']],
    ['claims["urn:oid:0.9.2342.19200300.100.1.3"]', 'dyn', ['urn:oid:0.9.2342.19200300.100.1.3']],
    ['has(claims.mail) ? claims.mail : claims.email', 'dyn', ['mail', 'email']],
    ['"admin" in claims.groups', 'bool', ['groups']],
    ['"groups" in claims', 'bool', ['groups']],
    ['claims.?mail.orValue(claims[?"email"].orValue("none"))', 'dyn', ['mail', 'email']],
    ['claims[subject.value]', 'dyn', ['*']],
    ['claims.exists(name, name == "a") && claims.b == "c"', 'bool', ['*']],
    ['values(claims.groups).filter(g, g.startsWith("app-")).map(g, lower(g))', 'list<string>', ['groups']],
    ['partner.slug + "-" + idp.slug', 'string', []],
    ['authn.amr.exists(m, m == "mfa")', 'bool', []],
    ['translate(values(claims.groups), {"grp-1": "admin", "grp-2": "reader"})', 'list', ['groups']],
    ['cel.bind(mail, lower(first(claims.mail)), [mail, domainOf(mail)])', 'list<string>', ['mail']],
  ])('is typed when it is saved, and tells what it reads: %s [C19]', (text, type, reads) => {
    expect(compile(text)).toEqual({ type, reads });
  });

  it.each([
    ['', 'RULE_INVALID', 'empty'],
    ['claims.', 'RULE_INVALID', ''],
    ['claim.email', 'RULE_INVALID', 'Unknown variable: claim'],
    ['subject.valeu', 'RULE_INVALID', 'subject has no field valeu'],
    ['authn["ac"]', 'RULE_INVALID', 'authn has no field ac'],
    ['1 + "a"', 'RULE_INVALID', 'no such overload'],
    ['lower(3)', 'RULE_INVALID', 'no matching overload'],
    ['nope(claims.a)', 'RULE_INVALID', 'rules have no function nope'],
    ['values(claims.a).exists(claims, claims == "x")', 'RULE_INVALID', 'claims is an input'],
    ['"a\u0000b"', 'RULE_INVALID', 'control characters'],
  ])('is refused when it is saved, with the reason: %s', (text, code, message) => {
    expect(compile(text)).toEqual({ code, message: expect.stringContaining(message) });
  });

  it('is refused when it is saved where it is too long or has too many parts', () => {
    expect(compile(`claims.a + "${'x'.repeat(4_000)}"`)).toMatchObject({ code: 'RULE_TOO_COSTLY' });
    expect(compile(Array.from({ length: 600 }, () => '1').join('+'))).toMatchObject({ code: 'RULE_TOO_COSTLY' });
    expect(compile('('.repeat(500))).toMatchObject({ code: 'RULE_TOO_COSTLY' });
  });

  it.each([
    ['claims.level + 1', { level: 3 }, ['4']],
    ['claims.level * 2 == 6 ? "six" : "other"', { level: 3 }, ['six']],
    ['claims.ratio', { ratio: 1.5 }, ['1.5']],
    ['size(claims.groups)', { groups: ['a', 'b'] }, ['2']],
    ['claims.address.city', { address: { city: 'Oslo' } }, ['Oslo']],
    ['claims.big', { big: 1e21 }, ['1e+21']],
  ])('sees whole numbers as whole numbers, and gives values that JSON can carry: %s', (text, claims, values) => {
    expect(mapOne('givenName', text, claims)).toEqual(values);
    expect(() => JSON.stringify(mapOne('givenName', text, claims))).not.toThrow();
  });

  it.each([
    ['first(claims.a)', { a: ['x', 'y'] }, ['x']],
    ['first(claims.a)', { a: 'x' }, ['x']],
    ['first(claims.a)', { a: [] }, []],
    ['values(claims.a).map(v, upper(v))', { a: 'x' }, ['X']],
    ['values(claims.a)', { a: null }, []],
    ['unique(claims.a)', { a: ['x', 'x', 'y'] }, ['x', 'y']],
    ['lower(claims.a)', { a: 'ÅX' }, ['åx']],
    ['trim(claims.a)', { a: '  x ' }, ['x']],
    ['split(claims.a, ";")', { a: 'x;y' }, ['x', 'y']],
    ['join(claims.a, "-")', { a: ['x', 'y'] }, ['x-y']],
    ['replace(claims.a, "_", ".")', { a: 'a_b_c' }, ['a.b.c']],
    ['domainOf(claims.a)', { a: 'Ann@Aurora.Example' }, ['aurora.example']],
    ['domainOf(claims.a)', { a: 'ann' }, []],
    ['localPartOf(claims.a)', { a: 'Ann@Aurora.Example' }, ['Ann']],
    ['values(claims.a).map(v, commonName(v))', { a: ['CN=Staff\\, all,OU=x', 'cn=B'] }, ['Staff, all', 'B']],
    ['translate(values(claims.a), {"g1": "admin"})', { a: ['g2', 'g1', 'g1'] }, ['admin']],
    ['re2Match(claims.a, "^app-[0-9]+$") ? "yes" : "no"', { a: 'app-12' }, ['yes']],
    ['re2Extract(claims.a, "^app-([0-9]+)$")', { a: 'app-12' }, ['12']],
    ['re2Extract(claims.a, "[0-9]+")', { a: 'app-12' }, ['12']],
    ['re2Extract(claims.a, "z(.)")', { a: 'app-12' }, []],
  ])('has functions for what integrators meet: %s on %j', (text, claims, values) => {
    expect(mapOne('roles', text, claims)).toEqual(values);
  });

  it.each([
    ['lower(claims.a)', { a: ['x'] }],
    ['claims.a + 1', { a: 1.5 }],
    ['join(claims.a, ",")', { a: ['x', 1] }],
    ['re2Match(claims.a, "x") ? "a" : "b"', { a: 7 }],
    ['int(claims.a)', { a: 'secret-value' }],
  ])('fails with the kind and the place of the failure, and never the value: %s [C30]', (text, claims) => {
    expect(mapOne('givenName', text, claims)).toBe('RULE_FAILED');
  });

  it('is documented, every function of it', () => {
    const page = readFileSync(new URL('../../../docs/reference/mapping-rules.md', import.meta.url), 'utf8');
    for (const { signature, describe } of ruleFunctions) {
      expect(page).toContain(`\`${signature}\``);
      expect(page).toContain(describe);
    }
    for (const { name, describe } of patternFunctions) {
      expect(page).toContain(`\`${name}(`);
      expect(page).toContain(describe);
    }
  });
});

/** `mapping.rules30.cpu_ms`: one assertion through thirty rules of every usual kind. */
import { compileMapping, mapAssertion } from '../src/mapping/map.rules.js';
import { aDefinition, anInput, aRule } from '../test/support/mapping.js';
import { type Bench, cpuPerCall } from './report.js';

const expressions = [
  'claims.mail[0].lowerAscii()',
  'claims.givenName[0].trim() + " " + claims.sn[0]',
  'claims.groups.filter(g, g.startsWith("app-")).map(g, g.substring(4))',
  'claims.groups.exists(g, g == "admins") ? "admin" : "member"',
  'claims.?costCenter[0].orValue("none")',
  'subject.value + "@" + partner.slug',
];

const claims = {
  mail: ['Ada.Lindqvist@aurora.example'],
  givenName: ['Ada '],
  sn: ['Lindqvist'],
  groups: ['app-orders', 'app-billing', 'pilots', 'engineers', 'admins'],
};

export const mappingBench: Bench = {
  name: 'mapping',
  run: async () => {
    const names = Array.from({ length: 30 }, (_, index) => `attribute${index}`);
    const definitions = names.map((name) => aDefinition({ name, multiValued: true }));
    const rules = names.map((attribute, index) =>
      aRule({ attribute, expression: expressions[index % expressions.length] ?? '' }),
    );
    const mapping = { id: '00000000-0000-7000-8000-000000000001', version: 1, rules };
    const compiled = compileMapping(mapping, definitions);
    if (!compiled.ok) throw new Error(compiled.refusal.detail);
    const input = anInput(claims);
    const mapped = mapAssertion(input, compiled.value);
    if (!mapped.ok) throw new Error(mapped.refusal.detail);
    if (Object.keys(mapped.value.profile).length !== 30) throw new Error('a rule yielded nothing');
    return { 'mapping.rules30.cpu_ms': cpuPerCall(2_000, () => mapAssertion(input, compiled.value)) };
  },
};

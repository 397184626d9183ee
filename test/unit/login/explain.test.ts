import { explain, type ToldLogin } from '../../../src/login/explain.rules.js';
import { emptyTrace } from '../../../src/login/trace.js';

const login: ToldLogin = {
  reference: 'ABCDEF0123',
  state: 'DENIED',
  code: 'SAML_SCHEMA',
  protocol: 'SAML',
  trustVersion: null,
  mappingVersion: null,
  begunAt: new Date('2026-03-01T13:00:00.000Z'),
} as unknown as ToldLogin;

it.each(['the times are wrong', 'The times are wrong.'])(
  'ends a sentence once, however a stage ended its own: %s',
  (summary) => {
    const stages = [{ stage: 'verify', outcome: 'REFUSED', summary, facts: {} }] as const;
    const said = explain(login, { ...emptyTrace, stages });
    expect(said.filter((one) => one.endsWith('..'))).toEqual([]);
    expect(said[1]).toMatch(/^Stage verify refused: [tT]he times are wrong\.$/);
  },
);

import { tracePage } from '../../../src/demonstration/pages/trace.js';

const login = {
  id: 'TG9naW4',
  state: 'DENIED',
  code: 'SAML_SIG_INVALID',
  facts: [{ name: 'Partner', value: 'Aurora Freight' }],
  stages: [
    { stage: 'VERIFY', outcome: 'REFUSED', summary: 'The digest is not that of the signed element.', facts: [] },
  ],
  attributes: [],
};
const site = { theme: 'orders', name: 'Orders', part: 'an application' } as const;
const graphqlUrl = 'http://127.0.0.1:4000/graphql';

describe('the page of a decision', () => {
  it('has no table of attributes where none were mapped', () => {
    expect(tracePage({ site, login, graphqlUrl }).html).not.toContain('class="attributes"');
  });

  it('has one where some were', () => {
    const mapped = {
      attribute: 'email',
      expression: 'claims.mail',
      outcome: 'MAPPED',
      values: ['a…@x'],
      problem: null,
    };
    const attributes = [{ ...mapped, released: true }];
    expect(tracePage({ site, login: { ...login, attributes }, graphqlUrl }).html).toContain('claims.mail');
  });
});

import { type GrantRequest, grantedScopes, grantProblems } from '../../../src/access/grant.rules.js';

const partnerId = '01890000-0000-7000-8000-000000000001';
const applicationIds = ['01890000-0000-7000-8000-000000000002'];
const bare = { partnerId: null, applicationIds: [], scopes: null };

describe('a grant', () => {
  it.each<[GrantRequest, string[]]>([
    [{ ...bare, role: 'OPERATOR' }, []],
    [{ ...bare, role: 'AUDITOR', scopes: ['partners:read'] }, []],
    [{ ...bare, role: 'PARTNER_ADMINISTRATOR', partnerId }, []],
    [{ ...bare, role: 'APPLICATION_OWNER', applicationIds }, []],
    [{ ...bare, role: 'OPERATOR', partnerId }, ['partnerId']],
    [{ ...bare, role: 'AUDITOR', applicationIds }, ['applicationIds']],
    [{ ...bare, role: 'PARTNER_ADMINISTRATOR' }, ['partnerId']],
    [{ ...bare, role: 'PARTNER_ADMINISTRATOR', partnerId, applicationIds }, ['applicationIds']],
    [{ ...bare, role: 'APPLICATION_OWNER' }, ['applicationIds']],
    [{ ...bare, role: 'APPLICATION_OWNER', applicationIds: Array(51).fill(partnerId) }, ['applicationIds']],
    [{ ...bare, role: 'AUDITOR', scopes: [] }, ['scopes']],
    [{ ...bare, role: 'AUDITOR', scopes: ['trust:write'] }, ['scopes']],
    [{ ...bare, role: 'PARTNER_ADMINISTRATOR', partnerId, scopes: ['trust:write'] }, ['scopes']],
    [{ ...bare, role: 'OPERATOR', scopes: ['constructor'] }, ['scopes']],
  ])('%j has problems with %j [H25]', (request, paths) => {
    expect(grantProblems(request).map(({ path }) => path)).toEqual(paths);
  });

  it('lets read what it lets write, and gives the whole role where nothing is asked for', () => {
    expect(grantedScopes({ role: 'OPERATOR', scopes: ['trust:write'] })).toEqual(['trust:read', 'trust:write']);
    expect(grantedScopes({ role: 'AUDITOR', scopes: null }).every((scope) => scope.endsWith(':read'))).toBe(true);
  });
});

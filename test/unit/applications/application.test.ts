import {
  type ApplicationSettings,
  loosenedFields,
  nextApplicationState,
  settingChanges,
  settingsRefusal,
  withEdit,
} from '../../../src/applications/application.rules.js';

const settings: ApplicationSettings = {
  name: 'Orders',
  redirectUris: ['https://orders.example/callback'],
  postLogoutRedirectUris: [],
  idTokenSignedResponseAlg: 'ES256',
  claimsInIdToken: false,
  pkceRequired: true,
  minimum: { ial: null, aal: 2, fal: 1 },
};

describe('the state of an application', () => {
  it.each([
    ['ACTIVE', 'disable', 'DISABLED'],
    ['DISABLED', 'enable', 'ACTIVE'],
    ['ACTIVE', 'enable', null],
    ['DISABLED', 'disable', null],
  ] as const)('%s, %s -> %s', (state, change, next) => {
    expect(nextApplicationState(state, change)).toBe(next);
  });
});

describe('the settings of an application', () => {
  it('keep what an edit leaves out', () => {
    expect(withEdit(settings, {})).toEqual(settings);
    const edited = withEdit(settings, { pkceRequired: false, postLogoutRedirectUris: ['https://orders.example/'] });
    expect(settingChanges(settings, edited)).toEqual({
      pkceRequired: { before: true, after: false },
      postLogoutRedirectUris: { before: [], after: ['https://orders.example/'] },
    });
  });

  it('demand PKCE of an application without a secret', () => {
    const without = { ...settings, pkceRequired: false };
    expect(settingsRefusal(without, { isPublic: false, isPairwise: false })).toBeNull();
    expect(settingsRefusal(without, { isPublic: true, isPairwise: false })).toMatchObject({
      code: 'INPUT_INVALID',
      fields: [{ path: 'input.pkceRequired' }],
    });
  });

  it.each([
    [{ minimum: { ial: null, aal: 1, fal: 1 } }, ['input.minimumAssurance.aal']],
    [{ minimum: { ial: null, aal: null, fal: null } }, ['input.minimumAssurance.aal', 'input.minimumAssurance.fal']],
    [{ minimum: { ial: 1, aal: 3, fal: 1 } }, []],
    [{ pkceRequired: false }, ['input.pkceRequired']],
    [{ name: 'Other' }, []],
  ] as const)('are loosened by %j in the fields %j', (edit, fields) => {
    expect(loosenedFields(settings, withEdit(settings, edit))).toEqual(fields);
  });
});

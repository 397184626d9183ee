/** The tests' settings, for the files `*.interop.ts`. `npm run interop` starts jest with it. */
import base from '../jest.config.js';

export default {
  ...base,
  rootDir: '..',
  testMatch: ['<rootDir>/interop/**/*.interop.ts'],
  testTimeout: 60_000,
};

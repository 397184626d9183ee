/** Jest runs TypeScript through swc, as ESM; each integration file gets a database of its own (test/support/database.ts). */
export default {
  testEnvironment: 'node',
  runtime: '<rootDir>/test/support/runtime.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          target: 'es2023',
        },
        module: { type: 'es6' },
      },
    ],
  },
  reporters: ['default', '<rootDir>/test/support/threat-report.mjs'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // Two cores are the smallest machine that people run this on; jest would leave one of them idle.
  maxWorkers: 2,
  testTimeout: 60_000,
  testSequencer: '<rootDir>/test/support/sequencer.mjs',
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
};

/** Jest runs the TypeScript sources as native ES modules; `@swc/jest` only strips types. */
const base = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    // Every file of tests would read zod's words in fifty languages, of which none is spoken here.
    '^\\.\\./locales/index\\.js$': '<rootDir>/node_modules/zod/v4/locales/en.js',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Compiled output holds a second copy of every module name.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.atende/'],
};

const LAWS = '\\.laws\\.spec\\.ts$';

const project = (displayName, testMatch, extra = {}) => ({ ...base, displayName, testMatch, ...extra });

export default {
  // Most of the time of a test with servers is waiting: a worker per core, where Jest would leave one core idle.
  maxWorkers: '100%',
  // Modules of a finished file are not given back by the VM; a worker that has grown is replaced.
  workerIdleMemoryLimit: '1GB',
  // No test measures by its time limit; on a machine that is busy with something else a statement can take seconds.
  testTimeout: 30_000,
  projects: [
    project('unit', ['<rootDir>/src/**/*.spec.ts'], { testPathIgnorePatterns: [LAWS] }),
    // Thousands of random schedules, and what needs a large library: part of `npm test`, not of the seconds that
    // `npm run test:unit` may take.
    project('laws', ['<rootDir>/src/**/*.laws.spec.ts']),
    // The house's own rules: files that must agree with the sources, with each other or with a published schema.
    project('house', ['<rootDir>/test/house/**/*.spec.ts']),
    // Every channel's connector against the server of its platform.
    project('conformance', ['<rootDir>/test/conformance/**/*.spec.ts']),
    project('replay', ['<rootDir>/test/replay/**/*.spec.ts']),
    project('integration', ['<rootDir>/test/integration/**/*.spec.ts'], {
      globalSetup: '<rootDir>/test/support/global-setup.mjs',
      globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
    }),
    project('e2e', ['<rootDir>/test/e2e/**/*.spec.ts']),
  ],
};

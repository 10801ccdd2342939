import root from '../../jest.config.js';

/** Crashes of real processes take minutes: they run behind `npm run test:chaos`, not with every `npm test`. */
const [any] = root.projects;

export default {
  ...any,
  displayName: 'chaos',
  rootDir: '../..',
  testMatch: ['<rootDir>/test/chaos/**/*.spec.ts'],
};

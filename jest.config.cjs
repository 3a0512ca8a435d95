/** @type {import('jest').Config} */
const common = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: { '^.+\\.m?[tj]s$': ['@swc/jest', require('./ops/swc.cjs')] },
  // Nest 12 and others ship ES modules only; they are compiled like our own files.
  transformIgnorePatterns: [],
  moduleNameMapper: { '^@weir/([^/]+)$': '<rootDir>/libs/$1/src/index.ts', '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};

const project = (displayName, globs) => ({
  ...common,
  displayName,
  testMatch: globs.map((glob) => `<rootDir>/${glob}/*.spec.ts`),
});

module.exports = {
  // A test that waits for threads or files must not fail because every core is busy.
  testTimeout: 30_000,
  cacheDirectory: `${__dirname}/.jest-cache`,
  projects: [
    project('unit', ['libs/**', 'apps/**', 'test', 'test/interop/**', 'test/fuzz/**']),
    project('sim', ['test/sim/**']),
    project('e2e', ['test/e2e/**', 'test/crash/**', 'test/eio/**']),
    project('netns', ['test/netns/**']),
  ],
};

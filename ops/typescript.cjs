// Loads TypeScript as it stands, by the compiler that the tests use: what `ops` runs of `test` is never built.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');
const { transformSync } = require('@swc/core');

const root = join(__dirname, '..');
const options = { ...require('./swc.cjs'), sourceMaps: 'inline' };

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = (request, ...rest) => {
  const [, lib] = /^@weir\/([^/]+)$/.exec(request) ?? [];
  return resolveFilename(lib === undefined ? request : join(root, 'libs', lib, 'src/index.ts'), ...rest);
};

Module._extensions['.ts'] = (loaded, filename) => {
  loaded._compile(transformSync(readFileSync(filename, 'utf8'), { ...options, filename }).code, filename);
};

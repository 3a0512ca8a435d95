#!/usr/bin/env node
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const entry = join(__dirname, '..', 'dist', 'apps', 'weir', 'src', 'main.js');

// A slow disk holds a thread of the platform's pool for each read under way: with the usual four, names would no longer be looked up.
process.env.UV_THREADPOOL_SIZE ??= '32';

if (existsSync(entry)) {
  require(entry);
} else {
  process.stderr.write('weir: not built yet: run npm run build\n');
  process.exitCode = 2;
}

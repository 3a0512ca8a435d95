#!/usr/bin/env node
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const entry = join(__dirname, '..', 'dist', 'apps', 'weir', 'src', 'main.js');

if (existsSync(entry)) {
  require(entry);
} else {
  process.stderr.write('weir: not built yet: run npm run build\n');
  process.exitCode = 2;
}

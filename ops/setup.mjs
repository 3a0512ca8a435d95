// Brings a clone to the state every script needs: packages as the lock says, sources compiled. Plain Node, so that
// it runs where nothing is installed yet. Quick when there is nothing to do. Writes to stderr: stdout is the caller's.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { argv, execPath, exit, stderr } from 'node:process';
import { fileURLToPath } from 'node:url';
import { buildAddon } from './native.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Installs and builds what is missing or stale; a failure ends the process. */
export function setUp() {
  setUpPackages();
  // `npm ci` built it, unless its sources changed since, or scripts are switched off. All works without it, only slower.
  buildAddon();
  const digest = sourcesDigest();
  if (digest === builtDigest()) return;
  run('building', execPath, [join(root, 'node_modules/@nestjs/cli/bin/nest.js'), 'build']);
  writeFileSync(buildStamp(), digest);
}

/** Installs what is missing or differs from the lock: enough for what only reads sources. */
export function setUpPackages() {
  if (installed()) return;
  install();
  if (!installed()) fail('installed packages differ from package-lock.json; run `npm install` and commit the lock', 1);
}

/**
 * What the lock says. The lock names the optional packages of every platform, also those that a registry may not keep:
 * `npm ci` refuses a lock that leaves any out.
 */
function install() {
  refuseSharedPackages();
  run('installing packages', 'npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error']);
}

/** `npm ci` empties the folder first: through a symbolic link it would be somebody else's. */
function refuseSharedPackages() {
  const folder = join(root, 'node_modules');
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  const remedy = 'install them there, or remove the link and run this again';
  fail(`node_modules is a link to ${readlinkSync(folder)}, whose packages differ from package-lock.json: ${remedy}`, 2);
}

/** npm's own record of what it installed, against the lock. Optional packages may be meant for other platforms. */
function installed() {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const found = readJson(record).packages;
  const wanted = Object.entries(readJson(join(root, 'package-lock.json')).packages).filter(([path]) => path !== '');
  return wanted.every(([path, { version, optional }]) => (found[path] ? found[path].version === version : optional));
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Changes with every file that the compiled output depends on. */
function sourcesDigest() {
  const settings = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json'];
  const files = [...settings.map((name) => join(root, name)), ...sources('apps'), ...sources('libs')];
  const hash = createHash('sha256');
  for (const file of files) hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function sources(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith('.ts') && !/\.(spec|contract|testing)\.ts$/.test(name))
    .sort()
    .map((name) => join(root, folder, name));
}

function builtDigest() {
  return existsSync(buildStamp()) ? readFileSync(buildStamp(), 'utf8') : undefined;
}

function buildStamp() {
  return join(root, 'dist/.sources');
}

function run(what, command, args) {
  stderr.write(`weir: ${what}\n`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) fail(`${what} failed${error ? `: ${error.message}` : ''}`, status ?? 1);
}

function fail(message, code) {
  stderr.write(`weir: ${message}\n`);
  exit(code);
}

if (argv[1] === fileURLToPath(import.meta.url)) setUp();

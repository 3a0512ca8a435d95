// The native addons of libs/datagram and libs/store: built where there is a compiler, done without where there is none. `npm ci` calls
// it, so that it never fails, asks nothing and does nothing twice.
//   node ops/native.mjs              build those whose sources changed since the last try
//   node ops/native.mjs --required   the same, but try again what failed, and exit with 1 without one
//   node ops/native.mjs --asan       the sanitised variant of the first, beside it
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { arch, argv, env, execPath, exit, platform, stderr, versions } from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What is built where, and what does without it. */
const addons = {
  datagram: { name: 'weir_datagram', what: 'UDP sockets', without: 'node:dgram serves instead' },
  store: { name: 'weir_store', what: 'guard of the store', without: 'a disk that cannot be read ends the process' },
};

/** No download of headers and no compiler takes longer, unless it never ends. */
const millisMax = { configure: 60_000, build: 240_000 };

const needs = 'Linux, Python 3, make and a C++17 compiler build it';

function folderOf(lib) {
  return join(root, `libs/${lib}/native`);
}

/** Where a variant is built. */
export function addonFile(variant = 'Release', lib = 'datagram') {
  return join(folderOf(lib), 'build', variant, `${addons[lib].name}.node`);
}

/** Where all of them are. */
export function addonFiles() {
  return Object.keys(addons).map((lib) => addonFile('Release', lib));
}

/** Builds the addons whose sources changed since the last try. Returns why one is missing, or undefined. */
export function buildAddon({ again = false } = {}) {
  const reasons = Object.keys(addons).map((lib) => (existsSync(folderOf(lib)) ? buildOne(lib, again) : undefined));
  return reasons.find((reason) => reason);
}

function buildOne(lib, again) {
  const { what, without } = addons[lib];
  const digest = sourcesDigest(lib);
  const last = lastTry(lib);
  if (last?.digest === digest && existsSync(addonFile('Release', lib))) return undefined;
  if (last?.digest === digest && last.reason && !again) return last.reason;
  const reason = tryBuild(lib, 'Release');
  if (reason) {
    // One of older sources must not be taken for it.
    rmSync(addonFile('Release', lib), { force: true });
    stderr.write(`weir: no native ${what}, ${without}. ${needs}: ${reason}\n`);
  }
  mkdirSync(dirname(stamp(lib)), { recursive: true });
  writeFileSync(stamp(lib), JSON.stringify({ digest, reason }));
  return reason;
}

/** Builds the sanitised variant. Returns why there is none, or undefined. */
export function buildSanitisedAddon() {
  return tryBuild('datagram', 'Debug');
}

function tryBuild(lib, variant) {
  if (platform !== 'linux') return `it needs Linux, this is ${platform}`;
  const gyp = nodeGyp();
  if (!gyp) return 'node-gyp is not installed (`npm ci` without --omit=dev installs it)';
  stderr.write(`weir: building native ${addons[lib].what}\n`);
  const debug = variant === 'Debug' ? ['--debug'] : ['--release'];
  const headers = headersFolder();
  const options = [...debug, '--loglevel=error', ...(headers ? [`--nodedir=${headers}`] : [])];
  for (const command of ['configure', 'build']) {
    const reason = run(gyp, [command, ...options], folderOf(lib));
    if (reason) return reason;
  }
  return load(addonFile(variant, lib), variant);
}

function run(gyp, args, cwd) {
  const {
    status,
    error,
    stdout,
    stderr: errors,
  } = spawnSync(execPath, [gyp, ...args], {
    cwd,
    encoding: 'utf8',
    timeout: millisMax[args[0]],
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status === 0) return undefined;
  if (error) return `${args[0]} ended: ${error.message}`;
  const lines = `${stdout}\n${errors}`.split('\n');
  const telling = lines.find((line) => /error:|find Python|not found|ENOTFOUND|EAI_AGAIN|ECONNREFUSED/i.test(line));
  return (telling ?? lines.findLast((line) => line.trim() !== '') ?? 'the build failed').trim();
}

/** A variant that cannot be loaded counts as not built. The sanitised one needs its library loaded first. */
function load(file, variant) {
  if (variant === 'Debug') return existsSync(file) ? undefined : 'the build left no addon';
  const { status, stderr: errors } = spawnSync(execPath, ['-e', `require(${JSON.stringify(file)})`], {
    encoding: 'utf8',
  });
  return status === 0 ? undefined : (/^.*Error:.*$/m.exec(errors)?.[0] ?? 'the addon cannot be loaded');
}

function nodeGyp() {
  try {
    return createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
  } catch {
    return undefined;
  }
}

/** Node's own headers, when they are installed with it: nothing has to be downloaded then. */
function headersFolder() {
  const told = env.npm_config_nodedir;
  if (told) return told;
  const prefix = dirname(dirname(execPath));
  const file = join(prefix, 'include/node/node_version.h');
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  const version = ['MAJOR', 'MINOR', 'PATCH'].map((part) => RegExp(`NODE_${part}_VERSION (\\d+)`).exec(text)?.[1]);
  return version.join('.') === versions.node ? prefix : undefined;
}

function lastTry(lib) {
  try {
    return JSON.parse(readFileSync(stamp(lib), 'utf8'));
  } catch {
    return undefined;
  }
}

function stamp(lib) {
  return join(folderOf(lib), 'build', 'last-try.json');
}

/** Changes with the sources, with the Node that they are built for, and when node-gyp comes. */
function sourcesDigest(lib) {
  const folder = folderOf(lib);
  const names = ['binding.gyp', ...readdirSync(join(folder, 'src')).map((name) => `src/${name}`)].sort();
  const hash = createHash('sha256').update(`${versions.modules} ${platform} ${arch} ${nodeGyp()}\0`);
  for (const name of names)
    hash
      .update(name)
      .update('\0')
      .update(readFileSync(join(folder, name)))
      .update('\0');
  return hash.digest('hex');
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const asan = argv.includes('--asan');
  const required = argv.includes('--required');
  const reason = asan ? buildSanitisedAddon() : buildAddon({ again: required });
  if (reason && asan) stderr.write(`weir: ${reason}\n`);
  exit(reason && (asan || required) ? 1 : 0);
}

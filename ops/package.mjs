// `npm run package`: all that an appliance runs on a machine with Linux and Node, as one file below `release/`.
//   node ops/package.mjs                     version as in package.json
//   node ops/package.mjs --version 1.2.3-rc  labelled otherwise
//   node ops/package.mjs --out FOLDER        elsewhere
// The same sources, packages and tools make the same file, byte for byte.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { arch, argv, cwd, env, exit, platform, stderr, stdout } from 'node:process';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';
import { buildAddon } from './native.mjs';
import { layOut } from './package/layout.mjs';
import { root, setUp } from './setup.mjs';

/** A version as npm has it: it names a folder, a file and nothing else. */
const versionForm = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;

/** When all files were made, unless SOURCE_DATE_EPOCH says otherwise: any fixed time serves. */
const fixedSeconds = '946684800';

try {
  const { version, out } = options();
  setUp();
  const reason = buildAddon({ again: true });
  if (reason) fail(`a package has its native addons, and one is missing: ${reason}`, 1);
  const file = await pack(version, out);
  stdout.write(`${relative(cwd(), file)}\n`);
  stdout.write(`size     ${(statSync(file).size / 1e6).toFixed(1)} MB\n`);
  stdout.write(`SHA-256  ${await sha256Of(file)}\n`);
} catch (error) {
  fail(error.message, 1);
}

function options() {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: { version: { type: 'string' }, out: { type: 'string' } },
  });
  const version = values.version ?? JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
  if (!versionForm.test(version)) fail(`--version "${version}": write one as 1.2.3 or 1.2.3-rc.1`, 2);
  if (platform !== 'linux') fail(`the appliance runs on Linux, this is ${platform}`, 2);
  return { version, out: resolve(values.out ?? join(root, 'release')) };
}

/** The path of the file. Nothing half-written has its name. */
async function pack(version, out) {
  const name = `weir-${version}-linux-${arch}`;
  const stage = mkdtempSync(join(tmpdir(), 'weir-package-'));
  const file = join(out, `${name}.tar.gz`);
  try {
    layOut({ from: root, to: join(stage, name), version });
    mkdirSync(out, { recursive: true });
    await archive(stage, name, file);
    return file;
  } finally {
    rmSync(stage, { recursive: true });
  }
}

async function archive(folder, name, file) {
  const seconds = env.SOURCE_DATE_EPOCH ?? fixedSeconds;
  const same = ['--sort=name', '--format=gnu', `--mtime=@${seconds}`, '--owner=0', '--group=0', '--numeric-owner'];
  const args = [...same, '--mode=u=rwX,go=rX', '-C', folder, '-cf', '-', name];
  const tar = spawn('tar', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [[status]] = await Promise.all([
    once(tar, 'close'),
    pipeline(tar.stdout, createGzip(), createWriteStream(file)),
  ]);
  if (status === 0) return;
  rmSync(file);
  fail('tar failed; GNU tar is needed', 1);
}

async function sha256Of(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

function fail(message, status) {
  stderr.write(`weir: ${message}\n`);
  exit(status);
}

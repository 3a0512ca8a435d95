import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { arch } from 'node:process';
import { EmptyRoot, emptyRootObstacle } from './harness/empty-root';
import { completed, startSeeder } from './harness/peers';
import { applianceIp, freeTcpPort, freeUdpPort } from './harness/ports';
import type { Program } from './harness/program';
import { root as repository, sha256Of, Stage, type ContentFile } from './harness/stage';
import { untilTrue } from './harness/waiting';

jest.setTimeout(90_000);

/** Thousands of files are unpacked: in memory, where that is possible and programs may be run from there. */
const inMemory = /^\S+ \/dev\/shm tmpfs (?!\S*noexec)/m.test(readFileSync('/proc/mounts', 'utf8'));
const place = inMemory && hasRoom('/dev/shm') ? '/dev/shm' : tmpdir();

/** For two versions and the archives that they come from; containers often have 64 MiB there. */
function hasRoom(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > 2 ** 30;
}

const obstacle = emptyRootObstacle();
if (obstacle !== undefined) process.stderr.write(`skipped, a package: ${obstacle}\n`);
const describePackage = obstacle === undefined ? describe : describe.skip;

/** What `npm run package` makes, and what it says of it. */
function pack(out: string, version: string) {
  const command = [join(repository, 'ops/package.mjs'), '--out', out, '--version', version];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    encoding: 'utf8',
    cwd: out,
    env: { ...process.env, TMPDIR: place },
  });
  expect({ status, stderr: stderr.replace(/^weir: building.*\n/gm, '') }).toEqual({ status: 0, stderr: '' });
  const [name = '', size, digest = ''] = stdout.split('\n');
  expect(size).toMatch(/^size {5}\d+\.\d MB$/);
  return { file: join(out, name), sha256: digest.replace('SHA-256  ', '') };
}

describePackage('a package, in a root where there is nothing else', () => {
  const stage = new Stage({}, place);
  let root: EmptyRoot;
  let content: ContentFile;
  let at: { readonly peer: string; readonly admin: string };
  let appliance: Program;
  let link: string;

  beforeAll(async () => {
    root = new EmptyRoot(stage);
    content = stage.content('source', 3_000_000);
    const [udp, tcp] = await Promise.all([freeUdpPort(applianceIp), freeTcpPort(applianceIp)]);
    at = { peer: `${applianceIp}:${udp}`, admin: `${applianceIp}:${tcp}` };
  });
  afterAll(() => stage.end());

  /** Unpacks a package in the root and runs its installer there. */
  function install(file: string, version: string): void {
    copyFileSync(file, root.of('tmp/package.tar.gz'));
    expect(root.run('tar', '-xzf', '/tmp/package.tar.gz', '-C', '/tmp')).toMatchObject({ status: 0, stderr: '' });
    const installer = `/tmp/weir-${version}-linux-${arch}/install.sh`;
    expect(root.run(installer)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`${version} is installed`),
    });
    expect(root.run('weir', '--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  }

  async function start(): Promise<void> {
    appliance = root.weir('weir', ['appliance', '--config', '/etc/weir/weir.yaml']);
    const ended = appliance.ended.then(({ stderr, stdout }) => {
      throw new Error(`the appliance ended: ${stdout}${stderr}`);
    });
    const ready = untilTrue('the appliance is ready', async () => (await ask('/readyz')).ok, 15_000);
    await Promise.race([ready, ended]);
  }

  async function stop(): Promise<void> {
    appliance.signal('SIGTERM');
    expect(await appliance.ended).toMatchObject({ status: 0, stderr: '' });
  }

  function ask(path: string, body?: object): Promise<Response> {
    const post = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    return fetch(`http://${at.admin}${path}`, body === undefined ? {} : post);
  }

  /** What a subscriber gets of the appliance alone. */
  async function expectServed(name: string): Promise<void> {
    const args = ['fetch', link, '--out', `/tmp/${name}`, '--listen', '127.1.0.1:0', '--peer', at.peer, '--json'];
    const { peers } = await completed(root.weir('root', args));
    expect(Object.keys(peers)).toEqual([at.peer]);
    expect(sha256Of(root.of(`tmp/${name}`))).toBe(content.sha256);
  }

  it('is the same, byte for byte, when it is made again', () => {
    const [one, other] = ['one', 'other'].map((name) => {
      mkdirSync(stage.path(name));
      return pack(stage.path(name), '0.1.0');
    });
    expect(one?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(sha256Of(one?.file ?? '')).toBe(one?.sha256);
    expect(other?.sha256).toBe(one?.sha256);
  });

  it('is installed', () => {
    install(stage.path(`one/weir-0.1.0-linux-${arch}.tar.gz`), '0.1.0');
    expect(readdirSync(root.of('etc/weir')).sort()).toEqual(['tracker.yaml', 'weir.yaml']);
    expect(readdirSync(root.of('usr/local/lib/systemd/system')).sort()).toEqual([
      'weir-tracker.service',
      'weir.service',
    ]);
    expect(readFileSync(root.of('etc/passwd'), 'utf8')).toMatch(/^weir:.*\/nologin$/m);
    expect(existsSync(root.of('opt/weir/0.1.0/node_modules/jest'))).toBe(false);
    const lines = [
      `subscribers: [127.1.0.0/16]`,
      `ppspp: { listen: ['${at.peer}'] }`,
      `admin: { listen: '${at.admin}' }`,
      'store: { path: /var/lib/weir, capacity: 100MiB }',
      'datapath: { port: native }',
    ];
    writeFileSync(root.of('etc/weir/weir.yaml'), lines.join('\n'));
    // As the unit has it made.
    expect(root.run('install', '-d', '-o', 'weir', '-g', 'weir', '-m', '0700', '/var/lib/weir').status).toBe(0);
  });

  it('is installed into a folder from outside, as into an image', () => {
    const image = stage.path('image');
    mkdirSync(image);
    const installer = root.of(`tmp/weir-0.1.0-linux-${arch}/install.sh`);
    const { status, stdout, error } = spawnSync(installer, ['--root', image], { encoding: 'utf8' });
    expect({ status, error, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('add one with: useradd') });
    expect(readlinkSync(join(image, 'usr/local/bin/weir'))).toBe('/opt/weir/current/bin/weir');
    expect(readlinkSync(join(image, 'opt/weir/current'))).toBe('0.1.0');
  });

  it("gives its user what capabilities the container has, by an image's entry point", () => {
    copyFileSync(join(repository, 'ops/docker/entrypoint.sh'), root.of('tmp/entrypoint.sh'));
    // It comes first in the PATH of the root.
    writeFileSync(root.of('node/weir'), '#!/bin/sh\nid -un\ngrep Cap /proc/self/status\necho $*\n', { mode: 0o755 });
    const entered = (...before: readonly string[]) =>
      root
        .run(...before, 'sh', '/tmp/entrypoint.sh', 'appliance')
        .stdout.replaceAll(/\t0+/g, ' ')
        .split('\n');
    const sets = ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'];
    expect(entered()).toEqual(['weir', ...sets.map((set) => `Cap${set}: 3400`), 'appliance', '']);
    const without = ['setpriv', '--bounding-set', '-net_admin,-net_raw'];
    expect(entered(...without)).toEqual(['weir', ...sets.map((set) => `Cap${set}: 400`), 'appliance', '']);
    rmSync(root.of('node/weir'));
  });

  it('serves what it fetches, as a user without privileges', async () => {
    const seeder = await startSeeder(stage, { path: content.path });
    ({ link } = seeder);
    await start();
    const answer = await ask('/v1/swarms', { swarmId: seeder.swarmId, peers: [seeder.address] });
    expect(answer.status).toBeLessThan(300);
    link = link.replace(/&peer=.*/, '');
    await expectServed('first');
    await seeder.program.kill();
    await stop();
  });

  it('is upgraded, and serves what it had stored', async () => {
    install(pack(stage.path('one'), '0.2.0-next').file, '0.2.0-next');
    expect(readFileSync(root.of('etc/weir/weir.yaml'), 'utf8')).toContain(at.peer);
    await start();
    await expectServed('second');
    expect(await (await ask('/v1/status')).json()).toMatchObject({ version: '0.2.0-next', cacheInBytes: 0 });
    await stop();
  });

  it('goes back to the version before', async () => {
    expect(root.run('/opt/weir/0.1.0/install.sh')).toMatchObject({ status: 0, stderr: '' });
    expect(readlinkSync(root.of('opt/weir/current'))).toBe('0.1.0');
    await start();
    await expectServed('third');
    await stop();
  });

  it('leaves nothing but configuration and store, and at last not these', () => {
    copyFileSync(root.of('opt/weir/current/install.sh'), root.of('tmp/install.sh'));
    expect(root.run('/opt/weir/current/install.sh', '--uninstall')).toMatchObject({ status: 0, stderr: '' });
    expect(existsSync(root.of('opt/weir'))).toBe(false);
    expect(readdirSync(root.of('usr/local/bin'))).toEqual([]);
    expect(readdirSync(root.of('usr/local/lib/systemd/system'))).toEqual([]);
    expect(readFileSync(root.of('etc/weir/weir.yaml'), 'utf8')).toContain(at.peer);
    expect(readdirSync(root.of('var/lib/weir'))).toContain('data.mdb');
    expect(root.run('sh', '/tmp/install.sh', '--purge')).toMatchObject({ status: 0, stderr: '' });
    expect(['etc/weir', 'var/lib/weir'].filter((path) => existsSync(root.of(path)))).toEqual([]);
  });
});

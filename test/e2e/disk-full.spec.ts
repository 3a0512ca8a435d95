import { readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Appliance } from './harness/appliance';
import { describeDisks, mountMemory } from './harness/disks';
import { fetchFile, startSeeder } from './harness/peers';
import { sha256Of, Stage } from './harness/stage';
import { untilTrue } from './harness/waiting';

jest.setTimeout(90_000);

const freeShareMin = 0.05;
const diskMegabytes = 16;
/** More than the disk has room for. */
const largeBytes = 24_000_000;
const smallBytes = 2_000_000;

describeDisks('an appliance whose disk is smaller than its store may be, and is filled by somebody else', () => {
  const stage = new Stage();
  let subscribers = 0;
  afterEach(() => stage.end());

  it('keeps 5 % free, makes way, serves all the same, and takes its room again when there is some', async () => {
    const disk = mountMemory(stage, 'store', diskMegabytes);
    const appliance = await Appliance.start(stage, { env: { WEIR_LOG_LEVEL: 'warn' } });
    await fetchThrough(appliance, 'large', largeBytes);
    const full = await appliance.status();
    expect(full.storedBytes).toBeGreaterThan((diskMegabytes * 2 ** 20) / 2);
    expect(full.usableBytes).toBeLessThan(diskMegabytes * 2 ** 20);
    expect(freeShare(disk)).toBeGreaterThanOrEqual(freeShareMin);

    const filler = join(disk, 'filler');
    expect(() => writeFileSync(filler, Buffer.alloc(diskMegabytes * 2 ** 20))).toThrow('ENOSPC');
    await untilTrue('it made way', () => freeShare(disk) >= freeShareMin);
    expect((await appliance.status()).usableBytes).toBeLessThan(full.usableBytes);
    await fetchThrough(appliance, 'meanwhile', smallBytes);
    expect(freeShare(disk)).toBeGreaterThanOrEqual(freeShareMin);

    rmSync(filler);
    await fetchThrough(appliance, 'later', largeBytes);
    const { storedBytes } = await appliance.status();
    expect(storedBytes).toBeGreaterThan((diskMegabytes * 2 ** 20) / 2);
    expect(freeShare(disk)).toBeGreaterThanOrEqual(freeShareMin);
    await endsInOrder(appliance);
  });

  it('passes on what it has no room for at all, and stores again by itself when there is room', async () => {
    const disk = mountMemory(stage, 'store', diskMegabytes);
    const filler = join(disk, 'filler');
    const appliance = await Appliance.start(stage, { env: { WEIR_LOG_LEVEL: 'warn' } });
    await untilTrue('the filler has it all', () => {
      try {
        writeFileSync(filler, Buffer.alloc(2 ** 20), { flag: 'a' });
      } catch {
        // It is full; what is given back is taken, too.
      }
      return freeShare(disk) === 0;
    });
    await fetchThrough(appliance, 'meanwhile', smallBytes);
    expect((await appliance.status()).usableBytes).toBe(0);
    expect(await appliance.metric('store_refused_extents_total', { reason: 'full' })).toBeGreaterThan(0);
    rmSync(filler);
    let tries = 0;
    await untilTrue(
      'it stores again',
      async () => {
        const swarmId = await fetchThrough(appliance, `later-${++tries}`, smallBytes);
        return ((await appliance.swarm(swarmId))?.storedBytes ?? 0) > 0;
      },
      30_000,
    );
    const { stdout } = await endsInOrder(appliance);
    expect(stdout).toMatch(/store\.capacity = 1073741824: the disk of .*store has room for \d+ bytes of it/);
  });

  it('refuses a disk that is full before it makes anything, opens a store that is there, and stores again once there is room', async () => {
    const filler = join(mountMemory(stage, 'disk', diskMegabytes), 'filler');
    const fill = (): void => {
      expect(() => writeFileSync(filler, Buffer.alloc(diskMegabytes * 2 ** 20 + 1))).toThrow('ENOSPC');
    };
    const start = { store: 'disk/store' };
    fill();
    const { status, stderr } = await (await Appliance.launch(stage, start)).program.ended;
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(/^weir: store\.path = .* no room .*\n$/),
    });
    expect(readdirSync(stage.path('disk/store'))).toEqual(['weir.lock']);
    rmSync(filler);
    await endsInOrder(await Appliance.start(stage, start));
    fill();
    const appliance = await Appliance.start(stage, start);
    expect((await appliance.status()).usableBytes).toBe(0);
    rmSync(filler);
    await untilTrue('it has room', async () => (await appliance.status()).usableBytes > 0);
    await endsInOrder(appliance);
  });

  /** A subscriber has the appliance fetch a content that is new to it, and gets it from nobody else. */
  async function fetchThrough(appliance: Appliance, name: string, bytes: number): Promise<string> {
    const { path, sha256 } = stage.content(name, bytes);
    const { swarmId, address } = await startSeeder(stage, { path });
    expect((await appliance.request('POST', '/v1/swarms', { swarmId, peers: [address] })).ok).toBe(true);
    const ip = `127.1.0.${++subscribers}`;
    const { file } = await fetchFile(stage, {
      swarmId,
      out: stage.path(`${name}-out`),
      ip,
      peers: [appliance.address],
    });
    expect(sha256Of(file)).toBe(sha256);
    return swarmId;
  }
});

/** No thread of it died, nothing went unhandled, and it can still be stopped. */
async function endsInOrder(appliance: Appliance) {
  expect(await appliance.metric('datapath_restarts_total')).toBe(0);
  expect(await appliance.metric('weir_condition_ready', { condition: 'store' })).toBe(1);
  appliance.program.signal('SIGTERM');
  const ending = await appliance.program.ended;
  expect(`${ending.stdout}${ending.stderr}`).not.toMatch(/unhandled|uncaught|the store is down/i);
  expect(ending.status).toBe(0);
  return ending;
}

function freeShare(path: string): number {
  const { bavail, blocks } = statfsSync(path);
  return bavail / blocks;
}

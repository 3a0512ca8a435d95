import { rmSync } from 'node:fs';
import { placesIn } from '../../libs/store/src/integrity/pages.testing';
import { Appliance } from './harness/appliance';
import { describeDisks, FaultyDisk } from './harness/disks';
import { fetchFile, startSeeder } from './harness/peers';
import { sha256Of, Stage } from './harness/stage';
import { untilTrue } from './harness/waiting';

jest.setTimeout(150_000);

/** Within which the admin API answers, whatever the disk does. */
const answerMillisMax = 2_000;
/** What is tried again after 1, 2 and 4 seconds is back by then. */
const recoveryMillisMax = 30_000;
/** `TimeoutStopSec` of `ops/systemd/weir.service`. */
const stopMillisMax = 20_000;
/** Of the store's file. */
const pageBytes = 4096;
const size = 4_000_000;

interface Published {
  readonly swarmId: string;
  readonly address: string;
  readonly sha256: string;
}

describeDisks('an appliance whose disk fails', () => {
  // Reads take half a minute here, and what they hold up goes on behind them.
  const stage = new Stage({ limitMillis: 120_000 });
  let disk: FaultyDisk;
  let appliance: Appliance;
  let subscribers = 0;
  beforeEach(async () => {
    disk = await FaultyDisk.mount(stage);
    appliance = await Appliance.start(stage);
  });
  afterEach(async () => {
    // What waits for it cannot be killed.
    await disk.end();
    await stage.end();
  });

  it('lives when nothing can be read, says so, and comes back by itself', async () => {
    const { held, other } = await twoContents();
    const told = appliance.program.line('stdout', /the store is (down: STORE_|slow: )/);
    await disk.set('eio-read');
    await fetchRight(held);
    await told;
    expect(await appliance.metric('weir_condition_ready', { condition: 'store' })).toBe(0);
    expect((await appliance.request('GET', '/readyz')).status).toBe(503);
    await register(other);
    await fetchRight(other);
    expect((await disk.set('ok')).reads).toBeGreaterThan(0);
    await untilInUse(held);
    await endsInOrder();
  });

  it.each(['eio-write', 'enospc'] as const)(
    'lives when nothing can be written (%s), and comes back by itself',
    async (fault) => {
      const { held, other, later } = await twoContents();
      const told = appliance.program.line('stdout', /the store is down: STORE_/);
      await disk.set(fault);
      await register(other);
      await fetchRight(other);
      await told;
      expect((await appliance.request('GET', '/readyz')).status).toBe(503);
      await fetchRight(held);
      await register(later);
      await fetchRight(later);
      expect((await disk.set('ok')).writes).toBeGreaterThan(0);
      await untilInUse(other);
      await endsInOrder();
    },
  );

  it('removes what the disk does not give up any more, and goes on', async () => {
    const { held, other } = await twoContents();
    const heads = placesIn(stage.path('store-behind/data.mdb')).flatMap(({ tree, overflow }) =>
      tree === 'extents' && overflow !== undefined ? [overflow.first] : [],
    );
    const head = heads[heads.length >> 1] ?? 0;
    await disk.set(`eio-part ${head * pageBytes} ${(head + 1) * pageBytes} 1000 0`);
    expect((await appliance.request('DELETE', `/v1/swarms/${held.swarmId}`)).status).toBe(204);
    await register(other);
    await appliance.untilComplete(other.swarmId);
    expect((await disk.set('ok')).reads).toBeGreaterThan(0);
    expect(await appliance.metric('store_damage_total', { kind: 'overflow' })).toBe(1);
    await untilInUse(other);
    await endsInOrder();
  });

  it('serves what it can read without a page of a tree, tells which, and begins anew once its file is removed', async () => {
    const { held, other, later } = await twoContents();
    const block = `/v1/swarms/${later.swarmId}/block`;
    expect((await appliance.request('PUT', block, { reason: 'a test' })).ok).toBe(true);
    const [leaf] = placesIn(stage.path('store-behind/data.mdb')).filter(({ tree }) => tree === 'hashes');
    const page = leaf?.pageNumber ?? 0;
    const told = appliance.program.line('stdout', new RegExp(`the store is slow: .* page ${page} of data\\.mdb`));
    await disk.set(`eio-part ${page * pageBytes} ${(page + 1) * pageBytes} 1000 0`);
    await register(other);
    await fetchRight(other);
    await told;
    expect(await appliance.metric('store_damage_total', { kind: 'unreadable' })).toBe(1);
    await fetchRight(held, [appliance.address]);
    await appliance.program.kill();
    const refused = await appliance.relaunched().program.ended;
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringMatching(/^weir: Page \d+ of .*erase the file/) });
    rmSync(stage.path('store/data.mdb'));
    appliance = await Appliance.start(stage);
    expect((await appliance.request('GET', block)).status).toBe(200);
    await register(other);
    await appliance.untilComplete(other.swarmId);
    await endsInOrder();
  });

  it('ends in time though its disk does not answer', async () => {
    const { held, other } = await twoContents();
    await disk.set('delay 600000 0');
    await register(other);
    await fetchRight(held);
    // Who asks for what waits for the disk keeps nothing from its end.
    appliance.request('DELETE', `/v1/swarms/${held.swarmId}`).catch(() => undefined);
    const asked = performance.now();
    await endsInOrder();
    expect(performance.now() - asked).toBeLessThan(stopMillisMax);
    expect((await disk.set('ok')).reads).toBeGreaterThan(0);
  });

  it('answers operators while reads take half a minute, has subscribers served from outside, and comes back', async () => {
    const { held, other } = await twoContents();
    const told = appliance.program.line('stdout', /the store is slow: /);
    await disk.set('delay 30000 0');
    const asking = askAgainAndAgain();
    await fetchRight(held);
    await told;
    expect((await appliance.request('GET', '/readyz')).status).toBe(503);
    await register(other);
    await fetchRight(other);
    const slowest = await asking.end();
    expect((await disk.set('ok')).reads).toBeGreaterThan(0);
    expect(slowest).toBeLessThan(answerMillisMax);
    await untilInUse(held);
    await endsInOrder();
  });

  /** Contents outside: one that the appliance holds, and others that it is to fetch. */
  async function twoContents() {
    const [held, other, later] = [await publish('held'), await publish('other'), await publish('later')];
    await register(held);
    await appliance.untilComplete(held.swarmId);
    return { held, other, later };
  }

  async function publish(name: string) {
    const { path, sha256 } = stage.content(name, size);
    const { swarmId, address } = await startSeeder(stage, { path });
    return { swarmId, address, sha256 };
  }

  /** Has the appliance know who has the content, and fetch it. */
  async function register({ swarmId, address }: Published): Promise<void> {
    expect((await appliance.request('POST', '/v1/swarms', { swarmId, peers: [address] })).ok).toBe(true);
  }

  /** A subscriber gets the content, whoever has it. */
  async function fetchRight(
    { swarmId, address, sha256 }: Published,
    peers = [appliance.address, address],
  ): Promise<void> {
    const out = stage.path(`out-${++subscribers}`);
    const ip = `127.1.0.${subscribers}`;
    const { file } = await fetchFile(stage, { swarmId, out, ip, peers });
    expect(sha256Of(file)).toBe(sha256);
  }

  /** It is ready, and serves what it stores. */
  async function untilInUse({ swarmId, sha256 }: Published): Promise<void> {
    await untilTrue('it is ready', async () => (await appliance.request('GET', '/readyz')).ok, recoveryMillisMax);
    expect(await appliance.metric('weir_condition_ready', { condition: 'store' })).toBe(1);
    const out = stage.path(`out-${++subscribers}`);
    await appliance.request('POST', '/v1/swarms', { swarmId, peers: [] });
    const { file } = await fetchFile(stage, { swarmId, out, peers: [appliance.address] });
    expect(sha256Of(file)).toBe(sha256);
  }

  /** Asks for what operators and their machines ask for; `end` tells how long the slowest answer took, in milliseconds. */
  function askAgainAndAgain() {
    let over = false;
    const asking = ['/healthz', '/readyz', '/v1/status'].map(async (path) => {
      let slowest = 0;
      while (!over) {
        const asked = performance.now();
        await appliance.request('GET', path).then((answer) => answer.text());
        slowest = Math.max(slowest, performance.now() - asked);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return slowest;
    });
    return {
      end: async () => {
        over = true;
        return Math.max(...(await Promise.all(asking)));
      },
    };
  }

  /** No thread of it died, nothing went unhandled, and it can still be stopped. */
  async function endsInOrder(): Promise<void> {
    expect(await appliance.metric('datapath_restarts_total')).toBe(0);
    appliance.program.signal('SIGTERM');
    const { status, stdout, stderr } = await appliance.program.ended;
    expect(`${stdout}${stderr}`).not.toMatch(/unhandled|uncaught/i);
    expect(status).toBe(0);
  }
});

import { generated, publish } from './content';
import { World } from './world';
import { constantDelay } from '@weir/datagram';

const published = publish(generated('ppspp-lab', 700_123), { hash: 'sha256', addressing: 'chunk32', chunkSize: 1024 });
const { swarmId } = published.metadata;

it.each([0, 0.01, 0.05, 0.2])('one to one, loss %s', async (loss) => {
  const rows = [];
  for (let seed = 1; seed <= 6; seed++) {
    const world = new World({
      seed,
      link: {
        loss,
        duplication: 0.01,
        reordering: 0.02,
        reorderingMicros: 20000,
        delay: constantDelay(20000),
        bytesPerSecond: 1.25e6,
        queueBytes: 100000,
      },
    });
    const seeder = (await world.peer('10.0.0.1')).seed(published);
    const leecher = (await world.peer('10.0.0.2')).fetch(published.metadata, [
      { address: seeder.address, priority: 1 },
    ]);
    const t0 = world.now;
    const ok = world.run(() => leecher.complete(swarmId), 600);
    rows.push(
      [
        seed,
        ok,
        ((world.now - t0) / 1e6).toFixed(2),
        (seeder.sentBytes / 700123).toFixed(3),
        leecher.sentBytes,
        leecher.endpoint.counters.duplicateBytes,
        JSON.stringify([...leecher.endpoint.counters.faults]),
      ].join(' '),
    );
    expect(ok).toBe(true);
    expect(Buffer.compare(leecher.bytesOf(published)!, published.bytes)).toBe(0);
  }
  console.log(loss + '\n' + rows.join('\n'));
});
it('chain: seeder, appliance, two subscribers', async () => {
  for (let seed = 1; seed <= 5; seed++) {
    const world = new World({
      seed,
      link: { loss: 0.01, delay: constantDelay(20000), bytesPerSecond: 1.25e6, queueBytes: 100000 },
    });
    const seeder = (await world.peer('10.0.0.1')).seed(published);
    const cache = await world.peer('10.0.0.9', {
      config: {
        opensUnknown: true,
        fetchesFromCallers: false,
        servesCalled: false,
        admit: (a) => (a.ip === '10.0.0.1' ? 'refuse' : 'serve'),
      },
    });
    world.onNotice = (peer, notice) => {
      if (peer === cache && notice.type === 'peers-wanted')
        cache.input({ kind: 'peers', swarmId, peers: [{ address: seeder.address, priority: 1 }] });
    };
    const t0 = world.now;
    const one = (await world.peer('10.0.0.2')).fetch(published.metadata, [{ address: cache.address, priority: 1 }]);
    expect(world.run(() => one.complete(swarmId), 60)).toBe(true);
    const t1 = world.now;
    const fetched = cache.endpoint.counters.fetchedBytes;
    const two = (await world.peer('10.0.0.3')).fetch(published.metadata, [{ address: cache.address, priority: 1 }]);
    expect(world.run(() => two.complete(swarmId), 60)).toBe(true);
    console.log(
      (t1 - t0) / 1e6,
      (world.now - t1) / 1e6,
      fetched,
      cache.endpoint.counters,
      cache.notices.map((n) => n.type).join(),
    );
    expect(Buffer.compare(two.bytesOf(published)!, published.bytes)).toBe(0);
    expect(fetched).toBe(700_123);
    expect(cache.endpoint.counters.fetchedBytes).toBe(fetched);
  }
});

import type { EndpointConfig } from '@weir/ppspp';
import { generated, publish, type Published } from './content';
import { cutTree, swappedChunks, tooMany, wrongChunks, wrongHashes, wrongPeaks, type Liar } from './liars';
import type { Peer } from './peer';
import { anyLink, eachSeed, expectThat } from './seeds';
import { World } from './world';

const settings = { hash: 'sha256', addressing: 'chunk32', chunkSize: 1024 } as const;
const content = publish(generated('liars', 300_123), settings);
const { swarmId } = content.metadata;
const liarIp = '10.9.0.66';

interface Scene {
  readonly world: World;
  readonly liar: Peer;
  readonly honest: readonly Peer[];
}

async function scene(seed: number, lie: Liar, honest: number): Promise<Scene> {
  const world = new World({ seed, link: { ...anyLink(seed), loss: seed % 2 === 0 ? 0 : 0.03 } });
  const liar = (await world.peer(liarIp, { corrupt: lie })).seed(content);
  const others = await Promise.all(
    Array.from({ length: honest }, (_, host) => world.peer(`10.9.0.${String(host + 1)}`)),
  );
  others.forEach((peer) => peer.seed(content));
  return { world, liar, honest: others };
}

function bannedBy(peer: Peer): Set<string> {
  return new Set(peer.notices.flatMap((notice) => (notice.type === 'peer-lied' ? [notice.address.ip] : [])));
}

function expectWhole(peer: Peer, published: Published): void {
  expectThat(Buffer.compare(peer.bytesOf(published) ?? new Uint8Array(), published.bytes) === 0, 'bytes are the same');
}

/** `harmless`: a lie that need not be found out, since nothing rests on it. */
const lies: readonly { name: string; lie: () => Liar; harmless: boolean }[] = [
  { name: 'each chunk is wrong', lie: () => wrongChunks(content, 1), harmless: false },
  { name: 'each fifth chunk is wrong', lie: () => wrongChunks(content, 5), harmless: false },
  { name: 'each fortieth chunk is wrong', lie: () => wrongChunks(content, 40), harmless: false },
  { name: 'chunks are swapped', lie: () => swappedChunks(content), harmless: false },
  { name: 'each hash is wrong', lie: () => wrongHashes(content, 1), harmless: false },
  { name: 'each tenth hash is wrong', lie: () => wrongHashes(content, 10), harmless: true },
  { name: 'the peaks are wrong', lie: () => wrongPeaks(content), harmless: true },
  { name: 'the tree is cut short', lie: () => cutTree(content), harmless: true },
  { name: 'the content is too long', lie: () => tooMany(content), harmless: true },
];

describe.each(lies)('$name', ({ lie, harmless }) => {
  it.each([1, 2])('beside honest peers, %i of them, that does not matter', async (count) => {
    await eachSeed(6, async (seed) => {
      const { world, liar, honest } = await scene(seed, lie(), count);
      const leecher = await world.peer('10.2.0.1');
      const priority = 1;
      leecher.fetch(
        content.metadata,
        [liar, ...honest].map(({ address }) => ({ address, priority })),
      );
      expectThat(
        world.run(() => leecher.complete(swarmId), 120),
        'complete within two minutes',
      );
      expectWhole(leecher, content);
      const banned = bannedBy(leecher);
      const { receivedFromLiar } = { receivedFromLiar: leecher.endpoint.counters.faults.get('data-wrong') ?? 0 };
      expectThat(harmless || receivedFromLiar === 0 || banned.has(liarIp), 'the liar is banned');
      honest.forEach(({ address }) => expectThat(!banned.has(address.ip), 'the honest are not'));
    });
  });

  it('first and alone, it is left as soon as an honest one comes', async () => {
    await eachSeed(4, async (seed) => {
      const { world, liar, honest } = await scene(seed, lie(), 1);
      const leecher = await world.peer('10.2.0.1');
      leecher.fetch(content.metadata, [{ address: liar.address, priority: 1 }]);
      world.run(() => false, 10);
      leecher.input({ kind: 'peers', swarmId, peers: honest.map(({ address }) => ({ address, priority: 1 })) });
      expectThat(
        world.run(() => leecher.complete(swarmId), 60),
        'complete within a minute',
      );
      expectWhole(leecher, content);
    });
  });
});

it.each([lies[0], lies[1], lies[4], lies[8]])('a cache does not pass a lie on', async (one) => {
  await eachSeed(4, async (seed) => {
    const { world, liar, honest } = await scene(seed, one?.lie() ?? ((bytes) => bytes), 1);
    const config: Partial<EndpointConfig> = { opensUnknown: true, fetchesFromCallers: false, servesCalled: false };
    const cache = await world.peer('10.1.0.1', { config });
    const peers = [liar, ...honest].map(({ address }) => ({ address, priority: 1 }));
    world.onNotice = (peer, { type }) => {
      if (peer === cache && type === 'peers-wanted') cache.input({ kind: 'peers', swarmId, peers });
    };
    const subscriber = await world.peer('10.2.0.1');
    subscriber.fetch(content.metadata, [{ address: cache.address, priority: 1 }]);
    expectThat(
      world.run(() => subscriber.complete(swarmId), 120),
      'complete within two minutes',
    );
    expectWhole(subscriber, content);
    expectThat(bannedBy(subscriber).size === 0, 'the subscriber trusts its cache');
  });
});

it.each([1, 5])(
  'when all of its peers lie in each %i. chunk, a cache stores and serves nothing wrong, leaves them all, and goes on with an honest one',
  async (every) => {
    await eachSeed(4, async (seed) => {
      const world = new World({ seed, link: anyLink(seed) });
      const config: Partial<EndpointConfig> = { opensUnknown: true, fetchesFromCallers: false, servesCalled: false };
      const cache = await world.peer('10.1.0.1', { config });
      const ips = ['10.9.0.66', '10.9.0.67', '10.9.0.68'];
      const liars = await Promise.all(ips.map((ip) => world.peer(ip, { corrupt: wrongChunks(content, every) })));
      for (const liar of liars) liar.seed(content);
      let named = liars;
      world.onNotice = (peer, { type }) => {
        const peers = named.map(({ address }) => ({ address, priority: 1 }));
        if (peer === cache && type === 'peers-wanted') cache.input({ kind: 'peers', swarmId, peers });
      };
      const subscriber = await world.peer('10.2.0.1');
      subscriber.fetch(content.metadata, [{ address: cache.address, priority: 1 }]);
      expectThat(
        world.run(() => bannedBy(cache).size === liars.length, 60),
        'all liars are banned within a minute',
      );
      expectThat(!cache.complete(swarmId) && !subscriber.complete(swarmId), 'nobody has it all');
      named = [(await world.peer('10.9.0.1')).seed(content)];
      expectThat(
        world.run(() => subscriber.complete(swarmId), 120),
        'complete within two minutes of an honest peer',
      );
      expectWhole(subscriber, content);
      expectThat([...bannedBy(cache)].sort().join() === ips.join(), 'the liars alone are banned');
      expectThat(bannedBy(subscriber).size === 0, 'the subscriber trusts its cache');
    });
  },
);

it('a banned peer is not called again, nor answered, for ten minutes', async () => {
  const { world, liar, honest } = await scene(2, wrongChunks(content, 1), 0);
  const leecher = await world.peer('10.2.0.1');
  leecher.fetch(
    content.metadata,
    [liar, ...honest].map(({ address }) => ({ address, priority: 1 })),
  );
  expect(world.run(() => bannedBy(leecher).has(liarIp), 20)).toBe(true);
  const before = leecher.sentTo.get(liarIp);
  liar.fetch(content.metadata, []);
  liar.input({ kind: 'peers', swarmId, peers: [{ address: leecher.address, priority: 1 }] });
  leecher.input({ kind: 'peers', swarmId, peers: [{ address: liar.address, priority: 1 }] });
  world.run(() => false, 300);
  // The closing handshake may have been under way.
  expect((leecher.sentTo.get(liarIp) ?? 0) - (before ?? 0)).toBeLessThan(50);
  world.run(() => false, 320);
  leecher.input({ kind: 'peers', swarmId, peers: [{ address: liar.address, priority: 1 }] });
  world.run(() => false, 5);
  expect((leecher.sentTo.get(liarIp) ?? 0) - (before ?? 0)).toBeGreaterThan(50);
});

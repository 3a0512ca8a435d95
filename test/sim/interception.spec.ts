import { constantDelay, SimulatedLink } from '@weir/datagram';
import { limits, type Address, type EndpointConfig } from '@weir/ppspp';
import { generated, publish, type Published } from './content';
import { Dice } from './dice';
import { Middlebox, type Line } from './middlebox';
import type { Peer, PeerOptions } from './peer';
import { anyLink, eachSeed, expectThat } from './seeds';
import { World } from './world';

const settings = { hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 } as const;
const film = publish(generated('film', 200_123), settings);
const song = publish(generated('song', 70_000), settings);
const applianceIp = '10.1.0.1';
const perfect: Line = { delay: 2_000, loss: 0 };
/** In which a peer that was cut off goes on with its origin, and fetches what it lacked. */
const recoverySeconds = 15;

/** Subscribers in 10.2.0.0/16 who know peers far away, in 10.9.0.0/16, and an appliance on the way that they know nothing of. */
class Scene {
  readonly world: World;
  readonly middlebox: Middlebox;
  readonly dice: Dice;
  appliance: Peer | undefined;
  private hosts = 0;

  constructor(seed: number, line = perfect, outside?: Parameters<SimulatedLink['change']>[0]) {
    const links = new Map<string, SimulatedLink>();
    this.dice = new Dice(seed);
    this.world = new World({
      seed,
      route: (from, to) => {
        const key = `${from.ip} ${to.ip}`;
        const link = links.get(key) ?? new SimulatedLink(outside ?? { ...anyLink(seed), duplication: 0 });
        links.set(key, link);
        return link;
      },
    });
    this.middlebox = new Middlebox(this.world, this.dice, line);
  }

  /** The appliance comes, with what an earlier run stored. */
  async stand(options: PeerOptions = {}, more: Partial<EndpointConfig> = {}): Promise<Peer> {
    const config: Partial<EndpointConfig> = {
      opensUnknown: true,
      fetchesFromCallers: false,
      servesCalled: false,
      admit: ({ ip }) => (ip.startsWith('10.2.') ? 'serve' : 'refuse'),
      isExternal: ({ ip }) => ip.startsWith('10.9.'),
      ...more,
    };
    const { peer, started } = this.world.arrive(applianceIp, { ...options, config, crossing: this.middlebox });
    this.appliance = peer;
    this.middlebox.begin(peer);
    await started;
    return peer;
  }

  async origin(host: number, ...contents: readonly Published[]): Promise<Peer> {
    const peer = await this.world.peer(`10.9.0.${String(host)}`);
    for (const content of contents) peer.seed(content);
    return peer;
  }

  async subscriber(): Promise<Peer> {
    return this.world.peer(`10.2.0.${String(++this.hosts)}`, { behind: (port) => this.middlebox.behind(port) });
  }

  /** Runs until all have everything, and it is right. */
  finish(downloads: readonly (readonly [Peer, Published])[], seconds = 60): void {
    const isDone = (): boolean => downloads.every(([peer, { metadata }]) => peer.complete(metadata.swarmId));
    const left = (): string =>
      downloads
        .filter(([peer, { metadata }]) => !peer.complete(metadata.swarmId))
        .map(([peer]) => `${peer.address.ip} ${JSON.stringify([...peer.endpoint.counters.faults])}`)
        .join('; ');
    expectThat(this.world.run(isDone, seconds), `all have everything: ${left()}`);
    for (const [peer, content] of downloads) {
      const bytes = peer.bytesOf(content) ?? new Uint8Array();
      expectThat(Buffer.compare(bytes, content.bytes) === 0, 'what they have is right');
    }
  }
}

function from(...peers: readonly { readonly address: Address }[]) {
  return peers.map(({ address }) => ({ address, priority: 1 }));
}

it('serves a subscriber that knows nobody but a peer far away, and fetches from that peer what it serves, once', async () => {
  await eachSeed(20, async (seed) => {
    const scene = new Scene(seed);
    const origin = await scene.origin(1, film);
    const appliance = await scene.stand();
    const first = (await scene.subscriber()).fetch(film.metadata, from(origin));
    scene.finish([[first, film]], 120);
    const second = (await scene.subscriber()).fetch(film.metadata, from(origin));
    scene.finish([[second, film]], 20);
    const { servedBytes, fetchedBytes } = appliance.endpoint.counters;
    const isLossless = scene.middlebox.passed.content === 0;
    if (isLossless) expectThat(servedBytes === 2 * film.bytes.length, 'both are served by the appliance');
    expectThat(fetchedBytes <= film.bytes.length, 'all is fetched once');
  });
});

it('serves several channels of one subscriber, to different origins, in the same swarm and in others', async () => {
  await eachSeed(10, async (seed) => {
    const scene = new Scene(seed, { delay: 2_000, loss: 0.01 }, { delay: constantDelay(20_000) });
    const origins = [await scene.origin(1, film, song), await scene.origin(2, film), await scene.origin(3, song)];
    const appliance = await scene.stand();
    const subscriber = await scene.subscriber();
    subscriber.fetch(film.metadata, from(...origins.slice(0, 2)));
    const song3 = origins.filter((_, at) => at !== 1);
    subscriber.fetch(song.metadata, from(...song3));
    scene.finish([
      [subscriber, film],
      [subscriber, song],
    ]);
    expectThat(appliance.endpoint.counters.fetchedBytes <= film.bytes.length + song.bytes.length, 'all once');
    expectThat(appliance.endpoint.counters.answeredHandshakes >= 2, 'served in both swarms');
  });
});

it('leaves what it does not serve to the origins, which hear the first attempt', async () => {
  await eachSeed(10, async (seed) => {
    const scene = new Scene(seed, perfect, { delay: constantDelay(20_000) });
    const origin = await scene.origin(1, film, song);
    const appliance = await scene.stand({}, { admitsSwarm: (swarmId) => swarmId === film.metadata.swarmId });
    const subscriber = (await scene.subscriber()).fetch(song.metadata, from(origin));
    const isOpen = (): boolean => [...subscriber.endpoint.channels.all()].some(({ established }) => established);
    expectThat(scene.world.run(isOpen, 0.1), 'the channel is open as soon as if nobody were there');
    scene.finish([[subscriber, song]]);
    expectThat(appliance.endpoint.counters.servedBytes === 0, 'the appliance serves nothing');
    expectThat(scene.middlebox.passed.content === 1 && scene.middlebox.passed.other === 0, 'one flow is passed');
    const other = (await scene.subscriber()).fetch(film.metadata, from(origin));
    scene.finish([[other, film]]);
    expectThat(appliance.endpoint.counters.servedBytes === film.bytes.length, 'what is allowed is served');
  });
});

it('passes channels of a swarm that it does not serve beside one that it does, between the same two addresses', async () => {
  await eachSeed(10, async (seed) => {
    const scene = new Scene(seed, { delay: 2_000, loss: seed % 2 === 0 ? 0 : 0.02 }, { delay: constantDelay(20_000) });
    const origin = await scene.origin(1, film, song);
    const appliance = await scene.stand({}, { admitsSwarm: (swarmId) => swarmId === film.metadata.swarmId });
    const subscriber = (await scene.subscriber()).fetch(film.metadata, from(origin));
    const isOpen = (): boolean => [...subscriber.endpoint.channels.all()].some(({ established }) => established);
    scene.world.run(isOpen, 10);
    subscriber.fetch(song.metadata, from(origin));
    scene.finish([
      [subscriber, film],
      [subscriber, song],
    ]);
    if (seed % 2 === 0) expectThat(appliance.endpoint.counters.servedBytes === film.bytes.length, 'serves the film');
    expectThat(scene.middlebox.passed.shared > 3, 'what is said of the song goes on, one datagram at a time');
  });
});

it('does not answer for origins of whom nobody is there, and serves from those who are', async () => {
  await eachSeed(10, async (seed) => {
    const scene = new Scene(seed, perfect, { delay: constantDelay(20_000) });
    const gone = { address: { ip: '10.9.0.77', port: 6_778 } };
    const appliance = await scene.stand();
    const lonely = (await scene.subscriber()).fetch(film.metadata, from(gone));
    scene.world.run(() => false, 5);
    expectThat(lonely.heardFrom.size === 0, 'nobody answers for who is not there');
    expectThat(appliance.endpoint.counters.answeredHandshakes === 0, 'nothing is answered');
    const origin = await scene.origin(1, film);
    const lucky = (await scene.subscriber()).fetch(film.metadata, from(gone, origin));
    scene.finish([[lucky, film]]);
    expectThat(appliance.endpoint.counters.servedBytes > 0, 'the appliance serves');
  });
});

it('sends subscribers to another origin when the one that it fetched from vanishes', async () => {
  await eachSeed(10, async (seed) => {
    const scene = new Scene(seed, perfect, { delay: constantDelay(20_000), bytesPerSecond: 40_000 });
    const fickle = await scene.origin(1, film);
    const appliance = await scene.stand();
    const subscriber = (await scene.subscriber()).fetch(film.metadata, from(fickle));
    scene.world.run(() => appliance.endpoint.counters.fetchedBytes > 20_000, 20);
    fickle.kill();
    const origin = await scene.origin(2, film);
    subscriber.input({ kind: 'peers', swarmId: film.metadata.swarmId, peers: from(origin) });
    scene.finish([[subscriber, film]], 90);
  });
});

it('lets subscribers go to an origin that serves them and not us, though somebody outside answers who has nothing', async () => {
  await eachSeed(10, async (seed) => {
    const scene = new Scene(seed, perfect, { delay: constantDelay(20_000) });
    const admit: EndpointConfig['admit'] = ({ ip }) => (ip.startsWith('10.2.') ? 'serve' : 'refuse');
    const origin = (await scene.world.peer('10.9.0.1', { config: { admit } })).seed(film);
    const useless = (await scene.origin(2)).fetch(film.metadata, []);
    scene.world.onNotice = (peer, { type }) => {
      if (peer.address.ip !== applianceIp || type !== 'peers-wanted') return;
      peer.input({ kind: 'peers', swarmId: film.metadata.swarmId, peers: from(useless) });
    };
    const appliance = await scene.stand();
    const subscriber = (await scene.subscriber()).fetch(film.metadata, from(origin));
    scene.finish([[subscriber, film]], recoverySeconds);
    expectThat(appliance.endpoint.counters.answeredHandshakes === 1, 'it is answered once');
    expectThat(scene.middlebox.passed.content > 0, 'and then goes its way');
  });
});

it('is missed by nobody for long when it stops, dies, or comes back', async () => {
  await eachSeed(30, async (seed) => {
    const scene = new Scene(
      seed,
      { delay: 2_000, loss: 0.01 },
      { delay: constantDelay(20_000), bytesPerSecond: 60_000 },
    );
    const origin = await scene.origin(1, film);
    const appliance = await scene.stand();
    const audience = [await scene.subscriber(), await scene.subscriber()];
    for (const subscriber of audience) subscriber.fetch(film.metadata, from(origin));
    scene.world.run(() => appliance.endpoint.counters.fetchedBytes > scene.dice.between(1, 120_000), 30);
    if (seed % 3 === 0) scene.middlebox.stop(scene.dice.between(100_000, 8_000_000));
    else {
      appliance.kill();
      scene.middlebox.end();
      if (seed % 3 === 1) {
        scene.world.run(() => false, scene.dice.between(0, 5));
        await scene.stand({ store: appliance.store });
      }
    }
    scene.finish(
      audience.map((subscriber) => [subscriber, film] as const),
      recoverySeconds,
    );
  });
});

it('leaves all to their origins while it is overloaded, and serves again when it is not', async () => {
  await eachSeed(5, async (seed) => {
    const scene = new Scene(seed, perfect, { delay: constantDelay(20_000) });
    const origin = await scene.origin(1, film);
    const appliance = await scene.stand();
    appliance.input({ kind: 'overload', overloaded: true });
    const early = (await scene.subscriber()).fetch(film.metadata, from(origin));
    scene.finish([[early, film]]);
    expectThat(appliance.endpoint.counters.servedBytes === 0, 'nothing is served');
    appliance.input({ kind: 'overload', overloaded: false });
    const late = (await scene.subscriber()).fetch(film.metadata, from(origin));
    scene.finish([[late, film]]);
    expectThat(appliance.endpoint.counters.servedBytes === film.bytes.length, 'all is served');
  });
});

it('gives a HANDSHAKE back in time for its peer to notice nothing of it but half a second', async () => {
  const scene = new Scene(1, perfect, { delay: constantDelay(300_000) });
  const origin = await scene.origin(1, film);
  const appliance = await scene.stand();
  const subscriber = (await scene.subscriber()).fetch(film.metadata, from(origin));
  const isOpen = (): boolean => [...subscriber.endpoint.channels.all()].some(({ established }) => established);
  const begun = scene.world.now;
  expect(scene.world.run(isOpen, 5)).toBe(true);
  // The origin is too far away to answer in time, and is asked all the same.
  expect(scene.world.now - begun).toBeLessThan(limits.proof + 600_000 + 10_000);
  expect(appliance.endpoint.counters.passedHandshakes.get('unconfirmed')).toBe(1);
  scene.finish([[subscriber, film]]);
});

import { constantDelay, SimulatedLink } from '@weir/datagram';
import {
  chunkAddressings,
  hashFunctions,
  second,
  type Address,
  type Candidate,
  type EndpointConfig,
} from '@weir/ppspp';
import { ForeignSeeder, libppspSeeder, libswiftSeeder } from '../interop/foreign-seeder';
import { checkBounds } from './bounds';
import { generated, publish, type Published } from './content';
import { Dice } from './dice';
import { cutTree, noise, swappedChunks, tooMany, wrongChunks, wrongHashes, wrongPeaks, type Liar } from './liars';
import type { Peer } from './peer';
import { anyLink } from './seeds';
import { SimulatedStore } from './store';
import { World } from './world';

const applianceIp = '10.1.0.1';
/** How long faults go on; after it all that remains has to come to a good end. */
const faultsEnd = 20 * second;
/** Steps between two looks at everybody's tables. */
const looksEvery = 64;

const contents = new Map<string, Published>();

/** A content of a size at which something might go wrong. */
function contentOf(dice: Dice): Published {
  const isForeign = dice.chance(0.2);
  const size = dice.one(1, 700, 1_024, 1_025, 4_096, 65_535, 65_536, 65_537, 131_072, 150_001, 262_144, 300_123);
  // What peers in the field speak, now and then.
  const chunkSize = isForeign ? 1_024 : dice.one(512, 1_000, 1_024, 1_024, 2_048);
  const hash = isForeign ? 'sha1' : dice.one('sha256', ...hashFunctions);
  const addressing = isForeign ? 'chunk32' : dice.one('chunk32', ...chunkAddressings);
  const key = `${String(size)} ${String(chunkSize)} ${hash} ${addressing}`;
  const made = contents.get(key) ?? publish(generated('play', size), { hash, addressing, chunkSize });
  contents.set(key, made);
  return made;
}

/**
 * A whole swarm as a seed makes it: a cache between subscribers and peers outside, of whom some are slow, lie or vanish, on
 * links that lose, with a store that refuses, forgets and rots, and clocks that jump.
 */
export class Play {
  readonly world: World;
  readonly content: Published;
  /** Honest leechers that are to have everything in the end. */
  readonly audience: Peer[] = [];
  private readonly dice: Dice;
  private readonly outside: Peer[] = [];
  private readonly foreign: Address[] = [];
  private readonly links = new Map<string, SimulatedLink>();
  private appliance: Peer | undefined;
  private steps = 0;

  constructor(private readonly seed: number) {
    this.dice = new Dice(seed);
    this.content = contentOf(this.dice);
    this.world = new World({ seed, route: (from, to) => this.linkFor(from, to) });
    this.world.onStep = () => this.look();
    this.world.onNotice = (peer, notice) => {
      if (notice.type === 'peers-wanted') this.world.after(50_000, () => this.name(peer, notice.swarmId));
    };
  }

  /** Everybody comes, at once or later. */
  async begin(): Promise<this> {
    const { dice } = this;
    await this.comeOutside();
    this.openCache();
    for (let host = 1; host <= dice.between(1, 3); host++) {
      const subscriber = await this.world.peer(`10.2.0.${String(host)}`, { config: this.manners() });
      this.audience.push(subscriber);
      this.world.after(dice.between(0, 5 * second), () => subscriber.fetch(this.content.metadata, this.inside()));
    }
    if (dice.chance(0.3)) await this.comeNoisily();
    this.breakThings();
    return this;
  }

  /** A subscriber of whom hardly a datagram is sound. */
  private async comeNoisily(): Promise<void> {
    const noisy = await this.world.peer('10.2.9.1', { corrupt: noise(new Dice(this.seed + 1)) });
    noisy.fetch(this.content.metadata, this.inside());
  }

  /** True if all of the audience have everything, and it is right. */
  end(): boolean {
    const { swarmId } = this.content.metadata;
    this.world.run(() => false, faultsEnd / second);
    this.world.run(() => this.audience.every((peer) => peer.complete(swarmId)), 280);
    return this.audience.every((peer) => {
      const bytes = peer.bytesOf(this.content);
      return bytes !== undefined && Buffer.compare(bytes, this.content.bytes) === 0;
    });
  }

  /** What there is to say of a play that did not end well. */
  get review(): string {
    const { record, metadata } = { record: this.content.content.record, metadata: this.content.metadata };
    const of = (peer: Peer): string =>
      `${peer.address.ip}: ${String(peer.endpoint.counters.fetchedBytes)} ${JSON.stringify([...peer.endpoint.counters.faults])}`;
    const all = this.world.peers.map((peer) => of(peer)).join('; ');
    return `${String(record.contentBytes)} bytes, ${JSON.stringify(metadata)}: ${all}`;
  }

  private async comeOutside(): Promise<void> {
    const { dice, world, content } = this;
    for (let host = 1; host <= dice.between(1, 3); host++)
      this.outside.push((await world.peer(`10.9.0.${String(host)}`, { config: this.manners() })).seed(content));
    if (dice.chance(0.2)) {
      const noisy = await world.peer('10.9.4.1', { corrupt: noise(new Dice(this.seed + 2)) });
      this.outside.push(noisy.seed(content));
    }
    for (let host = 1; host <= dice.between(0, 2); host++) {
      const liar = await world.peer(`10.9.1.${String(host)}`, { corrupt: this.lie() });
      this.outside.push(liar.seed(content));
    }
    for (let host = 1; host <= dice.between(0, 2); host++) {
      const fickle = (await world.peer(`10.9.2.${String(host)}`)).seed(content);
      this.outside.push(fickle);
      world.after(dice.between(0, 10 * second), () => fickle.kill());
    }
    if (dice.chance(0.3)) this.outside.push(await this.partial());
    await this.comeFromElsewhere();
  }

  /** A seeder of another make, where it speaks the content's dialect. */
  private async comeFromElsewhere(): Promise<void> {
    const { content, world, dice } = this;
    const { hash, addressing, chunkSize } = content.metadata;
    if (hash !== 'sha1' || addressing !== 'chunk32' || chunkSize !== 1_024) return;
    const address = { ip: '10.9.5.1', port: 6778 };
    const habits = dice.one(libswiftSeeder, libppspSeeder);
    await new ForeignSeeder(world, address, { habits, contents: [content] }).open();
    this.foreign.push(address);
  }

  /** How many a peer serves at a time, and whether it talks of others. */
  private manners(): Partial<EndpointConfig> {
    const { dice } = this;
    const exchange = { benign: () => true, certified: false, names: () => true, own: () => false };
    return { uploadSlots: dice.one(1, 2, 8_192, 8_192), ...(dice.chance(0.3) ? { exchange } : {}) };
  }

  /** A peer that has some extents and fetches no more. */
  private async partial(): Promise<Peer> {
    const { content } = this;
    const store = new SimulatedStore();
    for (const extent of content.extents)
      if (this.dice.chance(0.5)) store.keep(content.content.record, extent, content.content.blocks);
    const peer = await this.world.peer('10.9.3.1', { store });
    return peer.fetch(content.metadata, [], 'none');
  }

  private lie(): Liar {
    const { dice, content } = this;
    const count = content.content.record.chunkCount;
    if (count < 2) return wrongChunks(content, 1);
    return dice.one<() => Liar>(
      () => wrongChunks(content, dice.one(1, 3, 20)),
      () => swappedChunks(content),
      () => wrongHashes(content, dice.one(1, 10)),
      () => wrongPeaks(content),
      () => cutTree(content),
      () => tooMany(content),
    )();
  }

  private openCache(store = this.cacheStore()): void {
    const { dice } = this;
    if (this.appliance === undefined && this.seed % 4 === 3) return;
    const config: Partial<EndpointConfig> = {
      opensUnknown: true,
      fetchesFromCallers: false,
      servesCalled: false,
      admit: ({ ip }) => (ip.startsWith('10.2.') ? 'serve' : 'refuse'),
      cacheBytes: dice.one(0, 100_000, 64 * 2 ** 20),
      backgroundBytesMax: dice.one(0, 2 ** 33),
    };
    this.appliance = this.world.arrive(applianceIp, { store, config }).peer;
  }

  private cacheStore(): SimulatedStore {
    const store = new SimulatedStore();
    store.capacity = this.dice.one(1, 3, Number.POSITIVE_INFINITY);
    store.delay = this.dice.one(100, 2_000, 50_000);
    return store;
  }

  /** Whom a subscriber knows: the cache; without one, everybody. */
  private inside(): Candidate[] {
    const { appliance } = this;
    const known = appliance === undefined ? [...this.outside, ...this.audience] : [appliance];
    const alive = known.filter((peer) => peer.alive).map(({ address }) => address);
    return [...alive, ...(appliance === undefined ? this.foreign : [])].map((address) => ({ address, priority: 1 }));
  }

  /** What a tracker answers. */
  private name(peer: Peer, swarmId: string): void {
    const isInside = peer.address.ip.startsWith('10.2.');
    const peers = isInside ? this.inside() : this.abroad();
    peer.input({ kind: 'peers', swarmId, peers: peers.filter(({ address }) => address.ip !== peer.address.ip) });
  }

  private abroad(): Candidate[] {
    return [...this.outside.map(({ address }) => address), ...this.foreign].map((address) => ({
      address,
      priority: 1,
    }));
  }

  private breakThings(): void {
    const { dice, world } = this;
    const faults = dice.between(0, 6);
    for (let fault = 0; fault < faults; fault++) {
      const act = dice.one(
        () => this.breakStore(),
        () => this.cutOff(),
        () => this.anyone().freeze(dice.between(0, 3 * second)),
        () => this.setClock(),
        () => this.restartCache(),
      );
      world.after(dice.between(0, faultsEnd - 8 * second), act);
    }
  }

  private anyone(): Peer {
    const [first, ...others] = this.world.peers.filter(({ alive }) => alive);
    return first === undefined ? (this.world.peers[0] ?? this.never()) : this.dice.one(first, ...others);
  }

  private never(): never {
    throw new RangeError('a world has a peer');
  }

  private breakStore(): void {
    const { dice, world, content, appliance } = this;
    if (appliance === undefined) return;
    if (dice.chance(0.5)) {
      appliance.store.refuses = true;
      world.after(dice.between(0, 5 * second), () => (appliance.store.refuses = false));
      return;
    }
    const { swarmId } = content.metadata;
    const index = dice.between(0, content.extents.length - 1);
    appliance.store.erase({ swarmId, index });
    appliance.input({ kind: 'extent-evicted', swarmId, extent: index });
  }

  private cutOff(): void {
    const link = [...this.links.values()][this.dice.between(0, Math.max(0, this.links.size - 1))];
    link?.change({ loss: 1 });
    this.world.after(this.dice.between(0, 8 * second), () => link?.change({ loss: 0.01 }));
  }

  private setClock(): void {
    const peer = this.anyone();
    peer.wallOffset += BigInt(this.dice.between(-3_600, 3_600)) * 1_000_000n;
  }

  private restartCache(): void {
    const { appliance } = this;
    if (appliance?.alive !== true) return;
    appliance.kill();
    const { store } = appliance;
    const { swarmId } = this.content.metadata;
    // Bits that rot while the process runs are found by the next one: what is stored is checked once in each run.
    for (const { index } of this.content.extents) if (this.dice.chance(0.2)) store.corrupt(swarmId, index, 0);
    this.openCache(store);
  }

  private linkFor(from: Address, to: Address): SimulatedLink {
    const key = `${from.ip} ${to.ip}`;
    const known = this.links.get(key);
    if (known !== undefined) return known;
    const isTransit = from.ip.startsWith('10.9.') || to.ip.startsWith('10.9.');
    const outside = anyLink(this.seed * 31 + this.links.size);
    // One of three peers outside is slow: it needs a minute for what the others need a second.
    const slow = Number(from.ip.at(-1)) % 3 === 0 ? { bytesPerSecond: 8_000 } : {};
    const made = new SimulatedLink(isTransit ? { ...outside, ...slow } : { delay: constantDelay(2_000) });
    this.links.set(key, made);
    return made;
  }

  private look(): void {
    if (++this.steps % looksEvery === 0) for (const peer of this.world.peers) checkBounds(peer);
  }
}

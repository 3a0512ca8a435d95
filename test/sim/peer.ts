import { seededRandom, type DatagramPort } from '@weir/datagram';
import {
  digest,
  Endpoint,
  endpointDefaults,
  subtreeOf,
  type Address,
  type Candidate,
  type Effect,
  type EndpointConfig,
  type Extent,
  type Input,
  type Notice,
  type SwarmMetadata,
  type Want,
} from '@weir/ppspp';
import type { Published } from './content';
import type { World } from './world';

/** A store in memory that takes time, forgets on order, and breaks on order. */
export class SimulatedStore {
  readonly extents = new Map<string, Extent>();
  /** Extents it keeps per swarm; the oldest leave. */
  capacity = Number.POSITIVE_INFINITY;
  delay = 100;

  keep(swarmId: string, extent: Extent): string[] {
    this.extents.set(keyOf(swarmId, extent.index), { ...extent, bytes: extent.bytes.slice() });
    const surplus = [...this.extents.keys()].slice(0, Math.max(0, this.extents.size - this.capacity));
    surplus.forEach((key) => this.extents.delete(key));
    return surplus;
  }

  find(swarmId: string, index: number): Extent | undefined {
    return this.extents.get(keyOf(swarmId, index));
  }
}

function keyOf(swarmId: string, index: number): string {
  return `${swarmId}/${String(index)}`;
}

/** What a simulated peer is. */
export interface PeerOptions {
  readonly config?: Partial<EndpointConfig>;
  /** Changes datagrams on their way out: a peer that lies. */
  readonly corrupt?: (bytes: Uint8Array) => Uint8Array | undefined;
}

/** One Endpoint in the simulated world, with a store. */
export class Peer {
  readonly endpoint: Endpoint;
  readonly store = new SimulatedStore();
  readonly notices: Notice[] = [];
  readonly port: DatagramPort;
  sentBytes = 0;
  sentTo = new Map<string, number>();
  alive = true;

  constructor(
    readonly world: World,
    readonly address: Address,
    private readonly options: PeerOptions,
    seed: number,
  ) {
    const random = seededRandom(seed);
    this.endpoint = new Endpoint({
      random: () => Math.floor(random() * 2 ** 32),
      wireOffset: 1_700_000_000_000_000n + BigInt(Math.floor(random() * 1e9)),
      admit: () => 'serve',
      portFor: () => 0,
      opensUnknown: false,
      fetchesFromCallers: true,
      servesCalled: true,
      ...endpointDefaults,
      ...options.config,
    });
    this.port = world.network.attach(address);
  }

  async start(): Promise<void> {
    await this.port.open(
      (batch) => {
        for (const { from, bytes } of batch)
          this.endpoint.handle({ kind: 'datagram', from, port: 0, bytes }, this.world.now);
        this.turn();
      },
      () => undefined,
    );
  }

  /** Serves a content it has. */
  seed({ metadata, content, extents }: Published): this {
    for (const extent of extents) this.store.keep(metadata.swarmId, extent);
    return this.input({ kind: 'join', join: { metadata, want: 'none', content, trusted: true } });
  }

  /** Fetches a content from peers. */
  fetch(metadata: SwarmMetadata, peers: readonly Candidate[], want: Want = 'all'): this {
    this.input({ kind: 'join', join: { metadata, want, content: undefined, trusted: false } });
    return this.input({ kind: 'peers', swarmId: metadata.swarmId, peers });
  }

  input(input: Input): this {
    if (!this.alive) return this;
    this.endpoint.handle(input, this.world.now);
    this.turn();
    return this;
  }

  /** Vanishes without a word. */
  kill(): void {
    this.alive = false;
    void this.port.close();
  }

  turn(): void {
    if (!this.alive) return;
    for (const effect of this.endpoint.drain(this.world.now)) this.act(effect);
  }

  complete(swarmId: string): boolean {
    return this.notices.some((notice) => notice.type === 'swarm-complete' && notice.swarmId === swarmId);
  }

  /** What the store has of a content, if that is all of it. */
  bytesOf({ metadata, content }: Published): Uint8Array | undefined {
    const parts = content.extents.map((index) => this.store.find(metadata.swarmId, index)?.bytes);
    if (parts.includes(undefined)) return undefined;
    return Buffer.concat(parts.filter((part) => part !== undefined));
  }

  private act(effect: Effect): void {
    const { world, store } = this;
    switch (effect.kind) {
      case 'send': {
        const bytes = this.options.corrupt === undefined ? effect.bytes : this.options.corrupt(effect.bytes);
        if (bytes === undefined) return;
        this.sentBytes += bytes.length;
        this.sentTo.set(effect.to.ip, (this.sentTo.get(effect.to.ip) ?? 0) + bytes.length);
        this.port.send([{ to: effect.to, bytes }]);
        return;
      }
      case 'open':
        return world.after(
          store.delay,
          () => void this.input({ kind: 'swarm-opened', swarmId: effect.swarmId, content: undefined }),
        );
      case 'read': {
        const { swarmId, extent } = effect;
        return world.after(
          store.delay,
          () => void this.input({ kind: 'extent-read', swarmId, extent, read: store.find(swarmId, extent) }),
        );
      }
      case 'write': {
        const { extent, record } = effect;
        const { swarmId } = record.metadata;
        world.wrote(this, swarmId, extent);
        return world.after(store.delay, () => {
          if (!this.alive) return;
          const evicted = store.keep(swarmId, extent);
          this.input({ kind: 'extent-written', swarmId, extent: extent.index, stored: true });
          for (const key of evicted)
            this.input({ kind: 'extent-evicted', swarmId: key.split('/')[0] ?? '', extent: Number(key.split('/')[1]) });
        });
      }
      case 'hash': {
        const { swarmId, token, hash, chunks } = effect;
        const leaves = chunks.map((chunk) => digest(hash, chunk));
        return world.after(store.delay, () => void this.input({ kind: 'chunks-hashed', swarmId, token, leaves }));
      }
      case 'check': {
        const { swarmId, extent, hash, bytes, chunkSize } = effect;
        const subtree = subtreeOf(hash, bytes, chunkSize);
        return world.after(store.delay, () => void this.input({ kind: 'extent-checked', swarmId, extent, subtree }));
      }
      case 'erase':
        store.extents.delete(keyOf(effect.swarmId, effect.extent));
        return;
      case 'notice':
        this.notices.push(effect.notice);
        world.noticed(this, effect.notice);
        return;
    }
  }
}

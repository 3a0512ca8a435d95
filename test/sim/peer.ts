import { seededRandom, type DatagramPort } from '@weir/datagram';
import {
  type Admission,
  digest,
  Endpoint,
  endpointDefaults,
  subtreeOf,
  type Address,
  type Candidate,
  type Effect,
  type EndpointConfig,
  type Extent,
  type Flow,
  type Input,
  type Notice,
  type SwarmId,
  type SwarmMetadata,
  type MembershipVerdict,
  type Want,
} from '@weir/ppspp';
import type { Published } from './content';
import { SimulatedStore } from './store';

type EffectOf<Kind extends Effect['kind']> = Extract<Effect, { kind: Kind }>;

/** Where datagrams come by that were meant for others. */
export interface Crossing {
  /** A datagram that was intercepted is given back. */
  pass(datagram: EffectOf<'not-ours'>['datagram'], flow: Flow): void;
  /** Sends to somebody inside, in the name of somebody else. */
  speak(from: Address, to: Address, bytes: Uint8Array): void;
}

/** What a simulated peer is. */
export interface PeerOptions {
  readonly config?: Partial<EndpointConfig>;
  /** Changes datagrams on their way out: a peer that lies. */
  readonly corrupt?: (bytes: Uint8Array) => Uint8Array | undefined;
  /** What an earlier run of the peer left. */
  readonly store?: SimulatedStore;
  /** What stands between it and the network. */
  readonly behind?: (port: DatagramPort) => DatagramPort;
  /** What it stands in the way of. */
  readonly crossing?: Crossing;
  /** What it makes of a membership certificate. */
  readonly judge?: (certificate: Uint8Array, swarmId: SwarmId) => MembershipVerdict;
}

/** The world as one peer sees it. */
export interface Surroundings {
  readonly now: number;
  /** Acts after a delay in microseconds. */
  after(delay: number, act: () => void): void;
  learned(published: Published): void;
  sends(peer: Peer, to: Address, bytes: Uint8Array): void;
  writes(peer: Peer, swarmId: SwarmId, extent: Extent): void;
  noticed(peer: Peer, notice: Notice): void;
}

/** What a peer is made of. */
export interface PeerInit {
  readonly world: Surroundings;
  readonly port: DatagramPort;
  readonly address: Address;
  readonly options: PeerOptions;
  readonly seed: number;
}

/** One Endpoint in the simulated world, with a store. */
export class Peer {
  readonly endpoint: Endpoint;
  readonly store: SimulatedStore;
  readonly notices: Notice[] = [];
  /** What subscribers came to. */
  readonly uses: EffectOf<'used'>[] = [];
  readonly address: Address;
  /** Bytes of datagrams, in all and by the receiver's IP address. */
  sentBytes = 0;
  readonly sentTo = new Map<string, number>();
  readonly heardFrom = new Map<string, number>();
  alive = true;
  /** System time less the world's, in microseconds: a clock may be set anew. */
  wallOffset: bigint;
  private frozenUntil = 0;
  private readonly backlog: Input[] = [];

  constructor(private readonly init: PeerInit) {
    const { address, options, seed } = init;
    const random = seededRandom(seed);
    this.address = address;
    this.store = options.store ?? new SimulatedStore();
    this.wallOffset = 1_700_000_000_000_000n + BigInt(Math.floor(random() * 1e9));
    const config = {
      random: () => Math.floor(random() * 2 ** 32),
      wireOffset: this.wallOffset,
      admit: (): Admission => 'serve',
      portFor: () => 0,
      opensUnknown: false,
      fetchesFromCallers: true,
      servesCalled: true,
      ...endpointDefaults,
      ...options.config,
    } satisfies EndpointConfig;
    this.endpoint = new Endpoint(Object.defineProperty(config, 'wireOffset', { get: () => this.wallOffset }));
  }

  async start(): Promise<void> {
    await this.init.port.open(
      (batch) => {
        for (const { from, bytes } of batch) {
          this.heardFrom.set(from.ip, (this.heardFrom.get(from.ip) ?? 0) + bytes.length);
          this.take({ kind: 'datagram', from, port: 0, bytes });
        }
        this.turn();
      },
      () => undefined,
    );
  }

  /** Serves a content it has. */
  seed(published: Published): this {
    const { metadata, content } = published;
    this.init.world.learned(published);
    this.store.keepAll(published);
    return this.input({ kind: 'join', join: { metadata, want: 'none', content, trusted: true } });
  }

  /** Fetches a content from peers. */
  fetch(metadata: SwarmMetadata, peers: readonly Candidate[], want: Want = 'all'): this {
    const content = this.store.open(metadata.swarmId);
    this.input({ kind: 'join', join: { metadata, want, content, trusted: false } });
    return this.input({ kind: 'peers', swarmId: metadata.swarmId, peers });
  }

  input(input: Input): this {
    if (!this.alive) return this;
    this.take(input);
    this.turn();
    return this;
  }

  /** Stands still, as a process does that was stopped: what happens meanwhile is found when it goes on. */
  freeze(micros: number): void {
    this.frozenUntil = this.init.world.now + micros;
    this.init.world.after(micros, () => {
      if (this.isFrozen || !this.alive) return;
      for (const input of this.backlog.splice(0)) this.take(input);
      this.turn();
    });
  }

  /** When it has something to do though nothing happens. */
  nextTimeout(): number {
    const next = this.endpoint.nextTimeout();
    return !this.alive || next === undefined ? Number.POSITIVE_INFINITY : Math.max(next, this.frozenUntil);
  }

  /** Vanishes without a word. */
  kill(): void {
    this.alive = false;
    void this.init.port.close();
  }

  turn(): void {
    if (!this.alive || this.isFrozen) return;
    for (const effect of this.endpoint.drain(this.init.world.now)) this.act(effect);
  }

  /** How often it noticed something of a kind. */
  noticed(type: Notice['type']): number {
    return this.notices.filter((notice) => notice.type === type).length;
  }

  complete(swarmId: SwarmId): boolean {
    return this.notices.some((notice) => notice.type === 'swarm-complete' && notice.swarmId === swarmId);
  }

  /** What the store has of a content, if that is all of it. */
  bytesOf({ metadata, content }: Published): Uint8Array | undefined {
    const parts = content.extents.map((index) => this.store.find(metadata.swarmId, index)?.bytes);
    const found = parts.filter((part) => part !== undefined);
    return found.length < parts.length ? undefined : Buffer.concat(found);
  }

  private get isFrozen(): boolean {
    return this.init.world.now < this.frozenUntil;
  }

  private take(input: Input): void {
    if (this.isFrozen) this.backlog.push(input);
    else this.endpoint.handle(input, this.init.world.now);
  }

  private act(effect: Effect): void {
    switch (effect.kind) {
      case 'send':
        return this.send(effect);
      case 'open':
        return this.later(() => this.open(effect));
      case 'read':
        return this.later(() => this.read(effect));
      case 'write':
        this.init.world.writes(this, effect.record.metadata.swarmId, effect.extent);
        return this.later(() => this.write(effect));
      case 'hash':
        return this.later(() => this.hash(effect));
      case 'check':
        return this.later(() => this.check(effect));
      case 'certify':
        return this.later(() => this.certify(effect));
      case 'erase':
        return this.store.erase({ swarmId: effect.swarmId, index: effect.extent });
      case 'used':
        return void this.uses.push(effect);
      case 'not-ours':
        return this.init.options.crossing?.pass(effect.datagram, effect.flow);
      case 'notice':
        this.notices.push(effect.notice);
        return this.init.world.noticed(this, effect.notice);
    }
  }

  private later(act: () => void): void {
    this.init.world.after(this.store.delay, () => {
      if (this.alive) act();
    });
  }

  private send({ to, from, bytes }: EffectOf<'send'>): void {
    const { corrupt, crossing } = this.init.options;
    const sent = corrupt === undefined ? bytes : corrupt(bytes);
    if (sent === undefined) return;
    if (corrupt === undefined) this.init.world.sends(this, to, sent);
    this.sentBytes += sent.length;
    this.sentTo.set(to.ip, (this.sentTo.get(to.ip) ?? 0) + sent.length);
    if (from === undefined) this.init.port.send([{ to, bytes: sent }]);
    else crossing?.speak(from, to, sent);
  }

  private open({ swarmId }: EffectOf<'open'>): void {
    this.input({ kind: 'swarm-opened', swarmId, content: this.store.open(swarmId) });
  }

  private read({ swarmId, extent }: EffectOf<'read'>): void {
    this.store.reads++;
    this.input({ kind: 'extent-read', swarmId, extent, read: this.store.find(swarmId, extent) });
  }

  private write({ record, extent, blocks }: EffectOf<'write'>): void {
    const { swarmId } = record.metadata;
    const stored = !this.store.refuses;
    const evicted = stored ? this.store.keep(record, extent, blocks) : [];
    this.input({ kind: 'extent-written', swarmId, extent: extent.index, stored });
    for (const gone of evicted) this.input({ kind: 'extent-evicted', swarmId: gone.swarmId, extent: gone.index });
  }

  private hash({ swarmId, token, hash, chunks }: EffectOf<'hash'>): void {
    this.input({ kind: 'chunks-hashed', swarmId, token, leaves: chunks.map((chunk) => digest(hash, chunk)) });
  }

  private certify({ swarmId, token, certificate }: EffectOf<'certify'>): void {
    const verdict = this.init.options.judge?.(certificate, swarmId) ?? { ok: false, fault: 'certificate-unchecked' };
    this.input({ kind: 'certified', swarmId, token, verdict });
  }

  private check({ swarmId, extent, hash, bytes, chunkSize }: EffectOf<'check'>): void {
    this.input({ kind: 'extent-checked', swarmId, extent, subtree: subtreeOf(hash, bytes, chunkSize) });
  }
}

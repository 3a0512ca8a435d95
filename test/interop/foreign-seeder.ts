import {
  bytesOfSwarmId,
  ChunkSet,
  decodeDatagram,
  decodeHandshake,
  encodeDatagram,
  hexOf,
  second,
  type Address,
  type ChunkRange,
  type HandshakeOptions,
  type IntegrityMessage,
  type Message,
  type Micros,
} from '@weir/ppspp';
import type { Published } from '../sim/content';
import type { World } from '../sim/world';
import { destinationOf } from './conversation';
import { ForeignTree } from './foreign-tree';
import { libswiftReads } from './openings';
import { foreignDialect, Outsider } from './outsider';

/** How a seeder that is not ours goes about it. */
export interface SeederHabits {
  /** Whether it reads an opening; what it does not read it drops in silence. */
  readonly reads: (opening: Uint8Array) => boolean;
  /** Whether it sends the peak of a content that has but one. */
  readonly sendsOnlyPeak: boolean;
  /** Where a chunk's hashes stand. */
  readonly hashes: 'with-data' | 'apart';
  readonly order: 'asked' | 'ascending' | 'descending';
  /** Whether one HAVE names everything, or one each peak's chunks, or one each chunk as time goes by. */
  readonly offers: 'at-once' | 'by-peak' | 'little-by-little';
  /** The options of its answer. */
  readonly options: HandshakeOptions;
  /** How often it says its answer. */
  readonly greetings: number;
  /** It asks for peers along with what it says. */
  readonly asksForPeers: boolean;
  /** An empty datagram follows whenever so long has passed. */
  readonly keepAlive: Micros;
  /** Chunks after each of which it chokes for a second. */
  readonly chokesAfter: number;
  /** CANCEL has an effect. */
  readonly heedsCancel: boolean;
  /** It looks at what it was asked at this interval, and then sends so many chunks. */
  readonly interval: Micros;
  readonly burst: number;
  /** A REQUEST is forgotten after this long. */
  readonly requestLife: Micros;
  /** Nothing heard for this long: no chunk is sent. */
  readonly silenceMax: Micros;
}

const usualOptions = { version: 1, minimumVersion: 1, integrityMethod: 1, hashFunction: 0, chunkAddressing: 2 };

const usual = {
  options: usualOptions,
  greetings: 1,
  asksForPeers: false,
  keepAlive: Number.POSITIVE_INFINITY,
  chokesAfter: Number.POSITIVE_INFINITY,
  heedsCancel: false,
} as const;

/** As libswift does it. */
export const libswiftSeeder: SeederHabits = {
  ...usual,
  reads: libswiftReads,
  sendsOnlyPeak: true,
  hashes: 'with-data',
  order: 'asked',
  offers: 'by-peak',
  interval: second / 2_000,
  burst: 1,
  requestLife: 1.5 * second,
  silenceMax: 3 * second,
};

/** As libppsp does it. */
export const libppspSeeder: SeederHabits = {
  ...usual,
  reads: () => true,
  sendsOnlyPeak: false,
  hashes: 'apart',
  order: 'ascending',
  offers: 'at-once',
  interval: second / 10,
  burst: Number.POSITIVE_INFINITY,
  requestLife: Number.POSITIVE_INFINITY,
  silenceMax: Number.POSITIVE_INFINITY,
};

interface Wanted {
  readonly chunk: number;
  readonly askedAt: Micros;
}

/** What a channel needs of its seeder. */
interface ForeignSide {
  readonly world: World;
  readonly habits: SeederHabits;
  readonly content: Published;
  say(bytes: Uint8Array): void;
}

/** One leecher of a foreign seeder. */
class ServingChannel {
  /** What the leecher said, without its opening. */
  readonly said: Message[] = [];
  /** Chunks sent, the repeated ones too. */
  sent = 0;
  private readonly tree: ForeignTree;
  private readonly acknowledged = new ChunkSet();
  private wanted: Wanted[] = [];
  private heardAt: Micros;
  private isChoking = false;

  constructor(
    readonly id: number,
    readonly leecherId: number,
    private readonly side: ForeignSide,
  ) {
    const { bytes, metadata } = side.content;
    this.tree = new ForeignTree(bytes, metadata.chunkSize);
    this.heardAt = side.world.now;
    this.look();
    this.keepAlive();
  }

  /** The HANDSHAKE that answers, with what there is. */
  greet(): void {
    const { options, greetings, offers } = this.side.habits;
    const isLittle = offers === 'little-by-little';
    const haves = isLittle ? [] : this.offer();
    for (let time = 0; time < greetings; time++)
      this.tell([{ type: 'handshake', channel: this.id, options }, ...haves, ...this.extras()]);
    if (isLittle)
      this.offer().forEach((have, at) => this.side.world.after((at * second) / 50, () => this.tell([have])));
  }

  private offer(): Message[] {
    const { chunkCount, peaks } = this.tree;
    return this.ranges(chunkCount, peaks).map((range) => ({ type: 'have', range }));
  }

  private ranges(chunkCount: number, peaks: readonly IntegrityMessage[]): ChunkRange[] {
    switch (this.side.habits.offers) {
      case 'at-once':
        return [{ first: 0, last: chunkCount - 1 }];
      case 'by-peak':
        return peaks.map(({ range }) => range);
      case 'little-by-little':
        return Array.from({ length: chunkCount }, (_, chunk) => ({ first: chunk, last: chunk }));
    }
  }

  private extras(): Message[] {
    return this.side.habits.asksForPeers ? [{ type: 'pex-request' }] : [];
  }

  receive(messages: readonly Message[]): void {
    const { now } = this.side.world;
    this.heardAt = now;
    this.said.push(...messages);
    for (const message of messages) {
      if (message.type === 'ack') this.acknowledged.add(message.range);
      if (message.type === 'cancel' && this.side.habits.heedsCancel) this.forget(message.range);
      if (message.type !== 'request' || this.isChoking) continue;
      const last = Math.min(message.range.last, this.tree.chunkCount - 1);
      for (let chunk = message.range.first; chunk <= last; chunk++) this.wanted.push({ chunk, askedAt: now });
    }
  }

  private forget({ first, last }: ChunkRange): void {
    this.wanted = this.wanted.filter(({ chunk }) => chunk < first || chunk > last);
  }

  private keepAlive(): void {
    const { world, habits } = this.side;
    if (!Number.isFinite(habits.keepAlive)) return;
    world.after(habits.keepAlive, () => {
      this.keepAlive();
      this.tell([]);
    });
  }

  private choke(): void {
    this.isChoking = true;
    this.wanted = [];
    this.tell([{ type: 'choke' }]);
    this.side.world.after(second, () => {
      this.isChoking = false;
      this.tell([{ type: 'unchoke' }]);
    });
  }

  private look(): void {
    const { world, habits } = this.side;
    world.after(habits.interval, () => {
      this.look();
      this.wanted = this.wanted.filter(({ askedAt }) => world.now - askedAt <= habits.requestLife);
      if (world.now - this.heardAt > habits.silenceMax) return;
      const direction = { asked: 0, ascending: 1, descending: -1 }[habits.order];
      this.wanted.sort((one, other) => direction * (one.chunk - other.chunk));
      for (const { chunk } of this.wanted.splice(0, Math.min(habits.burst, this.wanted.length))) this.serve(chunk);
    });
  }

  private serve(chunk: number): void {
    const { content, habits, world } = this.side;
    const size = content.metadata.chunkSize;
    const bytes = content.bytes.subarray(chunk * size, (chunk + 1) * size);
    const hashes = this.proof(chunk);
    const data: Message = { type: 'data', range: { first: chunk, last: chunk }, timestamp: BigInt(world.now), bytes };
    this.sent++;
    if (habits.hashes === 'with-data') this.tell([...this.extras(), ...hashes, data]);
    else {
      if (hashes.length > 0) this.tell(hashes);
      this.tell([data]);
    }
    if (this.sent % habits.chokesAfter === 0) this.choke();
  }

  private proof(chunk: number): IntegrityMessage[] {
    const uncles = this.tree.uncles(chunk, (range) => this.acknowledged.intersects(range));
    const { peaks } = this.tree;
    if (this.acknowledged.size > 0 || (peaks.length === 1 && !this.side.habits.sendsOnlyPeak)) return uncles;
    return [...peaks, ...uncles];
  }

  private tell(messages: readonly Message[]): void {
    this.side.say(encodeDatagram(this.leecherId, messages, foreignDialect));
  }
}

/** A seeder that is not ours, with any number of contents. */
export class ForeignSeeder extends Outsider {
  readonly channels: ServingChannel[] = [];
  /** Openings that arrived, those it did not read too. */
  readonly openings: Uint8Array[] = [];

  constructor(
    world: World,
    address: Address,
    private readonly init: { readonly habits: SeederHabits; readonly contents: readonly Published[] },
  ) {
    super(world, address);
  }

  protected receive(bytes: Uint8Array, from: Address): void {
    const id = destinationOf(bytes);
    if (id === 0) this.admit(bytes, from);
    else this.channels.find((channel) => channel.id === id)?.receive(decodeDatagram(bytes, foreignDialect).messages);
  }

  private admit(opening: Uint8Array, from: Address): void {
    this.openings.push(opening);
    const decoded = decodeHandshake(opening);
    if ('fault' in decoded || !this.init.habits.reads(opening)) return;
    const swarmId = hexOf(decoded.handshake.options.swarmId ?? bytesOfSwarmId(''));
    const content = this.init.contents.find(({ metadata }) => metadata.swarmId === swarmId);
    if (content === undefined) return;
    const say = (bytes: Uint8Array): void => this.send(from, bytes);
    const side = { world: this.world, habits: this.init.habits, content, say };
    // Its channel IDs are consecutive.
    const channel = new ServingChannel(0x6b8b4567 + this.channels.length, decoded.handshake.channel, side);
    this.channels.push(channel);
    channel.greet();
  }
}

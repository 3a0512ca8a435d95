import {
  bytesOfSwarmId,
  encodeDatagram,
  second,
  type Address,
  type ChunkRange,
  type HandshakeOptions,
  type Message,
  type Micros,
} from '@weir/ppspp';
import type { Published } from '../sim/content';
import type { World } from '../sim/world';
import { sourceOf } from './conversation';
import { foreignDialect, Outsider } from './outsider';
import { Witness } from './witness';

/** How a leecher that is not ours goes about it. */
export interface LeecherHabits {
  /** What stands in a datagram that acknowledges a chunk. */
  readonly acknowledges: 'ack' | 'have-and-ack' | 'in-runs' | 'with-have-alone' | 'never';
  /** What a chunk that it has is answered with. */
  readonly answersRepeats: 'ack' | 'have';
  /** When it sends its HANDSHAKE, since the first; those after an answer too. */
  readonly handshakesAt: readonly Micros[];
  /** Chunks asked for ahead. */
  readonly ahead: number;
  readonly farewell: 'close' | 'silence';
  /** Where it begins. */
  readonly order: 'ascending' | 'descending';
  /** Changes the bytes of its opening, which ends with its options. */
  readonly opens: (opening: Uint8Array) => Uint8Array;
  /** The options of its opening, without the swarm ID. */
  readonly options: HandshakeOptions;
  /** It asks for peers along with REQUEST. */
  readonly asksForPeers: boolean;
  /** An empty datagram follows whenever so long has passed. */
  readonly keepAlive: Micros;
  /** It takes back what it asked for last, and then asks for it again. */
  readonly cancels: boolean;
  /** Its first REQUEST stands in its opening. */
  readonly asksAtOnce: boolean;
}

const usual = {
  order: 'ascending',
  opens: (opening: Uint8Array): Uint8Array => opening,
  options: { version: 1, minimumVersion: 1, integrityMethod: 1, hashFunction: 0, chunkAddressing: 2 },
  asksForPeers: false,
  keepAlive: Number.POSITIVE_INFINITY,
  cancels: false,
  asksAtOnce: false,
} as const;

/** As libswift does it. */
export const libswiftLeecher: LeecherHabits = {
  ...usual,
  acknowledges: 'have-and-ack',
  answersRepeats: 'have',
  handshakesAt: [0],
  ahead: 128,
  farewell: 'close',
};

/** As libppsp does it. */
export const libppspLeecher: LeecherHabits = {
  ...usual,
  acknowledges: 'ack',
  answersRepeats: 'ack',
  handshakesAt: [0],
  ahead: 4,
  farewell: 'close',
};

/** What one channel of a foreign leecher is made of. */
export interface ForeignLeecherInit {
  readonly world: World;
  readonly content: Published;
  readonly seeder: Address;
  readonly habits: LeecherHabits;
}

/** Asked for and nothing came: it asks again after this long. */
const patience = 2 * second;

/** One channel of a leecher that is not ours: fetches a whole content from one seeder. */
export class ForeignChannel {
  readonly witness: Witness;
  /** Channel IDs that the seeder answered with. */
  readonly seederIds: number[] = [];
  closed = false;
  private readonly chunkCount: number;
  private next = 0;
  private progressAt = 0;

  constructor(
    private readonly init: ForeignLeecherInit,
    /** Our ID of the channel: this peer's IDs are consecutive. */
    readonly id: number,
    private readonly say: (bytes: Uint8Array) => void,
  ) {
    const { metadata, record } = { metadata: init.content.metadata, record: init.content.content.record };
    this.witness = new Witness(metadata.swarmId, metadata.chunkSize);
    this.chunkCount = record.chunkCount;
  }

  /** Everything that goes before an answer. */
  start(): void {
    const { world, habits } = this.init;
    const first = habits.asksAtOnce ? this.requests() : [];
    for (const at of habits.handshakesAt)
      world.after(at, () => this.say(habits.opens(encodeDatagram(0, [this.opening(), ...first], foreignDialect))));
    this.watch();
    this.keepAlive();
  }

  get complete(): boolean {
    return this.witness.chunks.size === this.chunkCount;
  }

  receive(bytes: Uint8Array): void {
    if (bytes[4] === 0) this.seederIds.push(sourceOf(bytes));
    if (this.closed) return;
    const before = this.witness.chunks.size;
    const arrived = this.witness.hear(bytes);
    const isNew = this.witness.chunks.size > before;
    const answers = arrived.flatMap((chunk) => this.acknowledgement(chunk, isNew));
    if (isNew) this.progressAt = this.init.world.now;
    this.tell(this.seederId, [...answers, ...this.requests()]);
    if (this.complete) this.leave();
  }

  private get seederId(): number {
    return this.seederIds[0] ?? 0;
  }

  private opening(): Message {
    const { swarmId } = this.init.content.metadata;
    const options: HandshakeOptions = {
      ...this.init.habits.options,
      swarmId: bytesOfSwarmId(swarmId),
    };
    return { type: 'handshake', channel: this.id, options };
  }

  private acknowledgement(chunk: number, isNew: boolean): Message[] {
    const { acknowledges, answersRepeats } = this.init.habits;
    const range = { first: chunk, last: chunk };
    const have: Message = { type: 'have', range: this.wholeBin(chunk) };
    const ack: Message = { type: 'ack', range, delay: BigInt(this.init.world.now % 1_000) };
    if (acknowledges === 'never') return [];
    if (acknowledges === 'with-have-alone') return [have];
    if (!isNew) return [answersRepeats === 'have' ? have : ack];
    if (acknowledges === 'in-runs') return [{ ...ack, range: have.range }];
    return acknowledges === 'ack' ? [ack] : [have, ack];
  }

  /** The widest bin around a chunk of which all is here. RFC 7574 section 4.2. */
  private wholeBin(chunk: number): ChunkRange {
    let range = { first: chunk, last: chunk };
    for (let width = 2; width <= this.chunkCount; width *= 2) {
      const first = Math.floor(chunk / width) * width;
      for (let at = first; at < first + width; at++) if (!this.witness.chunks.has(at)) return range;
      range = { first, last: first + width - 1 };
    }
    return range;
  }

  private requests(): Message[] {
    const { ahead, order, asksForPeers, cancels } = this.init.habits;
    const end = Math.min(this.chunkCount, this.witness.chunks.size + ahead);
    if (this.next >= end) return [];
    const first = order === 'ascending' ? this.next : this.chunkCount - end;
    const range = { first, last: first + end - this.next - 1 };
    this.next = end;
    const request = { type: 'request', range } as const;
    const withdrawn = cancels ? ([request, { type: 'cancel', range }] as const) : [];
    return [...withdrawn, request, ...(asksForPeers ? [{ type: 'pex-request' } as const] : [])];
  }

  private keepAlive(): void {
    const { world, habits } = this.init;
    if (this.closed || !Number.isFinite(habits.keepAlive)) return;
    world.after(habits.keepAlive, () => {
      this.keepAlive();
      if (this.seederId !== 0) this.say(encodeDatagram(this.seederId, [], foreignDialect));
    });
  }

  private watch(): void {
    if (this.closed) return;
    const { world } = this.init;
    world.after(patience, () => {
      this.watch();
      if (this.closed || this.seederId === 0 || world.now - this.progressAt < patience) return;
      for (let at = 0; at < this.next; at++) {
        const chunk = this.init.habits.order === 'ascending' ? at : this.chunkCount - 1 - at;
        if (!this.witness.chunks.has(chunk))
          this.tell(this.seederId, [{ type: 'request', range: { first: chunk, last: chunk } }]);
      }
    });
  }

  private leave(): void {
    this.closed = true;
    if (this.init.habits.farewell === 'close')
      this.tell(this.seederId, [{ type: 'handshake', channel: 0, options: {} }]);
  }

  private tell(destination: number, messages: readonly Message[]): void {
    if (messages.length > 0) this.say(encodeDatagram(destination, messages, foreignDialect));
  }
}

/** A leecher that is not ours: channels of one address. */
export class ForeignLeecher extends Outsider {
  readonly channels: ForeignChannel[] = [];
  /** What arrives before this time is lost. */
  deafUntil: Micros = 0;

  /** Opens one channel more. */
  fetch(init: Omit<ForeignLeecherInit, 'world'>): ForeignChannel {
    const id = 0x13a5a01f + this.channels.length;
    const channel = new ForeignChannel({ ...init, world: this.world }, id, (bytes) => this.send(init.seeder, bytes));
    this.channels.push(channel);
    channel.start();
    return channel;
  }

  /** Sends any bytes. */
  speak(to: Address, bytes: Uint8Array): void {
    this.send(to, bytes);
  }

  protected receive(bytes: Uint8Array): void {
    if (this.world.now < this.deafUntil) return;
    const id = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    this.channels.find((channel) => channel.id === id)?.receive(bytes);
  }
}

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
  readonly acknowledges: 'ack' | 'have-and-ack';
  /** What a chunk that it has is answered with. */
  readonly answersRepeats: 'ack' | 'have';
  /** When it sends its HANDSHAKE, since the first; those after an answer too. */
  readonly handshakesAt: readonly Micros[];
  /** Chunks asked for ahead. */
  readonly ahead: number;
  readonly farewell: 'close' | 'silence';
}

/** As libswift does it. */
export const libswiftLeecher: LeecherHabits = {
  acknowledges: 'have-and-ack',
  answersRepeats: 'have',
  handshakesAt: [0],
  ahead: 128,
  farewell: 'close',
};

/** As libppsp does it. */
export const libppspLeecher: LeecherHabits = {
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
    for (const at of habits.handshakesAt) world.after(at, () => this.tell(0, [this.opening()]));
    this.watch();
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
      version: 1,
      minimumVersion: 1,
      swarmId: bytesOfSwarmId(swarmId),
      integrityMethod: 1,
      hashFunction: 0,
      chunkAddressing: 2,
    };
    return { type: 'handshake', channel: this.id, options };
  }

  private acknowledgement(chunk: number, isNew: boolean): Message[] {
    const { acknowledges, answersRepeats } = this.init.habits;
    const range = { first: chunk, last: chunk };
    const have: Message = { type: 'have', range: this.wholeBin(chunk) };
    const ack: Message = { type: 'ack', range, delay: BigInt(this.init.world.now % 1_000) };
    if (!isNew) return [answersRepeats === 'have' ? have : ack];
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
    const end = Math.min(this.chunkCount, this.witness.chunks.size + this.init.habits.ahead);
    if (this.next >= end) return [];
    const range = { first: this.next, last: end - 1 };
    this.next = end;
    return [{ type: 'request', range }];
  }

  private watch(): void {
    if (this.closed) return;
    const { world } = this.init;
    world.after(patience, () => {
      this.watch();
      if (this.closed || this.seederId === 0 || world.now - this.progressAt < patience) return;
      for (let chunk = 0; chunk < this.next; chunk++) {
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

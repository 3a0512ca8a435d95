import type { ChunkRange } from '../addressing/chunk-range';
import { addressKey, type Address } from '../endpoint/address';
import { invariant } from '../errors';
import { limits, second, type Micros } from '../limits';
import type { Holdings } from '../swarm/holdings';
import type { DataMessage, Dialect, HandshakeOptions, Message } from '../wire/message';
import { delaySample } from '../congestion/delay';
import { hashBytes } from '../integrity/hash';
import { Downloader, type ChunkSource } from './downloader';
import { answeringOptions, initiatingOptions, judgeAnswer, namesNewOptions } from './handshake';
import { Uploader, type Shelf, type UploadOptions } from './uploader';

/** RFC 7574 section 3.1.1: `opening` waits for an answer, `answered` for the datagram that proves the initiator. */
export type ChannelPhase = 'opening' | 'answered' | 'open' | 'closed';

const successors: Readonly<Record<ChannelPhase, readonly ChannelPhase[]>> = {
  opening: ['open', 'closed'],
  answered: ['open', 'closed'],
  open: ['closed'],
  closed: [],
};

/** Why a channel ended. */
export type Ending = 'closed-by-peer' | 'unanswered' | 'refused' | 'dead' | 'stalled' | 'lied' | 'exhausted' | 'left';

/** The swarm as one of its channels sees it. */
export interface ChannelSwarm extends Shelf, ChunkSource {
  readonly holdings: Holdings;
  /** A DATA message that was asked for, to be verified with others of its batch. */
  arrived(channel: Channel, message: DataMessage, delay: bigint): void;
}

/** What a channel is made of. */
export interface ChannelInit {
  /** Our ID of the channel: unpredictable, never 0. RFC 7574 sections 3.11 and 12.1. */
  readonly id: number;
  readonly address: Address;
  /** Index of the local socket. */
  readonly port: number;
  readonly initiated: boolean;
  /** We answer this peer's REQUESTs. */
  readonly serves: boolean;
  /** We may ask this peer for chunks. */
  readonly fetches: boolean;
  readonly swarm: ChannelSwarm;
  readonly upload: UploadOptions;
  readonly now: Micros;
}

/** One peer in one swarm. RFC 7574 sections 3 and 3.11. */
export class Channel {
  readonly id: number;
  readonly key: string;
  readonly address: Address;
  readonly port: number;
  readonly initiated: boolean;
  readonly serves: boolean;
  readonly fetches: boolean;
  readonly swarm: ChannelSwarm;
  readonly uploader: Uploader;
  readonly downloader = new Downloader();
  /** The peer's ID of the channel. */
  remoteId = 0;
  phase: ChannelPhase;
  ending: Ending | undefined;
  /** Both sides proved that they are there. */
  established = false;
  /** Messages to send with the next flush, in order. */
  private readonly outbox: Message[] = [];
  private readonly bornAt: Micros;
  private lastHeard: Micros;
  private lastSent: Micros;
  private sentSinceHeard = 0;
  private tries = 0;
  private answeredAt = Number.NEGATIVE_INFINITY;
  private chokedAt = Number.NEGATIVE_INFINITY;
  private theirs: HandshakeOptions = {};

  constructor(init: ChannelInit) {
    this.id = init.id;
    this.address = init.address;
    this.key = addressKey(init.address);
    this.port = init.port;
    this.initiated = init.initiated;
    this.serves = init.serves;
    this.fetches = init.fetches;
    this.swarm = init.swarm;
    this.uploader = new Uploader(init.upload, init.swarm);
    this.phase = init.initiated ? 'opening' : 'answered';
    this.bornAt = init.now;
    this.lastHeard = init.now;
    this.lastSent = init.now;
  }

  /** Widths of this channel's messages. RFC 7574 sections 7.6 and 7.8. */
  get dialect(): Dialect {
    const { hash, addressing } = this.swarm.holdings.metadata;
    return { addressing, hashBytes: hashBytes[hash], chunkSize: this.swarm.holdings.chunkSize };
  }

  /** True for a peer that reads coalesced ACKs. */
  get modern(): boolean {
    return namesNewOptions(this.theirs);
  }

  /** Our opening HANDSHAKE; each try changes between the two forms that peers in the field accept. Section 3.1.1, steps 1 and 5. */
  initiation(now: Micros): Message {
    const isFull = this.tries % 2 === 0;
    this.tries++;
    this.note(now);
    return { type: 'handshake', channel: this.id, options: initiatingOptions(this.swarm.holdings.metadata, isFull) };
  }

  /** Our answer to a HANDSHAKE, or undefined if it was answered a moment ago. Section 3.1.1, step 2. */
  answer(remoteId: number, theirs: HandshakeOptions, now: Micros): Message | undefined {
    if (now - this.answeredAt < limits.handshakeAnswerInterval) return undefined;
    this.answeredAt = now;
    this.remoteId = remoteId;
    this.theirs = theirs;
    this.note(now);
    return { type: 'handshake', channel: this.id, options: answeringOptions(this.swarm.holdings.metadata, theirs) };
  }

  /** A datagram with our channel ID from the channel's address: its sender lives and has our HANDSHAKE (section 3.1.1, step 7). */
  receive(messages: readonly Message[], now: Micros, wireNow: bigint): void {
    if (this.phase === 'closed') return;
    if (this.phase === 'opening' && !this.acceptAnswer(messages[0])) return;
    this.lastHeard = now;
    this.sentSinceHeard = 0;
    if (this.phase !== 'open') this.become('open');
    this.established = true;
    // Some peers put the HAVE of a chunk before its ACK: heard first, it would leave the ACK nothing to acknowledge.
    for (const message of messages) if (message.type === 'ack') this.handle(message, now, wireNow);
    for (const message of messages) if (message.type !== 'ack') this.handle(message, now, wireNow);
  }

  /** Queues messages for the next flush. */
  tell(...messages: readonly Message[]): void {
    this.outbox.push(...messages);
  }

  /** Everything to send now: control messages first, then chunks, each chunk with its hashes. */
  flush(now: Micros, wireNow: bigint): Message[][] {
    if (this.phase !== 'open') return [];
    if (this.fetches) {
      const ranges = this.downloader.topUp(this.swarm, now);
      this.outbox.push(...this.downloader.acknowledgements.take(this.modern));
      this.outbox.push(...ranges.map((range) => ({ type: 'request', range }) as const));
    }
    const control = this.outbox.splice(0, this.outbox.length);
    const chunks = this.serves ? this.uploader.pump(now, wireNow) : [];
    const groups = control.length > 0 ? [control, ...chunks] : chunks;
    if (groups.length > 0) this.note(now);
    return groups;
  }

  /** Notes that something was sent. */
  note(now: Micros): void {
    this.lastSent = now;
    this.sentSinceHeard++;
  }

  /** When time alone changes something. */
  deadline(): Micros | undefined {
    if (this.phase === 'opening') return this.lastSent + limits.handshakeRetry * 2 ** Math.max(0, this.tries - 1);
    if (this.phase === 'answered') return this.bornAt + limits.halfOpen;
    if (this.phase === 'closed') return undefined;
    const deadlines = [
      this.uploader.deadline(),
      this.downloader.deadline(),
      this.lastSent + limits.keepAlive,
      this.deathAt(),
    ];
    return Math.min(...deadlines.filter((at) => at !== undefined));
  }

  /** Lets time act: `again` asks for another HANDSHAKE, `keep-alive` for an empty datagram. */
  expire(now: Micros): 'again' | 'keep-alive' | undefined {
    if (this.phase === 'opening') {
      if (now < (this.deadline() ?? 0)) return undefined;
      if (this.tries < limits.handshakeTries) return 'again';
      this.end('unanswered');
      return undefined;
    }
    if (this.phase === 'answered' && now >= this.bornAt + limits.halfOpen) this.end('unanswered');
    if (this.phase !== 'open') return undefined;
    if (now >= this.deathAt()) this.end('dead');
    this.uploader.expire(now);
    if (this.downloader.expire(this.swarm, now)) this.end('stalled');
    return this.isIdle(now) ? 'keep-alive' : undefined;
  }

  /** Ends the channel; what was asked of the peer is free for others. */
  end(ending: Ending): void {
    if (this.phase === 'closed') return;
    this.ending = ending;
    this.downloader.releaseAll(this.swarm);
    this.uploader.queue.clear();
    this.become('closed');
  }

  private isIdle(now: Micros): boolean {
    return this.phase === 'open' && now - this.lastSent >= limits.keepAlive;
  }

  /** RFC 7574 section 3.12: three minutes of silence in spite of three datagrams. */
  private deathAt(): Micros {
    const isTried = this.sentSinceHeard >= limits.deadDatagrams;
    return isTried ? this.lastHeard + limits.deadAfter : Number.POSITIVE_INFINITY;
  }

  /** RFC 7574 section 3.1.1, steps 3 and 4. */
  private acceptAnswer(message: Message | undefined): boolean {
    if (message?.type !== 'handshake') return false;
    const isRefused = message.channel === 0 || judgeAnswer(message.options, this.swarm.holdings.metadata) !== undefined;
    this.remoteId = message.channel;
    this.theirs = message.options;
    if (isRefused) this.end('refused');
    return !isRefused;
  }

  private handle(message: Message, now: Micros, wireNow: bigint): void {
    switch (message.type) {
      case 'handshake':
        if (message.channel === 0) this.end('closed-by-peer');
        return;
      case 'data':
        return this.onData(message, wireNow);
      case 'ack':
        return this.onAck(this.withinContent(message.range), message.delay, now);
      case 'have':
        return this.onHave(this.withinContent(message.range), now);
      case 'request':
        return this.onRequest(message.range, now);
      case 'cancel':
        return this.uploader.cancel(message.range);
      case 'integrity':
        return this.onIntegrity(message);
      case 'choke':
        this.downloader.choked = true;
        return this.downloader.releaseAll(this.swarm);
      case 'unchoke':
        this.downloader.choked = false;
        return;
      case 'pex-request':
      case 'pex-response-v4':
      case 'pex-response-v6':
      case 'pex-certificate':
        // Peer exchange is OPTIONAL (RFC 7574 section 3.10.1): parsed, and ignored.
        return;
    }
  }

  private onData(message: DataMessage, wireNow: bigint): void {
    if (!this.fetches) return;
    this.swarm.arrived(this, message, delaySample(message.timestamp, wireNow));
  }

  private onIntegrity(message: Extract<Message, { type: 'integrity' }>): void {
    if (this.fetches) this.downloader.proofs.take(message, this.swarm.holdings.tree);
  }

  private onAck(range: ChunkRange | undefined, delay: bigint, now: Micros): void {
    if (range !== undefined) this.uploader.acknowledge(range, delay, now);
  }

  private onHave(range: ChunkRange | undefined, now: Micros): void {
    if (range === undefined) return;
    this.downloader.available.add(range);
    this.uploader.has(range, now);
  }

  /** A peer we do not serve is told so, now and then. RFC 7574 sections 3.9 and 12.6.8. */
  private onRequest(range: ChunkRange, now: Micros): void {
    if (this.serves) {
      this.uploader.request(range, now);
      return;
    }
    if (now - this.chokedAt < second) return;
    this.chokedAt = now;
    this.tell({ type: 'choke' });
  }

  /** What a peer says of chunks beyond the content means nothing. RFC 7574 sections 12.6.2 and 12.6.4. */
  private withinContent({ first, last }: ChunkRange): ChunkRange | undefined {
    const { chunkCount = Number.MAX_SAFE_INTEGER } = this.swarm.holdings;
    return first >= chunkCount ? undefined : { first, last: Math.min(last, chunkCount - 1) };
  }

  private become(phase: ChannelPhase): void {
    invariant(successors[this.phase].includes(phase), `channel cannot go from ${this.phase} to ${phase}`);
    this.phase = phase;
  }
}

import type { ChunkRange } from '../addressing/chunk-range';
import { addressKey, peerNumber, type Address } from '../endpoint/address';
import { invariant } from '../errors';
import { limits, type Micros } from '../limits';
import type { DataMessage, Dialect, HandshakeMessage, Message } from '../wire/message';
import { delaySample } from '../congestion/delay';
import type { ChannelInitOf, SwarmOf } from './channel-init';
import { Choking } from './choking';
import { Damage } from './damage';
import { Downloader } from './downloader';
import { GuestShelf } from './guest-shelf';
import { Introduction } from './introduction';
import { Liveness } from './liveness';
import { successors, type ChannelPhase, type Ending, type Reminder } from './phase';
import { Uploader } from './uploader';

/** The swarm as one of its channels sees it. */
export type ChannelSwarm = SwarmOf<Channel>;

/** What a channel is made of. */
export type ChannelInit = ChannelInitOf<Channel>;

/** One peer in one swarm. RFC 7574 sections 3 and 3.11. */
export class Channel {
  readonly id: number;
  readonly key: string;
  readonly address: Address;
  /** Whom the peer takes us for; undefined if it knows that it is us. */
  readonly origin: Address | undefined;
  readonly port: number;
  readonly initiated: boolean;
  readonly serves: boolean;
  readonly guest: boolean;
  readonly fetches: boolean;
  readonly swarm: ChannelSwarm;
  readonly uploader: Uploader;
  readonly downloader: Downloader;
  readonly choking = new Choking();
  readonly damage = new Damage();
  phase: ChannelPhase;
  ending: Ending | undefined;
  /** Both sides proved that they are there. */
  established = false;
  /** Messages to send with the next flush, in order. */
  private readonly outbox: Message[] = [];
  private readonly liveness: Liveness;
  private readonly introduction: Introduction;
  private readonly triesMax: number;

  constructor(init: ChannelInit) {
    this.id = init.id;
    this.address = init.address;
    this.origin = init.origin;
    this.key = addressKey(init.address);
    this.port = init.port;
    this.initiated = init.initiated;
    this.serves = init.serves;
    this.guest = init.guest ?? false;
    this.fetches = init.fetches;
    this.swarm = init.swarm;
    this.uploader = new Uploader(init.upload, this.guest ? new GuestShelf(init.swarm) : init.swarm.shelf);
    this.downloader = new Downloader(init.now, peerNumber(init.address));
    this.phase = init.initiated ? 'opening' : 'answered';
    this.liveness = new Liveness(init.now, init.origin === undefined ? limits.keepAlive : limits.interceptedKeepAlive);
    this.introduction = new Introduction(init.id);
    this.triesMax = init.triesMax ?? limits.handshakeTries;
  }

  /** Widths of this channel's messages. RFC 7574 sections 7.6 and 7.8. */
  get dialect(): Dialect {
    return this.swarm.holdings.dialect;
  }

  /** The peer's ID of the channel, 0 until it told. */
  get remoteId(): number {
    return this.introduction.remoteId;
  }

  /** When something was last heard of the peer. */
  get heardAt(): Micros {
    return this.liveness.heardAt;
  }

  /** Our opening HANDSHAKE, in one of its two forms. RFC 7574 section 3.1.1, steps 1 and 5. */
  initiation(now: Micros): HandshakeMessage {
    this.note(now);
    return this.introduction.initiation(this.swarm.holdings.metadata);
  }

  /** The HANDSHAKE that opened the channel, to learn whether the peer still knows it. RFC 7574 section 8.4. */
  initiationAgain(now: Micros): HandshakeMessage {
    this.note(now);
    return this.introduction.initiationAgain(this.swarm.holdings.metadata);
  }

  /** Our answer to a HANDSHAKE, or undefined if it was answered a moment ago. RFC 7574 section 3.1.1, step 2. */
  answer(handshake: HandshakeMessage, now: Micros): HandshakeMessage | undefined {
    const answer = this.introduction.answer(handshake, this.swarm.holdings.metadata, now);
    if (answer !== undefined) this.note(now);
    return answer;
  }

  /** A HANDSHAKE that was seen before. From a peer unheard for a while it may be that of another run, which knows nothing. */
  reintroduced(now: Micros): void {
    if (now - this.liveness.heardAt > limits.stallMax) this.uploader.reintroduced();
  }

  /** A datagram with our channel ID from the channel's address: its sender lives and has our HANDSHAKE (section 3.1.1, step 7). */
  receive(messages: readonly Message[], now: Micros, wireNow: bigint): void {
    if (this.phase === 'closed') return;
    if (this.phase === 'opening' && !this.acceptAnswer(messages[0], now)) return;
    this.liveness.heard(now);
    if (this.phase !== 'open') this.become('open');
    else if (messages.length === 0) this.swarm.idled(this, now);
    if (messages.length === 0 && this.choking.waits(now)) this.tell({ type: 'unchoke' });
    this.established = true;
    // RFC 7574 section 3: in the order in which they stand.
    for (const message of messages) if (!this.closed) this.handle(message, now, wireNow);
  }

  /** Queues messages for the next flush. */
  tell(...messages: readonly Message[]): void {
    this.outbox.push(...messages);
  }

  /** Everything to send now: control messages first, then chunks, each chunk with its hashes. */
  flush(now: Micros, wireNow: bigint): Message[][] {
    if (this.phase !== 'open') return [];
    if (this.fetches) {
      const { modern } = this.introduction;
      this.outbox.push(...this.downloader.messages(this.swarm, { modern, addressing: this.dialect.addressing }, now));
      if (this.downloader.outstanding > 0 && this.swarm.seeksPeers(this, now))
        this.outbox.push({ type: 'pex-request' });
    }
    const control = this.outbox.splice(0, this.outbox.length);
    const chunks = this.serves ? this.uploader.pump(now, wireNow) : [];
    const groups = this.acceptable(control.length > 0 ? [control, ...chunks] : chunks);
    if (groups.length > 0) this.note(now);
    return groups;
  }

  /** False for a message that the peer said it does not accept. RFC 7574 section 7.10. */
  accepts(type: Message['type']): boolean {
    return this.introduction.accepts(type);
  }

  /** Notes that something was sent. */
  note(now: Micros): void {
    this.liveness.sent(now);
  }

  get closed(): boolean {
    return this.phase === 'closed';
  }

  /** When time alone changes something. */
  deadline(): Micros | undefined {
    switch (this.phase) {
      case 'opening':
        return this.liveness.retryAt(this.introduction.tries);
      case 'answered':
      case 'closed':
        return undefined;
      case 'open': {
        const { keepAliveAt, deathAt } = this.liveness;
        const never = Number.POSITIVE_INFINITY;
        const fetchAt = this.fetches ? this.downloader.deadline(this.swarm) : never;
        return Math.min(keepAliveAt, deathAt, this.uploader.deadline() ?? never, fetchAt ?? never);
      }
    }
  }

  /** Lets time act. */
  expire(now: Micros): Reminder | undefined {
    switch (this.phase) {
      case 'opening':
        return this.expireOpening(now);
      case 'answered':
      case 'closed':
        return undefined;
      case 'open':
        return this.expireOpen(now);
    }
  }

  /** Ends the channel; what was asked of the peer is free for others. */
  end(ending: Ending): void {
    if (this.phase === 'closed') return;
    this.ending = ending;
    this.downloader.releaseAll(this.swarm);
    this.uploader.queue.clear();
    this.become('closed');
  }

  private acceptable(groups: Message[][]): Message[][] {
    if (this.introduction.acceptsAll) return groups;
    const left = groups.map((messages) => messages.filter(({ type }) => this.accepts(type)));
    return left.filter((messages) => messages.length > 0);
  }

  private expireOpening(now: Micros): Reminder | undefined {
    if (now < this.liveness.retryAt(this.introduction.tries)) return undefined;
    if (this.introduction.tries < this.triesMax) return 'again';
    this.end('unanswered');
    return undefined;
  }

  private expireOpen(now: Micros): Reminder | undefined {
    if (now >= this.liveness.deathAt) {
      this.end('dead');
      return undefined;
    }
    this.uploader.expire(now);
    const impatience = this.fetches ? this.downloader.expire(this.swarm, now, this.liveness.heardAt) : undefined;
    if (impatience === 'leave') this.end('stalled');
    if (impatience !== undefined) return impatience === 'nudge' ? 'nudge' : undefined;
    return now >= this.liveness.keepAliveAt ? 'keep-alive' : undefined;
  }

  /** RFC 7574 section 3.1.1, steps 3 and 4. */
  private acceptAnswer(message: Message | undefined, now: Micros): boolean {
    if (message?.type !== 'handshake') return false;
    // Of one that was sent twice it is not known which was answered.
    if (this.introduction.tries === 1) this.downloader.pace.learn(now - this.liveness.sentAt);
    const isAccepted = this.introduction.accept(message, this.swarm.holdings.metadata);
    if (!isAccepted) this.end('refused');
    return isAccepted;
  }

  private handle(message: Message, now: Micros, wireNow: bigint): void {
    switch (message.type) {
      case 'handshake':
        return this.onHandshake(message.channel);
      case 'data':
        return this.onData(message, wireNow);
      case 'ack':
        return this.onAck(this.swarm.holdings.within(message.range), message.delay, now);
      case 'have':
        return this.onHave(this.swarm.holdings.within(message.range), now);
      case 'request':
        return this.onRequest(message.range, now);
      case 'cancel':
        return this.uploader.cancel(message.range);
      case 'integrity':
        return this.onIntegrity(message);
      case 'choke':
        return this.downloader.choke(this.swarm, now);
      case 'unchoke':
        return this.downloader.unchoke();
      case 'pex-request':
      case 'pex-response-v4':
      case 'pex-response-v6':
      case 'pex-certificate':
        return this.swarm.exchanged(this, message, now);
    }
  }

  /** RFC 7574 section 8.4: channel 0 closes. Another ID than before is that of a peer to whom our channel is new. */
  private onHandshake(remoteId: number): void {
    if (remoteId === 0) this.end('closed-by-peer');
    else if (this.initiated && remoteId !== this.remoteId) this.end('forgotten');
  }

  private onData(message: DataMessage, wireNow: bigint): void {
    if (!this.fetches) return;
    this.swarm.arrived(this, message, delaySample(message.timestamp, wireNow));
  }

  private onIntegrity(message: Extract<Message, { type: 'integrity' }>): void {
    if (!this.fetches) return;
    if (!this.downloader.proofs.take(message, this.swarm.holdings.tree)) this.swarm.contradicted(this);
  }

  private onAck(range: ChunkRange | undefined, delay: bigint, now: Micros): void {
    if (range !== undefined) this.uploader.acknowledge(range, delay, now);
  }

  private onHave(range: ChunkRange | undefined, now: Micros): void {
    if (range === undefined) return;
    // What may not be asked for is as good as not there.
    if (this.accepts('request')) this.downloader.offered(range, now);
    this.uploader.has(range, now);
  }

  /** A peer we do not serve is told so, now and then. RFC 7574 sections 3.9 and 12.6.8. */
  private onRequest(range: ChunkRange, now: Micros): void {
    // Whoever accepts no DATA (RFC 7574 section 7.10) takes no place from others.
    if (!this.accepts('data')) return;
    if (this.serves && this.swarm.admits(this, now)) {
      this.choking.answered();
      this.uploader.request(range, now);
      this.swarm.asked(this);
    } else if (this.choking.refused(now)) this.tell({ type: 'choke' });
  }

  private become(phase: ChannelPhase): void {
    invariant(successors[this.phase].includes(phase), `channel cannot go from ${this.phase} to ${phase}`);
    this.phase = phase;
  }
}

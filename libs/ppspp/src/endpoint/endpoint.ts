import type { Channel, Ending } from '../channel/channel';
import { Envelope } from '../channel/envelope';
import { limits, type Micros } from '../limits';
import type { SwarmId } from '../swarm/metadata';
import type { SourceBytes, Swarm } from '../swarm/swarm';
import { decodeDatagram, peekChannel } from '../wire/decode';
import type { Message } from '../wire/message';
import { Bans } from './bans';
import { ChannelTable } from './channel-table';
import type { EndpointConfig } from './config';
import { EndpointCounters } from './counters';
import { Deadlines } from './deadlines';
import { Doorman } from './doorman';
import type { Effect, Input, Join, OpenedContent } from './effects';
import { ExtentCache } from './extent-cache';
import { SwarmTable } from './swarm-table';

type InputOf<Kind extends Input['kind']> = Extract<Input, { kind: Kind }>;

/**
 * One UDP port's worth of PPSPP, as a function of what happens, when, and a source of randomness.
 *
 * Feed it a batch with `handle`, take its effects with `drain`, and call `drain` again at `nextTimeout`.
 */
export class Endpoint {
  readonly counters = new EndpointCounters();
  readonly channels: ChannelTable;
  readonly swarms: SwarmTable;
  private readonly envelope = new Envelope();
  private readonly bans = new Bans();
  private readonly doorman: Doorman;
  private readonly channelDeadlines = new Deadlines<Channel>();
  private readonly swarmDeadlines = new Deadlines<Swarm>();
  private readonly touched = new Set<Channel>();
  private readonly awake = new Set<Swarm>();
  private out: Effect[] = [];
  private now: Micros = 0;

  constructor(private readonly config: EndpointConfig) {
    const push = (effect: Effect): void => this.push(effect);
    const touch = (channel: Channel): void => this.touch(channel);
    const cache = new ExtentCache(config.cacheBytes);
    const { counters, bans, envelope } = this;
    this.channels = new ChannelTable(config.random);
    this.swarms = new SwarmTable(
      {
        cache,
        counters,
        backgroundBytesMax: config.backgroundBytesMax,
        push,
        touch,
        lied: (channel) => this.ban(channel),
      },
      push,
    );
    this.doorman = new Doorman({
      config,
      channels: this.channels,
      swarms: this.swarms,
      bans,
      counters,
      envelope,
      push,
      touch,
    });
  }

  /** Takes one input. Work that several inputs share, as verifying a batch, waits for `drain`. */
  handle(input: Input, now: Micros): void {
    this.now = now;
    switch (input.kind) {
      case 'datagram':
        return this.onDatagram(input);
      case 'join':
        return this.onJoin(input.join);
      case 'swarm-opened':
        return this.onSwarmOpened(input);
      case 'peers':
        return this.with(input.swarmId, (swarm) => swarm.candidates.add(input.peers));
      case 'leave':
        return this.with(input.swarmId, (swarm) => this.leave(swarm));
      case 'extent-read':
        return this.with(input.swarmId, (swarm) => swarm.extentRead(input.extent, input.read));
      case 'extent-checked':
        return this.with(input.swarmId, (swarm) => swarm.extentChecked(input.extent, input.subtree));
      case 'extent-written':
        return this.with(input.swarmId, (swarm) => swarm.extentWritten(input.extent, input.stored));
      case 'extent-evicted':
        return this.with(input.swarmId, (swarm) => swarm.extentEvicted(input.extent));
      case 'chunks-hashed':
        return this.with(input.swarmId, (swarm) => swarm.hashed(input.token, input.leaves, now));
    }
  }

  /** Lets time act, verifies what arrived, and returns everything to be done now. */
  drain(now: Micros): Effect[] {
    this.now = now;
    for (const channel of this.channelDeadlines.due(now)) this.expire(channel);
    for (const swarm of this.swarmDeadlines.due(now)) this.awake.add(swarm);
    for (const swarm of this.awake) swarm.settle(now);
    for (const swarm of [...this.awake]) this.tend(swarm);
    this.awake.clear();
    for (let channel = this.takeTouched(); channel !== undefined; channel = this.takeTouched()) this.step(channel);
    const effects = this.out;
    this.out = [];
    return effects;
  }

  /** When `drain` has something to do though nothing happens; undefined for never. */
  nextTimeout(): Micros | undefined {
    const channel = this.channelDeadlines.next();
    const swarm = this.swarmDeadlines.next();
    return channel === undefined ? swarm : Math.min(channel, swarm ?? channel);
  }

  /** Leaves every swarm, with closing handshakes. */
  close(now: Micros): Effect[] {
    this.now = now;
    for (const swarm of [...this.swarms.all()]) this.leave(swarm);
    return this.drain(now);
  }

  /** The channel's swarm, while both live. */
  private swarmOf(channel: Channel): Swarm | undefined {
    const swarm = this.swarms.find(channel.swarm.holdings.metadata.swarmId);
    return swarm?.channels.has(channel) === true ? swarm : undefined;
  }

  /** Content bytes that each peer of a swarm sent and that proved right. */
  sources(swarmId: SwarmId): readonly SourceBytes[] {
    return this.swarms.find(swarmId)?.received() ?? [];
  }

  private push(effect: Effect): void {
    if (effect.kind === 'send') this.counters.datagramsOut++;
    this.out.push(effect);
  }

  private touch(channel: Channel): void {
    this.touched.add(channel);
  }

  private takeTouched(): Channel | undefined {
    const [channel] = this.touched;
    if (channel !== undefined) this.touched.delete(channel);
    return channel;
  }

  private with(swarmId: SwarmId, act: (swarm: Swarm) => void): void {
    const swarm = this.swarms.find(swarmId);
    if (swarm === undefined) return;
    act(swarm);
    this.awake.add(swarm);
  }

  private onDatagram(datagram: InputOf<'datagram'>): void {
    const { counters } = this;
    counters.datagramsIn++;
    const id = peekChannel(datagram.bytes);
    if (id === undefined) return counters.fault('truncated');
    if (id === 0) return this.doorman.receive(datagram, this.now);
    const channel = this.channels.find(id);
    if (channel === undefined) return counters.fault('no-channel');
    const { address } = channel;
    if (address.ip !== datagram.from.ip || address.port !== datagram.from.port) return counters.fault('wrong-address');
    const { messages, fault } = decodeDatagram(datagram.bytes, channel.dialect);
    if (fault !== undefined) counters.fault(fault);
    this.deliver(channel, messages);
  }

  private deliver(channel: Channel, messages: readonly Message[]): void {
    const wasOpen = channel.phase === 'open';
    channel.receive(messages, this.now, this.wireNow());
    this.touch(channel);
    const swarm = this.swarmOf(channel);
    if (swarm === undefined) return;
    this.awake.add(swarm);
    if (!wasOpen && channel.phase === 'open') this.onEstablished(channel, swarm);
  }

  private onEstablished(channel: Channel, swarm: Swarm): void {
    this.channels.established(channel);
    swarm.announceAll(channel);
    // RFC 7574 section 12.1.2: the second datagram is answered at once, so that the responder can let go of its doubt.
    if (channel.initiated) this.sendKeepAlive(channel);
    if (channel.serves && swarm.want === 'demand' && !swarm.holdings.complete) {
      this.push({ kind: 'notice', notice: { type: 'swarm-wanted', metadata: swarm.metadata } });
    }
    swarm.touchSources();
  }

  private onJoin({ metadata, want, content, trusted }: Join): void {
    const existing = this.swarms.find(metadata.swarmId);
    const swarm = existing ?? this.swarms.open(metadata, want);
    if (want === 'all') swarm.want = want;
    if (existing === undefined) this.admitContent(swarm, content, trusted);
    this.awake.add(swarm);
  }

  private onSwarmOpened({ swarmId, content }: InputOf<'swarm-opened'>): void {
    this.with(swarmId, (swarm) => {
      if (!swarm.opened) this.admitContent(swarm, content, false);
    });
  }

  /** What the store says wins over what a handshake proposed; who proposed otherwise is in another swarm. */
  private admitContent(swarm: Swarm, content: OpenedContent | undefined, trusted: boolean): void {
    const given = swarm.metadata;
    if (content !== undefined) {
      if (trusted) swarm.holdings.adoptTrusted(content);
      else swarm.holdings.adopt(content);
      const { hash, addressing } = content.record.metadata;
      if (hash !== given.hash || addressing !== given.addressing) return this.leave(swarm);
    }
    swarm.opened = true;
    this.doorman.opened(swarm, this.now);
  }

  private leave(swarm: Swarm): void {
    this.doorman.forget(swarm);
    this.swarms.close(swarm);
    for (const channel of swarm.channels) this.touch(channel);
  }

  private expire(channel: Channel): void {
    const action = channel.expire(this.now);
    if (action === 'again') this.doorman.callAgain(channel, this.now);
    if (action === 'keep-alive') this.sendKeepAlive(channel);
    this.touch(channel);
  }

  /** Peers for a swarm that fetches, none for one that does not. */
  private tend(swarm: Swarm): void {
    if (this.swarms.find(swarm.metadata.swarmId) !== swarm) return;
    const sources = swarm.sources();
    if (!swarm.fetching) {
      for (const channel of sources) if (!channel.serves) this.dismiss(channel);
      this.swarmDeadlines.set(swarm, this.swarms.idle(swarm, this.now));
      return;
    }
    for (let open = sources.length; open < limits.fetchPeersMax; open++) {
      const candidate = swarm.candidates.next(this.now);
      if (candidate === undefined) break;
      if (this.bans.has(candidate.address, this.now)) swarm.candidates.remove(candidate.address);
      else this.doorman.call(swarm, candidate, this.config.portFor(candidate.address), this.now);
    }
    this.askForPeers(swarm);
    const deadlines = [
      swarm.candidates.deadline(this.now),
      swarm.candidates.hopeful ? undefined : swarm.peersWantedAt + limits.peersWanted,
    ];
    const known = deadlines.filter((at) => at !== undefined);
    this.swarmDeadlines.set(swarm, known.length === 0 ? undefined : Math.min(...known));
  }

  private askForPeers(swarm: Swarm): void {
    if (swarm.candidates.hopeful || this.now - swarm.peersWantedAt < limits.peersWanted) return;
    swarm.peersWantedAt = this.now;
    this.push({ kind: 'notice', notice: { type: 'peers-wanted', swarmId: swarm.metadata.swarmId } });
  }

  private dismiss(channel: Channel): void {
    channel.end('left');
    this.touch(channel);
  }

  private ban(channel: Channel): void {
    const { address, swarm } = channel;
    this.bans.add(address, this.now);
    channel.end('lied');
    this.touch(channel);
    this.push({ kind: 'notice', notice: { type: 'peer-lied', swarmId: swarm.holdings.metadata.swarmId, address } });
  }

  /** Sends what a channel has to say, and sets its next deadline; buries it if it ended. */
  private step(channel: Channel): void {
    for (const messages of channel.flush(this.now, this.wireNow())) this.sendTo(channel, messages);
    if (channel.downloader.exhausted && channel.phase === 'open') channel.end('exhausted');
    if (channel.phase === 'closed') return this.bury(channel);
    this.channelDeadlines.set(channel, channel.uploader.eager ? this.now : channel.deadline());
  }

  private bury(channel: Channel): void {
    if (this.channels.find(channel.id) !== channel) return;
    const { ending, address } = channel;
    this.channels.remove(channel);
    this.channelDeadlines.set(channel, undefined);
    if (channel.established && ending !== undefined && saysGoodbye[ending])
      this.sendTo(channel, [{ type: 'handshake', channel: 0, options: {} }]);
    const swarm = this.swarmOf(channel);
    if (swarm === undefined) return;
    swarm.channels.delete(channel);
    if (ending === 'lied') swarm.candidates.remove(address);
    else if (channel.initiated && ending !== undefined) swarm.candidates.release(address, isFailure[ending], this.now);
    this.awake.add(swarm);
    this.swarmDeadlines.set(swarm, this.now);
  }

  private sendTo(channel: Channel, messages: readonly Message[]): void {
    const { address: to, port, remoteId, dialect } = channel;
    for (const bytes of this.envelope.pack(remoteId, messages, dialect)) this.push({ kind: 'send', to, port, bytes });
  }

  private sendKeepAlive(channel: Channel): void {
    const { address: to, port, remoteId } = channel;
    channel.note(this.now);
    this.push({ kind: 'send', to, port, bytes: this.envelope.keepAlive(remoteId) });
  }

  private wireNow(): bigint {
    return BigInt(this.now) + this.config.wireOffset;
  }
}

/** Endings that the peer is told of by a closing HANDSHAKE. RFC 7574 section 3.1.1, step 8. */
const saysGoodbye: Readonly<Record<Ending, boolean>> = {
  'closed-by-peer': false,
  unanswered: false,
  refused: true,
  dead: false,
  stalled: true,
  lied: true,
  exhausted: true,
  left: true,
};

/** Endings after which a peer waits before it is called again. */
const isFailure: Readonly<Record<Ending, boolean>> = {
  'closed-by-peer': true,
  unanswered: true,
  refused: true,
  dead: true,
  stalled: true,
  lied: true,
  exhausted: false,
  left: false,
};

import type { Channel } from '../channel/channel';
import { Envelope } from '../channel/envelope';
import { isFailure, saysGoodbye, type Ending } from '../channel/phase';
import type { Micros } from '../limits';
import type { SwarmId } from '../swarm/metadata';
import type { Outcome } from '../swarm/candidates';
import type { SwarmContext } from '../swarm/context';
import type { SourceBytes } from '../swarm/intake';
import type { Swarm } from '../swarm/swarm';
import { decodeDatagram, peekChannel } from '../wire/decode';
import type { Message } from '../wire/message';
import { Bans } from './bans';
import { ChannelTable } from './channel-table';
import type { EndpointConfig } from './config';
import { EndpointCounters } from './counters';
import { Deadlines } from './deadlines';
import { Doorman } from './doorman';
import type { Candidate, Effect, Input, Join, OpenedContent } from './effects';
import { ExtentCache } from './extent-cache';
import { Recruiter } from './recruiter';
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
  private readonly recruiter: Recruiter;
  private readonly channelDeadlines = new Deadlines<Channel>();
  private readonly swarmDeadlines = new Deadlines<Swarm>();
  private readonly touched = new Set<Channel>();
  private readonly awake = new Set<Swarm>();
  private out: Effect[] = [];
  private now: Micros = 0;

  constructor(private readonly config: EndpointConfig) {
    const push = (effect: Effect): void => this.push(effect);
    const touch = (channel: Channel): void => this.touch(channel);
    const { counters, bans, envelope } = this;
    const context: SwarmContext = {
      cache: new ExtentCache(config.cacheBytes),
      counters,
      backgroundBytesMax: config.backgroundBytesMax,
      push,
      touch,
      stirred: (swarmId) => this.stirred(swarmId),
      lied: (channel) => this.ban(channel),
    };
    const channels = new ChannelTable(config.random);
    const swarms = new SwarmTable(context, push);
    this.channels = channels;
    this.swarms = swarms;
    this.doorman = new Doorman({ config, channels, swarms, bans, counters, envelope, push, touch });
    this.recruiter = new Recruiter({
      swarms,
      bans,
      doorman: this.doorman,
      notify: (notice) => this.push({ kind: 'notice', notice }),
      dismiss: (channel, ending) => this.dismiss(channel, ending),
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
        return this.with(input.swarmId, (swarm) => this.onPeers(swarm, input.peers));
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
    for (const swarm of this.awake) swarm.settle(now);
    this.awake.clear();
    for (const swarm of this.swarmDeadlines.due(now)) this.swarmDeadlines.set(swarm, this.recruiter.tend(swarm, now));
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
    return swarm?.members.has(channel) === true ? swarm : undefined;
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
    swarm.established(channel, this.now);
    // RFC 7574 section 12.1.2: the second datagram is answered at once, so that the responder can let go of its doubt.
    if (channel.initiated) this.sendKeepAlive(channel);
    if (channel.serves && swarm.want === 'demand' && !swarm.holdings.complete) {
      this.push({ kind: 'notice', notice: { type: 'swarm-wanted', metadata: swarm.metadata } });
    }
  }

  private onJoin({ metadata, want, content, trusted }: Join): void {
    const existing = this.swarms.find(metadata.swarmId);
    const swarm = existing ?? this.swarms.open(metadata, want);
    if (want === 'all') swarm.want = want;
    if (existing === undefined) this.admitContent(swarm, content, trusted);
    else swarm.stir();
  }

  private onSwarmOpened({ swarmId, content }: InputOf<'swarm-opened'>): void {
    this.with(swarmId, (swarm) => {
      if (!swarm.opened) this.admitContent(swarm, content, false);
    });
  }

  /** What the store says wins over what a handshake proposed; who proposed otherwise is in another swarm. */
  private admitContent(swarm: Swarm, content: OpenedContent | undefined, trusted: boolean): void {
    const given = swarm.metadata;
    const { hash, addressing } = content?.record.metadata ?? given;
    if (hash !== given.hash || addressing !== given.addressing) return this.leave(swarm);
    swarm.open(content, trusted);
    this.doorman.opened(swarm, this.now);
  }

  private onPeers(swarm: Swarm, peers: readonly Candidate[]): void {
    swarm.candidates.add(peers, this.now);
    swarm.stir();
  }

  private leave(swarm: Swarm): void {
    this.swarms.close(swarm);
    for (const channel of swarm.members) this.touch(channel);
  }

  /** Whom the swarm needs is decided anew, in this turn or the next. */
  private stirred(swarmId: SwarmId): void {
    const swarm = this.swarms.find(swarmId);
    if (swarm !== undefined) this.swarmDeadlines.set(swarm, this.now);
  }

  private expire(channel: Channel): void {
    const reminder = channel.expire(this.now);
    if (reminder === 'again') this.doorman.callAgain(channel, this.now);
    if (reminder === 'keep-alive' || reminder === 'nudge') this.sendKeepAlive(channel);
    if (reminder === 'nudge' && channel.initiated) this.doorman.inquire(channel, this.now);
    this.touch(channel);
  }

  private dismiss(channel: Channel, ending: Ending): void {
    channel.end(ending);
    this.touch(channel);
  }

  private ban(channel: Channel): void {
    const { address, swarm } = channel;
    this.bans.add(address, this.now);
    this.dismiss(channel, 'lied');
    this.push({ kind: 'notice', notice: { type: 'peer-lied', swarmId: swarm.holdings.metadata.swarmId, address } });
  }

  /** Sends what a channel has to say, and sets its next deadline; buries it if it ended. */
  private step(channel: Channel): void {
    for (const messages of channel.flush(this.now, this.wireNow())) this.sendTo(channel, messages);
    if (channel.downloader.exhausted && channel.phase === 'open') channel.end('exhausted');
    if (channel.closed) return this.bury(channel);
    this.channelDeadlines.set(channel, channel.uploader.eager ? this.now : channel.deadline());
  }

  private bury(channel: Channel): void {
    if (this.channels.find(channel.id) !== channel) return;
    const { ending = 'left', address, downloader } = channel;
    this.channels.remove(channel);
    this.channelDeadlines.set(channel, undefined);
    if (channel.established && saysGoodbye[ending]) {
      this.sendTo(channel, [{ type: 'handshake', channel: 0, options: {} }]);
    }
    const swarm = this.swarmOf(channel);
    if (swarm === undefined) return;
    if (ending === 'lied') swarm.candidates.remove(address);
    else if (channel.initiated)
      swarm.candidates.release(address, outcomeOf(ending, downloader.receivedBytes), this.now);
    swarm.buried(channel);
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

function outcomeOf(ending: Ending, receivedBytes: number): Outcome {
  if (!isFailure[ending]) return 'fine';
  if (ending === 'refused') return 'refused';
  return receivedBytes > 0 ? 'failed-later' : 'failed';
}

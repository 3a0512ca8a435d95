import type { Urgency } from '../budget/link-budget';
import { Throttle } from '../budget/throttle';
import type { Channel } from '../channel/channel';
import { Envelope } from '../channel/envelope';
import type { Micros } from '../limits';
import type { SwarmId } from '../swarm/metadata';
import type { SwarmContext } from '../swarm/context';
import { preferenceOf } from '../swarm/preference';
import { Throughput } from '../swarm/throughput';
import type { SourceBytes } from '../swarm/sources';
import type { Swarm } from '../swarm/swarm';
import { decodeDatagram, peekChannel } from '../wire/decode';
import type { Message } from '../wire/message';
import { isSameAddress } from './address';
import { Bans } from './bans';
import { Caller } from './caller';
import { ChannelTable } from './channel-table';
import { wireTime, type EndpointConfig } from './config';
import { EndpointCounters } from './counters';
import { Deadlines } from './deadlines';
import { Doorman } from './doorman';
import type { Effect, Input, InputOf } from './effects';
import { ExtentCache } from './extent-cache';
import { LocalFlows } from './flows';
import { Gate } from './gate';
import { HalfOpenTable } from './half-open';
import type { Hall } from './hall';
import { Interception } from './interception';
import { Parted } from './parted';
import { Recruiter } from './recruiter';
import { Registrar } from './registrar';
import { Returns } from './returns';
import { Slots } from './slots';
import { Steward } from './steward';
import { SwarmRules } from './swarm-rules';
import { SwarmTable } from './swarm-table';

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
  private readonly parted = new Parted();
  private readonly throughput = new Throughput();
  private readonly halfOpen: HalfOpenTable;
  private readonly returns: Returns;
  private readonly interception: Interception;
  private readonly doorman: Doorman;
  private readonly recruiter: Recruiter;
  private readonly steward: Steward;
  private readonly slots: Slots;
  private readonly registrar: Registrar;
  private readonly throttle: Throttle;
  private readonly swarmDeadlines = new Deadlines<Swarm>();
  private readonly awake = new Set<Swarm>();
  private out: Effect[] = [];
  private now: Micros = 0;

  constructor(private readonly config: EndpointConfig) {
    const push = (effect: Effect): void => this.push(effect);
    const touch = (channel: Channel): void => this.steward.touch(channel);
    const { counters, bans, envelope } = this;
    const slots = (this.slots = new Slots(config.uploadSlots, touch));
    const throttle = (this.throttle = new Throttle(config.budget));
    const { backgroundBytesMax, readAhead, exchange } = config;
    const context: SwarmContext = {
      cache: new ExtentCache(config.cacheBytes),
      counters,
      ...{ backgroundBytesMax, readAhead, exchange, throttle },
      preference: preferenceOf(config, this.throughput, counters),
      random: config.random,
      push,
      touch,
      admits: (channel, now) => slots.admits(channel, now),
      stirred: (swarmId) => this.stirred(swarmId),
      lied: (channel) => this.steward.ban(channel, this.now),
    };
    const { flows = new LocalFlows() } = config;
    const channels = new ChannelTable(flows);
    const rules = new SwarmRules();
    const swarms = new SwarmTable(context, rules, push);
    this.channels = channels;
    this.swarms = swarms;
    const hall: Hall = {
      ...{ config, channels, swarms, bans, rules, throttle, parted: this.parted, counters, envelope, push, touch },
      hasSlot: (now) => slots.hasRoom(now),
      leave: (swarm) => this.registrar.leave(swarm, this.now),
    };
    const caller = new Caller(hall);
    const gate = new Gate(hall);
    this.halfOpen = new HalfOpenTable(config.random);
    this.returns = new Returns(hall, flows);
    this.interception = new Interception(hall, gate);
    const { halfOpen, returns, interception } = this;
    this.doorman = new Doorman({ hall, gate, halfOpen, interception, returns, flows });
    const { throughput, doorman } = this;
    this.registrar = new Registrar({ hall, doorman, interception, throttle });
    this.steward = new Steward({ channels, swarms, slots, bans, caller, envelope, config, counters, throughput, push });
    this.recruiter = new Recruiter({
      swarms,
      bans,
      caller,
      notify: (notice) => this.push({ kind: 'notice', notice }),
      dismiss: (channel, ending) => this.steward.dismiss(channel, ending),
      part: (channel) => this.part(channel),
    });
  }

  /** Takes one input. Work that several inputs share, as verifying a batch, waits for `drain`. */
  handle(input: Input, now: Micros): void {
    this.now = now;
    switch (input.kind) {
      case 'datagram':
        return this.onDatagram(input);
      case 'overload':
        this.interception.overloaded = input.overloaded;
        return;
      case 'store-full':
        this.interception.storeFull = input.full;
        return;
      case 'flows-lost':
        return this.forgetIntercepted();
      case 'join':
      case 'peers':
      case 'leave':
      case 'swarm-limits':
        return this.rouse(this.registrar.take(input, now));
      case 'swarm-opened':
        this.with(input.swarmId, (swarm) => swarm.open(input.content, false));
        return this.doorman.opened(input.swarmId, input.content, now);
      case 'peer-measured':
        return this.throughput.note(input.address, input.delivery, now);
      case 'extent-read':
        return this.with(input.swarmId, (swarm) => swarm.extentRead(input.extent, input.read));
      case 'extent-checked':
        return this.with(input.swarmId, (swarm) => swarm.extentChecked(input.extent, input.subtree));
      case 'extent-written':
        return this.with(input.swarmId, (swarm) => swarm.extentWritten(input.extent, input.stored));
      case 'extent-evicted':
        return this.with(input.swarmId, (swarm) => swarm.extentEvicted(input.extent, input.damaged));
      case 'certified':
        return this.with(input.swarmId, (swarm) => swarm.exchange.certified(input.token, input.verdict, now));
      case 'certificate':
        return this.with(input.swarmId, (swarm) => swarm.exchange.certify(input.own, now));
      case 'chunks-hashed':
        return this.with(input.swarmId, (swarm) => swarm.hashed(input.token, input.leaves, now));
    }
  }

  /** Lets time act, verifies what arrived, and returns everything to be done now. */
  drain(now: Micros): Effect[] {
    this.now = now;
    this.doorman.expire(now);
    this.steward.expire(now);
    this.throttle.resume(now);
    for (const swarm of this.awake) swarm.settle(now);
    this.awake.clear();
    for (const swarm of this.swarmDeadlines.due(now)) this.swarmDeadlines.set(swarm, this.recruiter.tend(swarm, now));
    this.slots.tend(now);
    this.steward.tend(now);
    const effects = this.out;
    this.out = [];
    return effects;
  }

  /** When `drain` has something to do though nothing happens; undefined for never. */
  nextTimeout(): Micros | undefined {
    const { steward, swarmDeadlines, slots, doorman } = this;
    const never = Number.POSITIVE_INFINITY;
    const parts = [steward.nextTimeout(), swarmDeadlines.next(), slots.nextTimeout(), doorman.nextTimeout(this.now)];
    parts.push(this.throttle.nextTimeout(this.now));
    const next = Math.min(...parts.map((at) => at ?? never));
    return next === never ? undefined : next;
  }

  /** Leaves every swarm, with closing handshakes. */
  close(now: Micros): Effect[] {
    this.now = now;
    this.doorman.left(undefined, now);
    for (const swarm of [...this.swarms.all()]) this.registrar.leave(swarm, now);
    return this.drain(now);
  }

  /** Content bytes that each peer of a swarm sent and that proved right. */
  sources(swarmId: SwarmId): readonly SourceBytes[] {
    return this.swarms.find(swarmId)?.received() ?? [];
  }

  /** How long what was to be fetched has waited for the outside link in all. */
  deferredFor(urgency: Urgency): Micros {
    return this.throttle.waited(urgency, this.now);
  }

  /** Channels that were asked for by somebody who did not yet prove to be there. */
  get halfOpenSize(): number {
    return this.halfOpen.size(this.now);
  }

  private push(effect: Effect): void {
    if (effect.kind === 'send') this.counters.datagramsOut++;
    this.out.push(effect);
  }

  private with(swarmId: SwarmId, act: (swarm: Swarm) => void): void {
    const swarm = this.swarms.find(swarmId);
    if (swarm === undefined) return;
    act(swarm);
    this.awake.add(swarm);
  }

  private rouse(swarm: Swarm | undefined): void {
    if (swarm !== undefined) this.awake.add(swarm);
  }

  private onDatagram(datagram: InputOf<'datagram'>): void {
    this.counters.datagramsIn++;
    const id = peekChannel(datagram.bytes);
    if (id === undefined) return this.returns.refuse(datagram, 'truncated', this.now);
    if (id === 0) return this.doorman.receive(datagram, this.now);
    const channel = this.channels.find(id);
    if (channel === undefined) return this.onProof(datagram, id);
    const isItsOwn = isSameAddress(channel.address, datagram.from) && isSameAddress(channel.origin, datagram.origin);
    if (!isItsOwn) return this.returns.refuse(datagram, 'wrong-address', this.now);
    this.deliver(channel, this.messagesOf(datagram, channel));
  }

  /** The second datagram of an initiator. RFC 7574 section 3.1.1, step 7. */
  private onProof(datagram: InputOf<'datagram'>, id: number): void {
    const entry = this.doorman.enter(datagram, id, this.now);
    if (entry === undefined) return;
    const { channel, messages } = entry;
    this.deliver(channel, [...messages, ...this.messagesOf(datagram, channel)]);
  }

  private messagesOf({ bytes }: InputOf<'datagram'>, channel: Channel): readonly Message[] {
    const { messages, fault } = decodeDatagram(bytes, channel.dialect);
    if (fault === undefined) return messages;
    this.counters.fault(fault);
    if (!channel.closed && channel.damage.note(fault, this.now)) {
      this.counters.fault('malformed');
      this.steward.shun(channel, this.now);
    }
    return messages;
  }

  private deliver(channel: Channel, messages: readonly Message[]): void {
    const wasOpen = channel.phase === 'open';
    channel.receive(messages, this.now, wireTime(this.now, this.config));
    this.steward.touch(channel);
    const swarm = this.steward.swarmOf(channel);
    if (swarm === undefined) return;
    this.awake.add(swarm);
    if (!wasOpen && channel.phase === 'open') this.onEstablished(channel, swarm);
  }

  private onEstablished(channel: Channel, swarm: Swarm): void {
    swarm.established(channel, this.now);
    // RFC 7574 section 12.1.2: the second datagram is answered at once, so that the responder can let go of its doubt.
    if (channel.initiated) {
      this.steward.sendKeepAlive(channel, this.now);
      this.doorman.opened(swarm.metadata.swarmId, undefined, this.now);
    }
    if (channel.serves && !channel.guest && swarm.want === 'demand' && !swarm.holdings.complete) {
      this.push({ kind: 'notice', notice: { type: 'swarm-wanted', metadata: swarm.metadata } });
    }
  }

  private part(channel: Channel): void {
    this.parted.add({ from: channel.address, origin: channel.origin }, this.now);
    this.steward.dismiss(channel, 'left');
  }

  /** What was to be said on those flows is not said either. */
  private forgetIntercepted(): void {
    this.out = this.out.filter((effect) => effect.kind !== 'send' || effect.from === undefined);
    this.doorman.forgetIntercepted();
    this.steward.forgetIntercepted(this.now);
  }

  /** Whom the swarm needs is decided anew, in this turn or the next. */
  private stirred(swarmId: SwarmId): void {
    const swarm = this.swarms.find(swarmId);
    if (swarm !== undefined) this.swarmDeadlines.set(swarm, this.now);
  }
}

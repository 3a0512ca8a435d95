import type { Channel } from '../channel/channel';
import type { Downloader } from '../channel/downloader';
import type { Envelope } from '../channel/envelope';
import { isFailure, saysGoodbye, type Ending } from '../channel/phase';
import type { Micros } from '../limits';
import type { Outcome } from '../swarm/candidates';
import type { Swarm } from '../swarm/swarm';
import type { Throughput } from '../swarm/throughput';
import { protocolVersion } from '../wire/codes';
import type { Message } from '../wire/message';
import type { Bans } from './bans';
import type { Caller } from './caller';
import type { ChannelTable } from './channel-table';
import { wireTime, type EndpointConfig } from './config';
import type { EndpointCounters } from './counters';
import { Deadlines } from './deadlines';
import type { Effect } from './effects';
import type { Slots } from './slots';
import type { SwarmTable } from './swarm-table';

/** What the steward shares with its endpoint. */
export interface StewardParts {
  readonly channels: ChannelTable;
  readonly swarms: SwarmTable;
  readonly slots: Slots;
  readonly bans: Bans;
  readonly caller: Caller;
  readonly envelope: Envelope;
  readonly config: EndpointConfig;
  readonly counters: EndpointCounters;
  readonly throughput: Throughput;
  push(effect: Effect): void;
}

/** Looks after open channels: what they have to say is sent, time acts on them, and those that ended are buried. */
export class Steward {
  private readonly deadlines = new Deadlines<Channel>();
  private readonly touched = new Set<Channel>();

  constructor(private readonly parts: StewardParts) {}

  /** Something about the channel changed that the next `tend` has to look at. */
  touch(channel: Channel): void {
    this.touched.add(channel);
  }

  /** Ends a channel. */
  dismiss(channel: Channel, ending: Ending): void {
    channel.end(ending);
    this.touch(channel);
  }

  /** Ends the channel of a peer that lied, and hears nothing of its address for a while. */
  ban(channel: Channel, now: Micros): void {
    const { address, swarm } = channel;
    const { swarmId } = swarm.holdings.metadata;
    this.parts.bans.add(address, now);
    this.dismiss(channel, 'lied');
    this.parts.push({ kind: 'notice', notice: { type: 'peer-lied', swarmId, address } });
  }

  /** Ends the channel of a peer that nobody can understand, and hears nothing of its address for a while. RFC 7574 section 3. */
  shun(channel: Channel, now: Micros): void {
    this.parts.bans.add(channel.address, now);
    this.dismiss(channel, 'malformed');
  }

  /** Forgets channels that were intercepted, without a word: what their peers send goes to their origins from now on. */
  forgetIntercepted(now: Micros): void {
    for (const channel of [...this.parts.channels.all()]) {
      if (channel.origin === undefined) continue;
      channel.end('diverted');
      this.bury(channel, now);
    }
  }

  /** Lets time act on those whose deadline has come. */
  expire(now: Micros): void {
    for (const channel of this.deadlines.due(now)) this.remind(channel, now);
  }

  /** Lets every touched channel say what it has to say, and buries those that ended. */
  tend(now: Micros): void {
    for (let channel = this.takeTouched(); channel !== undefined; channel = this.takeTouched()) this.step(channel, now);
  }

  /** When time alone changes something. */
  nextTimeout(): Micros | undefined {
    return this.deadlines.next();
  }

  /** The channel's swarm, while both live. */
  swarmOf(channel: Channel): Swarm | undefined {
    const swarm = this.parts.swarms.find(channel.swarm.holdings.metadata.swarmId);
    return swarm?.members.has(channel) === true ? swarm : undefined;
  }

  /** Shows the peer that we are there. RFC 7574 section 8.14. */
  sendKeepAlive(channel: Channel, now: Micros): void {
    const { address: to, origin: from, port, remoteId } = channel;
    channel.note(now);
    const bytes = this.parts.envelope.keepAlive(remoteId);
    if (channel.serves) this.parts.counters.serving(bytes.length, channel.guest);
    this.parts.push({ kind: 'send', to, from, port, bytes });
  }

  private takeTouched(): Channel | undefined {
    const [channel] = this.touched;
    if (channel !== undefined) this.touched.delete(channel);
    return channel;
  }

  private remind(channel: Channel, now: Micros): void {
    const { caller } = this.parts;
    const reminder = channel.expire(now);
    if (reminder === 'again') caller.callAgain(channel, now);
    if (reminder === 'keep-alive' || reminder === 'nudge') this.sendKeepAlive(channel, now);
    if (reminder === 'nudge' && channel.initiated) caller.inquire(channel, now);
    if (channel.fetches) this.measure(channel, now, false);
    this.touch(channel);
  }

  /** Remembers what a source delivered, and tells it to whom it may concern. Time alone leads here, never a datagram. */
  private measure({ address, downloader }: Channel, now: Micros, isLast: boolean): void {
    const delivery = downloader.takeDelivery(now, isLast);
    if (delivery === undefined) return;
    this.parts.throughput.note(address, delivery, now);
    this.parts.push({ kind: 'notice', notice: { type: 'peer-measured', address, delivery } });
  }

  /** Sends what a channel has to say, and sets its next deadline; buries it if it ended. */
  private step(channel: Channel, now: Micros): void {
    for (const messages of channel.flush(now, wireTime(now, this.parts.config))) this.send(channel, messages);
    for (const extent of channel.uploader.visits.take()) channel.swarm.used(channel, extent);
    if (channel.downloader.exhausted && channel.phase === 'open') channel.end('exhausted');
    if (channel.closed) return this.bury(channel, now);
    this.deadlines.set(channel, channel.uploader.eager ? now : channel.deadline());
  }

  private bury(channel: Channel, now: Micros): void {
    const { channels } = this.parts;
    if (channels.find(channel.id) !== channel) return;
    const { ending = 'left', address, downloader } = channel;
    channels.remove(channel);
    this.parts.slots.release(channel);
    this.deadlines.set(channel, undefined);
    if (channel.fetches) this.measure(channel, now, true);
    // Whoever echoed our channel ID really is there, even if it is refused for what it answered.
    const isProven = channel.established || (ending === 'refused' && channel.remoteId !== 0);
    if (isProven && saysGoodbye[ending]) this.send(channel, [farewell(ending)]);
    const swarm = this.swarmOf(channel);
    if (swarm === undefined) return;
    if (ending === 'lied') swarm.candidates.remove(address);
    else if (channel.initiated) swarm.candidates.release(address, outcomeOf(ending, downloader), now);
    swarm.buried(channel);
  }

  private send(channel: Channel, messages: readonly Message[]): void {
    const { address: to, origin: from, port, remoteId, dialect } = channel;
    for (const bytes of this.parts.envelope.pack(remoteId, messages, dialect)) {
      if (channel.serves) this.parts.counters.serving(bytes.length, channel.guest);
      this.parts.push({ kind: 'send', to, from, port, bytes });
    }
  }
}

/** RFC 7574 section 3.1.1, step 4: who is refused learns the highest version that we speak; others need no reason. */
function farewell(ending: Ending): Message {
  return { type: 'handshake', channel: 0, options: ending === 'refused' ? { version: protocolVersion } : {} };
}

function outcomeOf(ending: Ending, { receivedBytes, faithless }: Downloader): Outcome {
  if (!isFailure[ending]) return 'fine';
  if (ending === 'refused') return 'refused';
  if (ending === 'stalled' && faithless) return 'faithless';
  return receivedBytes > 0 ? 'failed-later' : 'failed';
}

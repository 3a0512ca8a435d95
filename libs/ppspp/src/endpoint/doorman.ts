import { Channel, type ChannelInit } from '../channel/channel';
import type { Envelope } from '../channel/envelope';
import { disagreement, judgeInitiation } from '../channel/handshake';
import type { Ending } from '../channel/phase';
import { limits, type Micros } from '../limits';
import { integrityOf, type SwarmId, type SwarmMetadata } from '../swarm/metadata';
import type { Swarm } from '../swarm/swarm';
import { decodeHandshake } from '../wire/decode';
import type { HandshakeMessage, Message } from '../wire/message';
import { subscriberKey, type Address } from './address';
import { answerWithin, minorMessages, openingOf, type Opening } from './answer';
import type { Bans } from './bans';
import type { ChannelTable } from './channel-table';
import type { EndpointConfig } from './config';
import type { EndpointCounters, EndpointFault } from './counters';
import type { Candidate, Effect, InputOf, OpenedContent } from './effects';
import { HalfOpenTable } from './half-open';
import type { HalfOpen } from './half-open-row';
import { Lookups } from './lookups';
import { channelIdOf } from './shard';
import { SwarmQuota } from './swarm-quota';
import type { SwarmTable } from './swarm-table';

type Datagram = InputOf<'datagram'>;

/** What the doorman shares with its endpoint. */
export interface Hall {
  readonly config: EndpointConfig;
  readonly channels: ChannelTable;
  readonly swarms: SwarmTable;
  readonly bans: Bans;
  readonly counters: EndpointCounters;
  readonly envelope: Envelope;
  push(effect: Effect): void;
  /** Something about the channel changed that the next drain has to look at. */
  touch(channel: Channel): void;
}

/** A channel whose initiator proved to be there, and what it said before it did. */
export interface Entry {
  readonly channel: Channel;
  readonly messages: readonly Message[];
}

/** Opens channels, both ways. RFC 7574 sections 3.1.1 and 12.1. */
export class Doorman {
  readonly halfOpen: HalfOpenTable;
  private readonly lookups = new Lookups();
  private readonly quota: SwarmQuota;

  constructor(private readonly hall: Hall) {
    this.halfOpen = new HalfOpenTable(hall.config.random);
    this.quota = new SwarmQuota(hall.config.newSwarmsPerMinute);
  }

  /** A datagram to channel 0: answered, or met with silence. */
  receive(datagram: Datagram, now: Micros): void {
    const fault = this.consider(datagram, now);
    if (fault !== undefined) this.refuse(datagram, fault);
  }

  /** A datagram to a channel that is not established: it proves that its sender is there, or is none of ours. */
  enter(datagram: Datagram, id: number, now: Micros): Entry | undefined {
    const half = this.halfOpen.find(id, datagram.from, now);
    const entry = half === undefined ? 'no-channel' : this.establish(half, datagram, now);
    if (typeof entry !== 'string') return entry;
    this.refuse(datagram, entry);
    return undefined;
  }

  /** Counts a datagram that is none of ours, and gives it back: somebody else may want it. */
  refuse(datagram: Datagram, fault: EndpointFault): void {
    this.hall.counters.fault(fault);
    this.hall.push({ kind: 'not-ours', datagram, fault, flow: 'other' });
  }

  /** The store told what it has of a swarm: those who asked for it are answered. */
  opened(swarmId: SwarmId, content: OpenedContent | undefined, now: Micros): void {
    for (const { id, datagram } of this.lookups.take(swarmId)) {
      const half = this.halfOpen.find(id, datagram.from, now);
      if (half === undefined) continue;
      const opening = openingOf(half.opening, this.methods);
      const fault = this.welcome(half, opening, content, now);
      if (fault === undefined) this.greet({ ...half, lookedUp: true }, opening, datagram.bytes.length, now);
      else {
        this.halfOpen.remove(half);
        this.refuse(datagram, fault);
      }
    }
  }

  /** Lets time act on those who wait for the store. */
  expire(now: Micros): void {
    this.lookups.expire(now);
  }

  /** False when there is no room for calls of ours. */
  get mayCall(): boolean {
    return !this.hall.channels.full;
  }

  /** Calls a peer. */
  call(swarm: Swarm, { address, origin }: Candidate, now: Micros): Channel {
    const { portFor, servesCalled: serves } = this.hall.config;
    // Whom nobody but another peer named may never have heard of us; and of many some are gone: those make room soon.
    const isDispensable = origin === 'exchange' || swarm.candidates.abundant(now);
    const triesMax = isDispensable ? limits.exchangeTries : limits.handshakeTries;
    const place = { id: this.freshId(), address, port: portFor(address) };
    const channel = this.make(swarm, { ...place, initiated: true, serves, fetches: true, triesMax, now });
    this.hall.channels.add(channel);
    this.send(channel, 0, [channel.initiation(now)]);
    return channel;
  }

  /** Calls a peer that has not answered once more. */
  callAgain(channel: Channel, now: Micros): void {
    this.send(channel, 0, [channel.initiation(now)]);
    this.hall.touch(channel);
  }

  /** Asks a peer that is silent whether it still knows the channel. */
  inquire(channel: Channel, now: Micros): void {
    this.send(channel, 0, [channel.initiationAgain(now)]);
  }

  private get methods(): EndpointConfig['integrityMethods'] {
    return this.hall.config.integrityMethods;
  }

  /** Why a HANDSHAKE gets no answer, or undefined if it does, now or when the store told. */
  private consider(datagram: Datagram, now: Micros): EndpointFault | undefined {
    const { from, bytes } = datagram;
    const decoded = decodeHandshake(bytes.subarray(0, limits.openingBytesMax));
    if ('fault' in decoded) return decoded.fault;
    const { handshake } = decoded;
    const judgement = judgeInitiation(handshake.options, this.methods);
    const opening = { handshake, judgement };
    const fault = this.refusal(from, handshake, now) ?? this.obstacleTo(opening);
    if (fault !== undefined || !judgement.ok) return fault;
    const { swarmId } = judgement.metadata;
    const known = this.hall.channels.findInitiation(from, handshake.channel);
    const isRepeated = known !== undefined && !known.closed && known.swarm === this.hall.swarms.find(swarmId);
    if (!isRepeated) return this.begin(opening, swarmId, datagram, now);
    this.repeat(known, handshake, datagram, now);
    return undefined;
  }

  private refusal(from: Address, { channel }: HandshakeMessage, now: Micros): EndpointFault | undefined {
    // Closing a channel needs its ID; on channel 0 it means nothing.
    if (channel === 0) return 'no-channel';
    if (this.hall.bans.has(from, now)) return 'banned';
    return this.hall.config.admit(from) === 'refuse' ? 'not-admitted' : undefined;
  }

  /** Why a HANDSHAKE leads into no swarm of ours, open or `stored`, nor into one that could be opened. */
  private obstacleTo({ judgement }: Opening, stored?: SwarmMetadata): EndpointFault | undefined {
    if (!judgement.ok) return judgement.fault;
    const { metadata } = judgement;
    if (this.hall.config.admitsSwarm?.(metadata.swarmId) === false) return 'swarm-blocked';
    const ours = this.hall.swarms.find(metadata.swarmId)?.metadata ?? stored;
    // Where bytes are what is addressed, another chunk size means other chunks, though it is but a guess. Section 4.1.2.
    const chunkSizeGiven = judgement.chunkSizeGiven || metadata.addressing === 'byte64';
    if (ours !== undefined) return disagreement({ ...judgement, chunkSizeGiven }, ours);
    // What nothing protects is never fetched because a stranger asks for it.
    if (!this.hall.config.opensUnknown || integrityOf(metadata) === 'none') return 'swarm-other';
    return this.hall.swarms.full ? 'table-full' : undefined;
  }

  /** Opens the swarm for somebody who asked for it, if the store has it; why he is not answered. */
  private welcome(half: HalfOpen, opening: Opening, content: OpenedContent | undefined, now: Micros) {
    const { quota, hall } = this;
    const metadata = content?.record.metadata;
    const fault = this.obstacleTo(opening, metadata);
    const { judgement } = opening;
    if (fault !== undefined || !judgement.ok) return fault;
    if (hall.swarms.find(judgement.metadata.swarmId) !== undefined) return undefined;
    if (metadata === undefined) return quota.admits(subscriberKey(half.from), now) ? undefined : 'swarm-quota';
    if (!hall.swarms.admitsUnproven) return 'table-full';
    hall.swarms.openUnproven(metadata).open(content, false);
    return undefined;
  }

  /** A HANDSHAKE that was seen before gets the same channel again. RFC 7574 section 8.2. */
  private repeat(channel: Channel, handshake: HandshakeMessage, { bytes }: Datagram, now: Micros): void {
    channel.reintroduced(now);
    const { address: to, port, swarm } = channel;
    const answer = channel.answer(handshake, now);
    if (answer === undefined) return;
    const reply = answerWithin(bytes.length, { handshake, id: channel.id, holdings: swarm.holdings });
    if (reply !== undefined) this.hall.push({ kind: 'send', to, port, bytes: reply });
    this.hall.touch(channel);
  }

  private begin(opening: Opening, swarmId: SwarmId, datagram: Datagram, now: Micros): EndpointFault | undefined {
    const { from, port, bytes } = datagram;
    const { channel: remoteId } = opening.handshake;
    const earlier = this.halfOpen.findInitiation(from, remoteId, now);
    if (earlier !== undefined && this.means(earlier, swarmId)) {
      if (earlier.lookedUp) this.greet({ ...earlier, opening: bytes }, opening, bytes.length, now);
      return undefined;
    }
    if (this.hall.channels.fullFor(from)) return 'table-full';
    if (earlier !== undefined) this.halfOpen.remove(earlier);
    const lookedUp = this.hall.swarms.find(swarmId) !== undefined;
    const id = this.freshId();
    const half = { id, remoteId, from, port, bornAt: now, opening: bytes, lookedUp, answeredAt: undefined };
    if (!lookedUp) return this.lookUp(half, swarmId, datagram, now);
    this.greet(half, opening, bytes.length, now);
    return undefined;
  }

  private means({ opening }: HalfOpen, swarmId: SwarmId): boolean {
    const { judgement } = openingOf(opening, this.methods);
    return judgement.ok && judgement.metadata.swarmId === swarmId;
  }

  /** Asks the store for the swarm. Who keeps it busy does not push out what he asked for before. */
  private lookUp(half: HalfOpen, swarmId: SwarmId, datagram: Datagram, now: Micros): EndpointFault | undefined {
    const isBusy = this.halfOpen.crowded(half.from, now)?.lookedUp === false;
    if (this.lookups.full || isBusy) return 'table-full';
    this.halfOpen.put(half, now);
    if (this.lookups.add(swarmId, { id: half.id, datagram }, now)) this.hall.push({ kind: 'open', swarmId });
    return undefined;
  }

  /** Answers one whose address is not proven, `bytesMax` long at most, and five times a second. RFC 7574 section 12.1.1. */
  private greet(half: HalfOpen, { handshake, judgement }: Opening, bytesMax: number, now: Micros): void {
    const isHasty = half.answeredAt !== undefined && now - half.answeredAt < limits.handshakeAnswerInterval;
    this.halfOpen.put(isHasty ? half : { ...half, answeredAt: now }, now);
    if (isHasty || !judgement.ok) return;
    const { id, from: to, port } = half;
    const holdings = this.hall.swarms.find(judgement.metadata.swarmId)?.holdings ?? judgement.metadata;
    const bytes = answerWithin(bytesMax, { handshake, id, holdings });
    if (bytes !== undefined) this.hall.push({ kind: 'send', to, port, bytes });
  }

  private establish(half: HalfOpen, { from }: Datagram, now: Micros): Entry | EndpointFault {
    if (half.answeredAt === undefined) return 'no-channel';
    this.halfOpen.remove(half);
    const opening = openingOf(half.opening, this.methods);
    const swarm = this.swarmOf(opening, from, now);
    if (typeof swarm === 'string') return swarm;
    const isTaken = this.hall.channels.find(half.id) !== undefined;
    if (isTaken || this.hall.channels.fullFor(from)) return 'table-full';
    const earlier = this.hall.channels.findInitiation(from, half.remoteId);
    // A peer that was restarted may use its channel IDs anew, for another swarm.
    if (earlier !== undefined) this.dismiss(earlier, 'left');
    const { id, port } = half;
    const { fetchesFromCallers: fetches } = this.hall.config;
    const channel = this.make(swarm, { id, address: from, port, initiated: false, serves: true, fetches, now });
    this.hall.channels.addIncoming(channel, half.remoteId);
    channel.answer(opening.handshake, now);
    return { channel, messages: minorMessages(half.opening, channel.dialect) };
  }

  /** The swarm that a proven caller means, opened if nobody knew it. */
  private swarmOf(opening: Opening, from: Address, now: Micros): Swarm | EndpointFault {
    const fault = this.refusal(from, opening.handshake, now) ?? this.obstacleTo(opening);
    if (fault !== undefined || !opening.judgement.ok) return fault ?? 'swarm-other';
    const { metadata } = opening.judgement;
    const swarm = this.hall.swarms.find(metadata.swarmId);
    if (swarm !== undefined) return swarm;
    if (!this.quota.take(subscriberKey(from), now)) return 'swarm-quota';
    const opened = this.hall.swarms.open(metadata, 'demand');
    opened.open(undefined, false);
    return opened;
  }

  /** An unused, unpredictable ID other than 0; half-open channels are told apart by their address, too. RFC 7574 sections 3.11 and 8.3. */
  private freshId(): number {
    const { config, channels } = this.hall;
    let id = 0;
    while (id === 0 || channels.find(id) !== undefined) id = channelIdOf(config.random(), config.shard);
    return id;
  }

  private make(swarm: Swarm, init: Omit<ChannelInit, 'upload' | 'swarm'>): Channel {
    const { upload } = this.hall.config;
    const segmentBytes = Math.max(upload.segmentBytes, swarm.metadata.chunkSize);
    const channel = new Channel({ ...init, swarm, upload: { ...upload, segmentBytes } });
    swarm.members.add(channel);
    this.hall.touch(channel);
    return channel;
  }

  private dismiss(channel: Channel, ending: Ending): void {
    channel.end(ending);
    this.hall.touch(channel);
  }

  private send(channel: Channel, destination: number, messages: readonly Message[]): void {
    const { address: to, port, dialect } = channel;
    for (const bytes of this.hall.envelope.pack(destination, messages, dialect))
      this.hall.push({ kind: 'send', to, port, bytes });
  }
}

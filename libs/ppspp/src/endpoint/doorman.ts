import type { ChunkRange } from '../addressing/chunk-range';
import { specificationBytes } from '../addressing/method';
import { Channel, type ChannelInit } from '../channel/channel';
import { answeringOptions, disagreement, judgeInitiation, type HandshakeFault } from '../channel/handshake';
import type { Ending } from '../channel/phase';
import type { Envelope } from '../channel/envelope';
import { limits, type Micros } from '../limits';
import { integrityOf, type SwarmMetadata } from '../swarm/metadata';
import type { Swarm } from '../swarm/swarm';
import { decodeHandshake } from '../wire/decode';
import { expand } from '../wire/expansion';
import type { HandshakeMessage, Message, RangeMessage } from '../wire/message';
import type { Bans } from './bans';
import type { ChannelTable } from './channel-table';
import type { Address } from './address';
import type { EndpointConfig } from './config';
import type { EndpointCounters, EndpointFault } from './counters';
import type { Candidate, Effect, Input } from './effects';
import type { SwarmTable } from './swarm-table';

type Datagram = Extract<Input, { kind: 'datagram' }>;

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

interface WaitingAnswer {
  readonly channel: Channel;
  readonly handshake: HandshakeMessage;
  /** Bytes of the datagram that asked: an answer to an unproven address is no longer. RFC 7574 section 12.1.1. */
  readonly bytes: number;
}

/** Opens channels, both ways. RFC 7574 sections 3.1.1 and 12.1. */
export class Doorman {
  /** Bounded by the half-open channels; a swarm that is closed meanwhile takes its own with it. */
  private readonly waiting = new WeakMap<Swarm, WaitingAnswer[]>();

  constructor(private readonly hall: Hall) {}

  /** A datagram to channel 0: answered, or met with silence. */
  receive(datagram: Datagram, now: Micros): void {
    const { counters } = this.hall;
    const { from, bytes } = datagram;
    const decoded = decodeHandshake(bytes);
    if ('fault' in decoded) return counters.fault(decoded.fault);
    const { handshake } = decoded;
    const fault = this.refusal(from, handshake, now);
    if (fault !== undefined) return counters.fault(fault);
    const swarm = this.swarmOf(handshake);
    if (typeof swarm === 'string') return counters.fault(swarm);
    const asked = { handshake, bytes: bytes.length };
    const known = this.hall.channels.findInitiation(from, handshake.channel);
    if (known?.swarm === swarm && !known.closed) return this.repeat(swarm, { channel: known, ...asked }, now);
    // A peer that was restarted may use its channel IDs anew, for another swarm.
    if (known !== undefined) this.dismiss(known, 'left');
    if (this.hall.channels.full) return counters.fault('table-full');
    this.admit(swarm, { channel: this.incoming(swarm, datagram, now), ...asked }, now);
  }

  /** The store told what it has of a swarm: those who asked for it are answered. */
  opened(swarm: Swarm, now: Micros): void {
    const waiting = this.waiting.get(swarm) ?? [];
    this.waiting.delete(swarm);
    for (const one of waiting) if (one.channel.phase === 'answered') this.answer(one, now);
  }

  /** Calls a peer. */
  call(swarm: Swarm, { address, origin }: Candidate, now: Micros): Channel {
    const { portFor, servesCalled: serves } = this.hall.config;
    // Whom nobody but another peer named may never have heard of us.
    const triesMax = origin === 'exchange' ? limits.exchangeTries : limits.handshakeTries;
    const port = portFor(address);
    const channel = this.make({ swarm, address, port, initiated: true, serves, fetches: true, triesMax, now });
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

  private refusal(from: Address, { channel }: HandshakeMessage, now: Micros): EndpointFault | undefined {
    // Closing a channel needs its ID; on channel 0 it means nothing.
    if (channel === 0) return 'no-channel';
    if (this.hall.bans.has(from, now)) return 'banned';
    return this.hall.config.admit(from) === 'refuse' ? 'not-admitted' : undefined;
  }

  private incoming(swarm: Swarm, { from: address, port }: Datagram, now: Micros): Channel {
    const { fetchesFromCallers: fetches } = this.hall.config;
    return this.make({ swarm, address, port, initiated: false, serves: true, fetches, now });
  }

  private admit(swarm: Swarm, asked: WaitingAnswer, now: Micros): void {
    const { channel, handshake } = asked;
    const oldest = this.hall.channels.answered(channel, handshake.channel);
    if (oldest !== undefined) this.dismiss(oldest, 'unanswered');
    const others = this.waiting.get(swarm);
    if (swarm.opened) this.answer(asked, now);
    else if (others === undefined) this.waiting.set(swarm, [asked]);
    else others.push(asked);
  }

  /** A HANDSHAKE that was seen before gets the same channel again. RFC 7574 section 8.2. */
  private repeat(swarm: Swarm, asked: WaitingAnswer, now: Micros): void {
    if (!swarm.opened) return;
    asked.channel.reintroduced(now);
    this.answer(asked, now);
  }

  /** The swarm a handshake means, opened if need be, or why it is none of ours. */
  private swarmOf({ options }: HandshakeMessage): Swarm | EndpointFault {
    const judgement = judgeInitiation(options, this.hall.config.integrityMethods);
    if (!judgement.ok) return judgement.fault;
    const swarm = this.hall.swarms.find(judgement.metadata.swarmId);
    if (swarm !== undefined) return disagreement(judgement, swarm.metadata) ?? swarm;
    return this.openUnknown(judgement.metadata);
  }

  private openUnknown(metadata: SwarmMetadata): Swarm | HandshakeFault | 'table-full' {
    const { config, swarms } = this.hall;
    // What nothing protects is never fetched because a stranger asks for it.
    if (!config.opensUnknown || integrityOf(metadata) === 'none') return 'swarm-other';
    if (swarms.full) return 'table-full';
    this.hall.push({ kind: 'open', swarmId: metadata.swarmId });
    return swarms.open(metadata, 'demand');
  }

  private answer({ channel, handshake, bytes }: WaitingAnswer, now: Micros): void {
    const full = channel.answer(handshake, now);
    if (full === undefined) return;
    const { holdings } = channel.swarm;
    const lean = { ...full, options: answeringOptions(holdings.metadata, {}) };
    for (const message of [full, lean]) {
      const bare = this.hall.envelope.pack(handshake.channel, [message], channel.dialect)[0]?.length ?? 0;
      if (bare > bytes) continue;
      const room = Math.floor((bytes - bare) / (1 + specificationBytes[channel.dialect.addressing]));
      // Some peers never look again when the answer offers nothing; one HAVE is minor payload. RFC 7574 section 3.1.1.
      const haves = channel.serves && channel.accepts('have') ? holdings.runs().slice(0, room).map(have) : [];
      this.send(channel, handshake.channel, [message, ...expand(haves, channel.dialect).slice(0, room)]);
      break;
    }
    this.hall.touch(channel);
  }

  private make(init: Omit<ChannelInit, 'id' | 'upload' | 'swarm'> & { readonly swarm: Swarm }): Channel {
    const { channels, config } = this.hall;
    const segmentBytes = Math.max(config.upload.segmentBytes, init.swarm.metadata.chunkSize);
    const channel = new Channel({ ...init, id: channels.freshId(), upload: { ...config.upload, segmentBytes } });
    channels.add(channel);
    init.swarm.members.add(channel);
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

function have(range: ChunkRange): RangeMessage {
  return { type: 'have', range };
}

import { Channel, type ChannelInit } from '../channel/channel';
import { disagreement, judgeInitiation, type HandshakeFault } from '../channel/handshake';
import type { Envelope } from '../channel/envelope';
import type { Micros } from '../limits';
import type { SwarmMetadata } from '../swarm/metadata';
import type { Swarm } from '../swarm/swarm';
import { decodeHandshake } from '../wire/decode';
import type { Dialect, HandshakeMessage, Message } from '../wire/message';
import type { Bans } from './bans';
import type { ChannelTable } from './channel-table';
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

/** Bytes around the messages of an answer: its channel ID, and one HAVE of the widest addressing. */
const bytesOfHave: Readonly<Record<Dialect['addressing'], number>> = { chunk32: 9, chunk64: 17 };

/** Opens channels, both ways. RFC 7574 sections 3.1.1 and 12.1. */
export class Doorman {
  private readonly waiting = new Map<Swarm, WaitingAnswer[]>();

  constructor(private readonly hall: Hall) {}

  /** A datagram to channel 0: answered, or met with silence. */
  receive({ from, port, bytes }: Datagram, now: Micros): void {
    const { counters, bans, config, channels } = this.hall;
    const decoded = decodeHandshake(bytes);
    if ('fault' in decoded) return counters.fault(decoded.fault);
    const { handshake } = decoded;
    // Closing a channel needs its ID; on channel 0 it means nothing.
    if (handshake.channel === 0) return counters.fault('no-channel');
    if (bans.has(from, now)) return counters.fault('banned');
    if (config.admit(from) === 'refuse') return counters.fault('not-admitted');
    const known = channels.findInitiation(from, handshake.channel);
    if (known !== undefined) return this.repeat({ channel: known, handshake, bytes: bytes.length }, now);
    const swarm = this.swarmOf(handshake);
    if (typeof swarm === 'string') return counters.fault(swarm);
    if (channels.full) return counters.fault('table-full');
    const channel = this.make({
      swarm,
      address: from,
      port,
      initiated: false,
      serves: true,
      fetches: config.fetchesFromCallers,
      now,
    });
    channel.remoteId = handshake.channel;
    channels.answered(channel, handshake.channel)?.end('unanswered');
    const waiting = { channel, handshake, bytes: bytes.length };
    if (swarm.opened) this.answer(waiting, now);
    else this.waiting.set(swarm, [...(this.waiting.get(swarm) ?? []), waiting]);
  }

  /** The store told what it has of a swarm: those who asked for it are answered. */
  opened(swarm: Swarm, now: Micros): void {
    const waiting = this.waiting.get(swarm) ?? [];
    this.waiting.delete(swarm);
    for (const one of waiting) if (one.channel.phase === 'answered') this.answer(one, now);
  }

  /** A swarm that is no more, or that its opener described wrongly. */
  forget(swarm: Swarm): void {
    this.waiting.delete(swarm);
  }

  /** Calls a peer. */
  call(swarm: Swarm, { address }: Candidate, port: number, now: Micros): Channel {
    const channel = this.make({
      swarm,
      address,
      port,
      initiated: true,
      serves: this.hall.config.servesCalled,
      fetches: true,
      now,
    });
    this.send(channel, 0, [channel.initiation(now)]);
    return channel;
  }

  /** Calls a peer that has not answered once more. */
  callAgain(channel: Channel, now: Micros): void {
    this.send(channel, 0, [channel.initiation(now)]);
    this.hall.touch(channel);
  }

  /** A HANDSHAKE that was seen before gets the same channel again. RFC 7574 section 8.2. */
  private repeat(repeated: WaitingAnswer, now: Micros): void {
    const { swarmId } = repeated.channel.swarm.holdings.metadata;
    if (this.hall.swarms.find(swarmId)?.opened === true) this.answer(repeated, now);
  }

  /** The swarm a handshake means, opened if need be, or why it is none of ours. */
  private swarmOf({ options }: HandshakeMessage): Swarm | EndpointFault {
    const judgement = judgeInitiation(options);
    if (!judgement.ok) return judgement.fault;
    const swarm = this.hall.swarms.find(judgement.metadata.swarmId);
    if (swarm !== undefined) return disagreement(judgement, swarm.metadata) ?? swarm;
    return this.openUnknown(judgement.metadata);
  }

  private openUnknown(metadata: SwarmMetadata): Swarm | HandshakeFault | 'table-full' {
    const { config, swarms } = this.hall;
    if (!config.opensUnknown) return 'swarm-other';
    if (swarms.full) return 'table-full';
    this.hall.push({ kind: 'open', swarmId: metadata.swarmId });
    return swarms.open(metadata, 'demand');
  }

  private answer({ channel, handshake, bytes }: WaitingAnswer, now: Micros): void {
    const message = channel.answer(handshake.channel, handshake.options, now);
    if (message === undefined) return;
    const { holdings } = channel.swarm;
    const bare = this.hall.envelope.pack(handshake.channel, [message], channel.dialect)[0]?.length ?? 0;
    const room = Math.max(0, Math.floor((bytes - bare) / bytesOfHave[channel.dialect.addressing]));
    const runs = channel.serves ? holdings.runs() : [];
    // Some peers never look again when the answer offers nothing; one HAVE is minor payload. RFC 7574 section 3.1.1.
    const haves = runs.slice(0, room).map((range) => ({ type: 'have', range }) as const);
    this.send(channel, handshake.channel, [message, ...haves]);
    this.hall.touch(channel);
  }

  private make(init: Omit<ChannelInit, 'id' | 'upload' | 'swarm'> & { readonly swarm: Swarm }): Channel {
    const { channels, config } = this.hall;
    const segmentBytes = Math.max(config.upload.segmentBytes, init.swarm.metadata.chunkSize);
    const channel = new Channel({ ...init, id: channels.freshId(), upload: { ...config.upload, segmentBytes } });
    channels.add(channel);
    init.swarm.channels.add(channel);
    this.hall.touch(channel);
    return channel;
  }

  private send(channel: Channel, destination: number, messages: readonly Message[]): void {
    const { address: to, port, dialect } = channel;
    for (const bytes of this.hall.envelope.pack(destination, messages, dialect))
      this.hall.push({ kind: 'send', to, port, bytes });
  }
}

import type { Channel } from '../channel/channel';
import { limits, type Micros } from '../limits';
import type { SwarmId } from '../swarm/metadata';
import type { HandshakeMessage, Message } from '../wire/message';
import { answerWithin, minorMessages, type Opening } from './answer';
import type { EndpointFault } from './counters';
import type { InputOf, OpenedContent } from './effects';
import type { Gate, Request } from './gate';
import { HalfOpenTable } from './half-open';
import type { HalfOpen } from './half-open-row';
import { freshId, makeChannel, type Hall } from './hall';
import { Lookups } from './lookups';

type Datagram = InputOf<'datagram'>;

/** A channel whose initiator proved to be there, and what it said before it did. */
export interface Entry {
  readonly channel: Channel;
  readonly messages: readonly Message[];
}

/** Opens channels to those who call us. RFC 7574 sections 3.1.1 and 12.1. */
export class Doorman {
  readonly halfOpen: HalfOpenTable;
  private readonly lookups = new Lookups();

  constructor(
    private readonly hall: Hall,
    private readonly gate: Gate,
  ) {
    this.halfOpen = new HalfOpenTable(hall.config.random);
  }

  /** A datagram to channel 0: answered, or met with silence. */
  receive(datagram: Datagram, now: Micros): void {
    const request = this.gate.read(datagram, now);
    const fault = typeof request === 'string' ? request : this.consider(request, datagram, now);
    if (fault !== undefined) this.refuse(datagram, fault);
  }

  /** A datagram to a channel that is not established: it proves that its sender is there, or is none of ours. */
  enter(datagram: Datagram, id: number, now: Micros): Entry | undefined {
    const half = this.halfOpen.find(id, datagram, now);
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
      const half = this.halfOpen.find(id, datagram, now);
      if (half === undefined) continue;
      const opening = this.gate.openingOf(half.opening);
      const fault = this.gate.welcome(half.from, opening, content, now);
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

  /** Why a HANDSHAKE gets no answer, or undefined if it does, now or when the store told. */
  private consider(request: Request, datagram: Datagram, now: Micros): EndpointFault | undefined {
    const { handshake } = request.opening;
    const { swarmId } = request.metadata;
    const known = this.hall.channels.findInitiation(datagram, handshake.channel);
    const isRepeated = known !== undefined && !known.closed && known.swarm === this.hall.swarms.find(swarmId);
    if (!isRepeated) return this.begin(request, datagram, now);
    this.repeat(known, handshake, datagram, now);
    return undefined;
  }

  /** A HANDSHAKE that was seen before gets the same channel again. RFC 7574 section 8.2. */
  private repeat(channel: Channel, handshake: HandshakeMessage, { bytes }: Datagram, now: Micros): void {
    channel.reintroduced(now);
    const { address: to, origin, port, swarm } = channel;
    const answer = channel.answer(handshake, now);
    if (answer === undefined) return;
    const reply = answerWithin(bytes.length, { handshake, id: channel.id, holdings: swarm.holdings });
    if (reply !== undefined) this.hall.push({ kind: 'send', to, from: origin, port, bytes: reply });
    this.hall.touch(channel);
  }

  private begin(request: Request, datagram: Datagram, now: Micros): EndpointFault | undefined {
    const { opening, metadata } = request;
    const { from, origin, port, bytes } = datagram;
    const { channel: remoteId } = opening.handshake;
    const earlier = this.halfOpen.findInitiation(datagram, remoteId, now);
    if (earlier !== undefined && this.means(earlier, metadata.swarmId)) {
      if (earlier.lookedUp) this.greet({ ...earlier, opening: bytes }, opening, bytes.length, now);
      return undefined;
    }
    if (this.hall.channels.fullFor(from)) return 'table-full';
    if (earlier !== undefined) this.halfOpen.remove(earlier);
    const lookedUp = this.hall.swarms.find(metadata.swarmId) !== undefined;
    const id = freshId(this.hall);
    const half = { id, remoteId, from, origin, port, bornAt: now, opening: bytes, lookedUp, answeredAt: undefined };
    if (!lookedUp) return this.lookUp(half, metadata.swarmId, datagram, now);
    this.greet(half, opening, bytes.length, now);
    return undefined;
  }

  private means({ opening }: HalfOpen, swarmId: SwarmId): boolean {
    const { judgement } = this.gate.openingOf(opening);
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
    const { id, from: to, origin, port } = half;
    const holdings = this.hall.swarms.find(judgement.metadata.swarmId)?.holdings ?? judgement.metadata;
    const bytes = answerWithin(bytesMax, { handshake, id, holdings });
    if (bytes !== undefined) this.hall.push({ kind: 'send', to, from: origin, port, bytes });
  }

  private establish(half: HalfOpen, { from, origin }: Datagram, now: Micros): Entry | EndpointFault {
    if (half.answeredAt === undefined) return 'no-channel';
    this.halfOpen.remove(half);
    const opening = this.gate.openingOf(half.opening);
    const swarm = this.gate.swarmOf(opening, from, now);
    if (typeof swarm === 'string') return swarm;
    const isTaken = this.hall.channels.find(half.id) !== undefined;
    if (isTaken || this.hall.channels.fullFor(from)) return 'table-full';
    const earlier = this.hall.channels.findInitiation(half, half.remoteId);
    // A peer that was restarted may use its channel IDs anew, for another swarm.
    if (earlier !== undefined) this.dismiss(earlier);
    const { id, port } = half;
    const { fetchesFromCallers: fetches } = this.hall.config;
    const place = { id, address: from, origin, port };
    const channel = makeChannel(this.hall, swarm, { ...place, initiated: false, serves: true, fetches, now });
    this.hall.channels.addIncoming(channel, half.remoteId);
    channel.answer(opening.handshake, now);
    return { channel, messages: minorMessages(half.opening, channel.dialect) };
  }

  private dismiss(channel: Channel): void {
    channel.end('left');
    this.hall.touch(channel);
  }
}

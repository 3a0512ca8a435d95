import type { Channel } from '../channel/channel';
import { limits, type Micros } from '../limits';
import type { SwarmId } from '../swarm/metadata';
import type { HandshakeMessage, Message } from '../wire/message';
import { answerWithin, minorMessages, type Opening } from './answer';
import type { EndpointFault } from './counters';
import type { InputOf, OpenedContent } from './effects';
import { Leases, type FlowTable } from './flows';
import type { Gate, Request } from './gate';
import type { HalfOpen } from './half-open-row';
import type { HalfOpenTable } from './half-open';
import { freshId, makeChannel, type Hall } from './hall';
import type { Interception, Verdict } from './interception';
import type { Returns } from './returns';
import { WaitingRoom, type Waiting } from './waiting-room';

type Datagram = InputOf<'datagram'>;

/** A channel whose initiator proved to be there, and what it said before it did. */
export interface Entry {
  readonly channel: Channel;
  readonly messages: readonly Message[];
}

/** Whom the doorman works with. */
export interface DoormanParts {
  readonly hall: Hall;
  readonly gate: Gate;
  readonly halfOpen: HalfOpenTable;
  readonly interception: Interception;
  readonly returns: Returns;
  readonly flows: FlowTable;
}

const never = Number.POSITIVE_INFINITY;

/** Opens channels to those who call us, or whose call was intercepted. RFC 7574 sections 3.1.1 and 12.1. */
export class Doorman {
  private readonly room: WaitingRoom;
  private readonly leases: Leases;

  constructor(private readonly parts: DoormanParts) {
    this.room = new WaitingRoom(parts.flows);
    this.leases = new Leases(parts.flows);
  }

  /** A datagram to channel 0: answered, or none of ours. */
  receive(datagram: Datagram, now: Micros): void {
    const { from, origin } = datagram;
    const { flows, returns } = this.parts;
    // While it is looked at, its flow is ours: nobody may give it away after it was seen that nobody has.
    if (origin !== undefined) flows.add(from, origin);
    const isPassing = origin !== undefined && flows.passes(from, origin, now);
    const fault = isPassing ? 'flow-passed' : this.judge(datagram, now);
    if (origin !== undefined) flows.remove(from, origin);
    if (fault !== undefined) returns.refuse(datagram, fault, now);
  }

  /** A datagram to a channel that is not established: it proves that its sender is there, or is none of ours. */
  enter(datagram: Datagram, id: number, now: Micros): Entry | undefined {
    const half = this.parts.halfOpen.find(id, datagram, now);
    const entry = half === undefined ? 'no-channel' : this.establish(half, datagram, now);
    if (typeof entry !== 'string') return entry;
    this.parts.returns.refuse(datagram, entry, now);
    return undefined;
  }

  /** The store told what it has of a swarm, or a peer outside answered in it: those who asked for it are answered. */
  opened(swarmId: SwarmId, content: OpenedContent | undefined, now: Micros): void {
    for (const one of this.room.of(swarmId)) this.settle(one, content, now);
  }

  /** The swarm is closed, or all are: who was intercepted and waits goes to the origin. */
  left(swarmId: SwarmId | undefined, now: Micros): void {
    for (const one of this.room.diverted())
      if (swarmId === undefined || one.swarmId === swarmId) this.giveBack(one, 'unconfirmed', now);
  }

  /** Forgets all who were intercepted and are not established, without a word. */
  forgetIntercepted(): void {
    for (const one of this.room.diverted()) this.room.leave(one);
    this.leases.endAll();
    this.parts.halfOpen.dropIntercepted();
  }

  /** Lets time act on those who wait. */
  expire(now: Micros): void {
    for (const one of this.room.overdue(now)) {
      if (one.datagram.origin === undefined) this.room.leave(one);
      else this.giveBack(one, 'unconfirmed', now);
    }
    this.leases.expire(now);
    this.parts.interception.prospects.expire(now);
  }

  /** When time alone changes something. */
  nextTimeout(now: Micros): Micros | undefined {
    const { halfOpen, interception } = this.parts;
    const parts = [halfOpen.nextTimeout(now), this.room.nextTimeout(), interception.prospects.nextTimeout()];
    const next = Math.min(...parts.map((at) => at ?? never));
    return next === never ? undefined : next;
  }

  private judge(datagram: Datagram, now: Micros): EndpointFault | undefined {
    const request = this.parts.gate.read(datagram, now);
    return typeof request === 'string' ? request : this.consider(request, datagram, now);
  }

  /** Why a HANDSHAKE gets no answer, or undefined if it does, now or later. */
  private consider(request: Request, datagram: Datagram, now: Micros): EndpointFault | undefined {
    const { handshake } = request.opening;
    const { channels, swarms } = this.parts.hall;
    const known = channels.findInitiation(datagram, handshake.channel);
    const isRepeated = known !== undefined && !known.closed && known.swarm === swarms.find(request.metadata.swarmId);
    if (!isRepeated) return this.begin(request, datagram, now);
    this.repeat(known, handshake, datagram, now);
    return undefined;
  }

  /** A HANDSHAKE that was seen before gets the same channel again. RFC 7574 section 8.2. */
  private repeat(channel: Channel, handshake: HandshakeMessage, { bytes }: Datagram, now: Micros): void {
    const { hall } = this.parts;
    channel.reintroduced(now);
    const { address: to, origin, port, swarm } = channel;
    const answer = channel.answer(handshake, now);
    if (answer === undefined) return;
    const reply = answerWithin(bytes.length, { handshake, id: channel.id, holdings: swarm.holdings });
    if (reply !== undefined) {
      hall.counters.serving(reply.length);
      hall.push({ kind: 'send', to, from: origin, port, bytes: reply });
    }
    hall.touch(channel);
  }

  private begin(request: Request, datagram: Datagram, now: Micros): EndpointFault | undefined {
    const { hall, halfOpen } = this.parts;
    const { opening, metadata } = request;
    const { from, origin, port, bytes } = datagram;
    const { channel: remoteId } = opening.handshake;
    const earlier = halfOpen.findInitiation(datagram, remoteId, now);
    if (earlier !== undefined && this.means(earlier, metadata.swarmId)) {
      // Who waits is answered, or given back, for what it said first.
      if (!earlier.waits) this.greet({ ...earlier, opening: bytes }, opening, bytes.length, now);
      return undefined;
    }
    if (hall.channels.fullFor(from) || this.isCrowdedOut(datagram, now)) return 'table-full';
    const isKnown = hall.swarms.find(metadata.swarmId) !== undefined;
    const verdict = isKnown ? this.weigh(request, datagram, undefined, now) : 'wait';
    if (verdict !== undefined && verdict !== 'wait') return verdict;
    if (earlier !== undefined) this.remove(earlier);
    const waits = verdict === 'wait';
    const id = freshId(hall);
    const half = { id, remoteId, from, origin, port, bornAt: now, opening: bytes, waits, answeredAt: undefined };
    if (waits) return this.wait(half, metadata.swarmId, datagram, now);
    this.greet(half, opening, bytes.length, now);
    return undefined;
  }

  /** Whom we answered in an origin's name is heard: rather than let him talk to nobody, the next one goes to his own origin. */
  private isCrowdedOut({ from, origin }: Datagram, now: Micros): boolean {
    const oldest = origin === undefined ? undefined : this.parts.halfOpen.displaced(from, now);
    return oldest?.origin !== undefined && now - (oldest.answeredAt ?? -never) < limits.halfOpenKept;
  }

  private means({ opening }: HalfOpen, swarmId: SwarmId): boolean {
    const { judgement } = this.parts.gate.openingOf(opening);
    return judgement.ok && judgement.metadata.swarmId === swarmId;
  }

  /** Whoever wrote to us is answered even if nobody has the swarm yet: nobody else will answer him. */
  private weigh(request: Request, datagram: Datagram, content: OpenedContent | undefined, now: Micros): Verdict {
    const { gate, interception } = this.parts;
    if (datagram.origin === undefined) return gate.welcome(datagram.from, request.opening, content, now);
    return interception.weigh(request, datagram, content, now);
  }

  /** Has one wait, and the store asked for the swarm. Who keeps it busy does not push out what he asked for before. */
  private wait(half: HalfOpen, swarmId: SwarmId, datagram: Datagram, now: Micros): EndpointFault | undefined {
    const { halfOpen, hall } = this.parts;
    if (this.room.full || halfOpen.crowded(half.from, now)?.waits === true) return 'table-full';
    halfOpen.put(half, now);
    const isFirst = this.room.add({ id: half.id, swarmId, datagram, since: now });
    if (isFirst && hall.swarms.find(swarmId) === undefined) hall.push({ kind: 'open', swarmId });
    return undefined;
  }

  /** Answers one who waited, if that is possible by now. */
  private settle(one: Waiting, content: OpenedContent | undefined, now: Micros): void {
    const { datagram } = one;
    const half = this.parts.halfOpen.find(one.id, datagram, now);
    if (half === undefined) return this.giveBack(one, 'table-full', now);
    const opening = this.parts.gate.openingOf(half.opening);
    if (!opening.judgement.ok) return;
    const { metadata } = opening.judgement;
    const verdict = this.weigh({ opening, metadata }, datagram, content, now);
    if (verdict === 'wait') return;
    if (verdict !== undefined) return this.giveBack(one, verdict, now);
    this.room.leave(one);
    this.greet({ ...half, waits: false }, opening, datagram.bytes.length, now);
  }

  /** Whoever was intercepted is not left without an answer: his origin may give one. */
  private giveBack(one: Waiting, fault: EndpointFault, now: Micros): void {
    const { halfOpen, returns } = this.parts;
    const { datagram, id } = one;
    if (!this.room.leave(one)) return;
    const half = halfOpen.find(id, datagram, now);
    if (half !== undefined) this.remove(half);
    // Of those who wrote to us, who had to make room is forgotten.
    if (half !== undefined || datagram.origin !== undefined) returns.refuse(datagram, fault, now);
  }

  /** Answers one whose address is not proven, `bytesMax` long at most, and five times a second. RFC 7574 section 12.1.1. */
  private greet(half: HalfOpen, opening: Opening, bytesMax: number, now: Micros): void {
    const { halfOpen, hall, interception } = this.parts;
    const { handshake, judgement } = opening;
    const isHasty = half.answeredAt !== undefined && now - half.answeredAt < limits.handshakeAnswerInterval;
    halfOpen.put(isHasty ? half : { ...half, answeredAt: now }, now);
    if (isHasty || !judgement.ok) return;
    const { id, from: to, origin, port } = half;
    const swarm = hall.swarms.find(judgement.metadata.swarmId);
    const bytes = answerWithin(bytesMax, { handshake, id, holdings: swarm?.holdings ?? judgement.metadata });
    // No HANDSHAKE that names a swarm is shorter than the shortest answer.
    if (bytes === undefined) return;
    if (half.answeredAt === undefined && origin !== undefined) hall.counters.answeredHandshakes++;
    this.leases.begin(half);
    hall.counters.serving(bytes.length);
    hall.push({ kind: 'send', to, from: origin, port, bytes });
    if (swarm !== undefined) interception.answered(swarm, now);
  }

  private establish(half: HalfOpen, { from, origin }: Datagram, now: Micros): Entry | EndpointFault {
    const { hall, gate, interception } = this.parts;
    if (half.answeredAt === undefined) return 'no-channel';
    this.remove(half);
    const opening = gate.openingOf(half.opening);
    const swarm = gate.swarmOf(opening, from, now);
    if (typeof swarm === 'string') return swarm;
    const guest = hall.config.admit(from) !== 'serve';
    const isTaken = hall.channels.find(half.id) !== undefined;
    if (isTaken || hall.channels.fullFor(from) || (guest && hall.channels.guestsFull)) return 'table-full';
    const earlier = hall.channels.findInitiation(half, half.remoteId);
    // A peer that was restarted may use its channel IDs anew, for another swarm.
    if (earlier !== undefined) this.dismiss(earlier);
    const { id, port } = half;
    const { fetchesFromCallers: fetches } = hall.config;
    const place = { id, address: from, origin, port };
    const channel = makeChannel(hall, swarm, { ...place, initiated: false, serves: true, guest, fetches, now });
    hall.channels.addIncoming(channel, half.remoteId);
    channel.answer(opening.handshake, now);
    interception.prospects.forget(swarm);
    return { channel, messages: minorMessages(half.opening, channel.dialect) };
  }

  private remove(half: HalfOpen): void {
    this.parts.halfOpen.remove(half);
    this.leases.end(half.id);
  }

  private dismiss(channel: Channel): void {
    channel.end('left');
    this.parts.hall.touch(channel);
  }
}

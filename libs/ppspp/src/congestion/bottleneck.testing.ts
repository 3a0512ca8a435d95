import { second, type Micros } from '../limits';
import { type Ledbat } from './ledbat';
import { RoundTrip } from './round-trip';

/** One link that flows share, with a tail-drop queue before it. */
export interface Link {
  readonly bytesPerSecond: number;
  /** One way, without queueing; the way back takes as long. */
  readonly propagation: Micros;
  readonly queueBytesMax: number;
}

/** A sender that always has something to send. */
export interface Flow {
  readonly ledbat: Ledbat;
  readonly startsAt?: Micros;
  /** Segments that leave together: the sender waits until the window has room for all of them. */
  readonly train?: number;
  /** What the receiver reports for a true delay; the identity unless the clocks differ or the receiver lies. */
  readonly reported?: (delay: Micros) => Micros;
}

/** A segment that reached the receiver, as its sender learned of it. */
export interface Arrival {
  readonly at: Micros;
  readonly flow: number;
  /** What the segment waited in the queue. */
  readonly queueing: Micros;
  readonly window: number;
}

interface Segment {
  readonly flow: Sender;
  readonly sentAt: Micros;
  readonly sequence: number;
}

interface Sender {
  readonly index: number;
  readonly flow: Flow;
  readonly roundTrip: RoundTrip;
  /** By sequence, in sending order. */
  readonly flight: Map<number, Segment>;
  sequence: number;
}

export const segmentBytes = 1024;

/** Runs flows over a link in virtual time. Every flow has the same propagation delay, so ACKs arrive in sending order. */
export function simulate(link: Link, flows: readonly Flow[], until: Micros): Arrival[] {
  return new Simulation(link, flows).run(until);
}

class Simulation {
  private readonly arrivals: Arrival[] = [];
  private readonly acks: { at: Micros; delay: Micros; queueing: Micros; segment: Segment }[] = [];
  private readonly senders: Sender[];
  private linkFreeAt: Micros = 0;
  private next = 0;

  constructor(
    private readonly link: Link,
    flows: readonly Flow[],
  ) {
    this.senders = flows.map((flow, index) => ({
      index,
      flow,
      roundTrip: new RoundTrip(),
      flight: new Map<number, Segment>(),
      sequence: 0,
    }));
  }

  run(until: Micros): Arrival[] {
    for (let now = 0; now < until; now = this.nextTime(now)) {
      for (let ack = this.acks[this.next]; ack !== undefined && ack.at <= now; ack = this.acks[this.next]) {
        this.next++;
        this.acknowledge(ack.segment, ack.delay, now);
        const { flow } = ack.segment;
        this.arrivals.push({ at: now, flow: flow.index, queueing: ack.queueing, window: flow.flow.ledbat.window });
      }
      for (const sender of this.senders) this.send(sender, now);
    }
    return this.arrivals;
  }

  private nextTime(now: Micros): Micros {
    const starts = this.senders.map(({ flow }) => flow.startsAt ?? 0).filter((at) => at > now);
    const timeouts = this.senders.map(
      ({ flight, roundTrip }) => (oldest(flight)?.sentAt ?? Infinity) + roundTrip.timeout,
    );
    return Math.min(this.acks[this.next]?.at ?? Infinity, ...starts, ...timeouts.filter((at) => at > now));
  }

  private send(sender: Sender, now: Micros): void {
    const { ledbat, startsAt = 0, train = 1 } = sender.flow;
    if (now < startsAt) return;
    const first = oldest(sender.flight);
    if (first !== undefined && first.sentAt + sender.roundTrip.timeout <= now) this.expire(sender);
    const room = Math.floor(ledbat.window / segmentBytes) - sender.flight.size;
    if (room < train && sender.flight.size > 0) return;
    for (let count = 0; count < room; count++) this.transmit(sender, now);
  }

  private expire(sender: Sender): void {
    sender.flight.clear();
    sender.roundTrip.backOff();
    sender.flow.ledbat.timedOut();
  }

  private transmit(sender: Sender, now: Micros): void {
    const segment: Segment = { flow: sender, sentAt: now, sequence: sender.sequence++ };
    sender.flight.set(segment.sequence, segment);
    const queueing = Math.max(this.linkFreeAt - now, 0);
    if ((queueing * this.link.bytesPerSecond) / second + segmentBytes > this.link.queueBytesMax) return;
    this.linkFreeAt = now + queueing + (segmentBytes * second) / this.link.bytesPerSecond;
    const delay = this.linkFreeAt + this.link.propagation - now;
    this.acks.push({ at: now + delay + this.link.propagation, delay, queueing, segment });
  }

  private acknowledge(segment: Segment, delay: Micros, now: Micros): void {
    const { flow: sender } = segment;
    const { ledbat, reported = (actual: Micros) => actual } = sender.flow;
    if (!sender.flight.has(segment.sequence)) return;
    const flightBytes = sender.flight.size * segmentBytes;
    sender.roundTrip.sample(now - segment.sentAt);
    const roundTrip = sender.roundTrip.smoothed;
    sender.flight.delete(segment.sequence);
    ledbat.acknowledged({ bytes: segmentBytes, delay: reported(delay), flightBytes, roundTrip, now });
    const lostAt = dropOlder(sender.flight, segment.sequence - 2);
    if (lostAt !== undefined) ledbat.lost(lostAt, now);
  }
}

function oldest(flight: ReadonlyMap<number, Segment>): Segment | undefined {
  return flight.values().next().value;
}

/** Three segments sent later have arrived: what was sent before them is lost. Tells when the last of it was sent. */
function dropOlder(flight: Map<number, Segment>, sequence: number): Micros | undefined {
  let sentAt: Micros | undefined;
  for (const other of flight.values()) {
    if (other.sequence >= sequence) break;
    flight.delete(other.sequence);
    ({ sentAt } = other);
  }
  return sentAt;
}

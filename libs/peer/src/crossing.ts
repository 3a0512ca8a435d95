import { machineMicros, monotonicMicros, type Datagram } from '@weir/datagram';
import type { Address, InputOf, Micros, Shard } from '@weir/ppspp';
import type { DatapathMetrics } from './datapath-metrics';
import { HandoverLine, type HandedDatagram, type LineEnd } from './handover';
import { ownerOf } from './owner';

/** Takes what the thread's own endpoint is to see, and when it arrived by the thread's clock. */
export type Accept = (input: InputOf<'datagram'>, arrival: Micros) => void;

/** What a crossing stands on. */
export interface CrossingParts {
  readonly shard: Shard;
  /** How many of the thread's sockets, the first ones, are at addresses of ours; what is diverted comes in by the others. */
  readonly servicePorts: number;
  readonly own: { has(address: Address): boolean };
  readonly flows: { look(): boolean; keeps(arrivedAt: Micros): boolean };
  readonly metrics: DatapathMetrics;
  readonly accept: Accept;
}

/**
 * Where datagrams find their thread: what came in by one of our sockets is taken, handed on to the thread that it belongs to, or
 * dropped; and what other threads hand on is taken.
 */
export class Crossing {
  private readonly lines = new Map<number, HandoverLine>();

  constructor(private readonly parts: CrossingParts) {}

  /** Begins a line to another thread, in place of the one to its predecessor. */
  connect(end: LineEnd): void {
    this.lines.get(end.thread)?.close();
    this.lines.set(end.thread, new HandoverLine(end, (handed) => this.hear(handed)));
  }

  /** Sorts what came in by a socket. */
  take(batch: readonly Datagram[], port: number): void {
    const { flows, servicePorts, metrics } = this.parts;
    if (flows.look() && port >= servicePorts) {
      metrics.discarded.inc(batch.length);
      return;
    }
    const away = new Map<number, HandedDatagram[]>();
    for (const datagram of batch) {
      const input = this.inputOf(datagram, port);
      if (input !== undefined) this.sort(input, datagram.arrival, away);
    }
    for (const [owner, handed] of away) this.handOn(owner, handed);
  }

  close(): void {
    for (const line of this.lines.values()) line.close();
  }

  private inputOf({ from, to, bytes }: Datagram, port: number): InputOf<'datagram'> | undefined {
    const { servicePorts, own, metrics } = this.parts;
    if (port < servicePorts) return { kind: 'datagram', from, port, bytes };
    // The packet filter diverts nothing that is meant for this machine: somebody here sent it to our sockets.
    if (own.has(to)) {
      metrics.stray.inc();
      return undefined;
    }
    metrics.intercepted.inc();
    return { kind: 'datagram', from, origin: to, port, bytes };
  }

  private sort(input: InputOf<'datagram'>, arrival: Micros, away: Map<number, HandedDatagram[]>): void {
    const { shard, accept } = this.parts;
    const owner = ownerOf(input.bytes, shard);
    if (owner === shard.index) {
      accept(input, arrival);
      return;
    }
    const { from, origin, port, bytes } = input;
    const handed = { from, origin, port, bytes, arrivedAt: machineMicros() - (monotonicMicros() - arrival) };
    const others = away.get(owner);
    if (others === undefined) away.set(owner, [handed]);
    else others.push(handed);
  }

  private handOn(owner: number, handed: readonly HandedDatagram[]): void {
    const { metrics } = this.parts;
    const taken = this.lines.get(owner)?.send(handed) ?? 0;
    metrics.handedOver.inc(taken);
    metrics.handoverDropped.inc(handed.length - taken);
  }

  private hear(handed: readonly HandedDatagram[]): void {
    const { flows, metrics, accept } = this.parts;
    flows.look();
    for (const { arrivedAt, ...datagram } of handed) {
      if (datagram.origin !== undefined && !flows.keeps(arrivedAt)) metrics.discarded.inc();
      else accept({ kind: 'datagram', ...datagram }, monotonicMicros() - (machineMicros() - arrivedAt));
    }
  }
}

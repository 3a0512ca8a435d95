import { limits, type Micros } from '../limits';
import { pathKey, type Address, type Path } from './address';
import type { HalfOpen } from './half-open-row';
import { Tally } from './tally';

/**
 * How many channels of ours are between a subscriber and an origin address, those included that may soon be. Endpoints that
 * share a port share one: what one of them gives back must not be taken for the end of another's channels.
 */
export interface FlowTable {
  add(from: Address, origin: Address): void;
  remove(from: Address, origin: Address): void;
  /** True if there are any; it may be wrong in saying so. */
  has(from: Address, origin: Address): boolean;
  /** None is to be: with what is given back now, the kernel begins to forward the whole flow. */
  pass(from: Address, origin: Address, now: Micros): void;
  /**
   * True if that was within `limits.passing`: what comes of the flow by now was on its way to us before, and whoever answered it
   * would not hear what is said then. It may be wrong in saying so.
   */
  passes(from: Address, origin: Address, now: Micros): boolean;
}

/** Of an endpoint that shares with nobody. */
export class LocalFlows implements FlowTable {
  private readonly tally = new Tally();
  /** When flows were passed, the one passed last at the end. */
  private readonly passed = new Map<string, Micros>();

  add(from: Address, origin: Address): void {
    this.tally.add(pathKey({ from, origin }));
  }

  remove(from: Address, origin: Address): void {
    this.tally.remove(pathKey({ from, origin }));
  }

  has(from: Address, origin: Address): boolean {
    return this.tally.of(pathKey({ from, origin })) > 0;
  }

  pass(from: Address, origin: Address, now: Micros): void {
    const key = pathKey({ from, origin });
    this.passed.delete(key);
    const [oldest] = this.passed.keys();
    if (this.passed.size >= limits.passingMax && oldest !== undefined) this.passed.delete(oldest);
    this.passed.set(key, now);
  }

  passes(from: Address, origin: Address, now: Micros): boolean {
    const at = this.passed.get(pathKey({ from, origin }));
    return at !== undefined && now - at < limits.passing;
  }
}

interface Lease extends Path {
  readonly until: Micros;
}

/** Flows of half-open channels that were answered: theirs for as long as their initiators may take to show that they heard it. */
export class Leases {
  /** By our ID of the channel, in the order in which they end. */
  private readonly leases = new Map<number, Lease>();

  constructor(private readonly flows: FlowTable) {}

  /** An intercepted HANDSHAKE was answered. Bounded as half-open channels are: the oldest makes room. */
  begin({ id, from, origin, bornAt }: HalfOpen): void {
    if (origin === undefined || this.leases.has(id)) return;
    const [oldest] = this.leases.keys();
    if (this.leases.size >= limits.halfOpenMax && oldest !== undefined) this.end(oldest);
    this.leases.set(id, { from, origin, until: bornAt + limits.halfOpen });
    this.flows.add(from, origin);
  }

  /** The channel is half open no longer. */
  end(id: number): void {
    const lease = this.leases.get(id);
    if (lease?.origin === undefined) return;
    this.leases.delete(id);
    this.flows.remove(lease.from, lease.origin);
  }

  endAll(): void {
    for (const id of [...this.leases.keys()]) this.end(id);
  }

  expire(now: Micros): void {
    for (const [id, { until }] of this.leases) {
      if (until > now) return;
      this.end(id);
    }
  }
}

import type { SwarmId } from '@weir/ppspp';
import { trafficSwarmsMax } from './limits';

/** Content bytes of one swarm. */
export interface Traffic {
  /** Sent to peers, whoever they were, each chunk once a request. */
  readonly servedBytes: number;
  /** Fetched and verified. */
  readonly fetchedBytes: number;
}

/** What was added to the traffic of one swarm. */
export interface TrafficChange extends Traffic {
  readonly swarmId: SwarmId;
}

const nothing: Traffic = { servedBytes: 0, fetchedBytes: 0 };

/** What a datapath thread did in each swarm since it last told, over closed swarms too. */
export class TrafficMeter {
  /** What open swarms had when it was last told. */
  private readonly told = new Map<SwarmId, Traffic>();
  /** What those had left to tell that were closed since. */
  private closed: TrafficChange[] = [];

  /** A swarm was closed, with so much since it was opened. */
  close(swarmId: SwarmId, total: Traffic): void {
    const change = difference(swarmId, total, this.told.get(swarmId) ?? nothing);
    this.told.delete(swarmId);
    if (isAny(change)) this.closed.push(change);
  }

  /** What was added since the last call. Bounded by the swarms that can be open, and closed, within a second. */
  take(open: Iterable<TrafficChange>): readonly TrafficChange[] {
    const changes = this.closed;
    this.closed = [];
    for (const { swarmId, servedBytes, fetchedBytes } of open) {
      const total = { servedBytes, fetchedBytes };
      const change = difference(swarmId, total, this.told.get(swarmId) ?? nothing);
      if (!isAny(change)) continue;
      this.told.set(swarmId, total);
      changes.push(change);
    }
    return changes;
  }
}

/**
 * What all threads did in each swarm since the appliance started: it never falls when a swarm is closed, or a thread ends. Bounded: of
 * too many swarms the one is forgotten in which nothing was done for longest.
 */
export class TrafficTotals {
  private readonly totals = new Map<SwarmId, Traffic>();

  add(changes: readonly TrafficChange[]): void {
    for (const { swarmId, servedBytes, fetchedBytes } of changes) {
      const before = this.totals.get(swarmId) ?? nothing;
      this.totals.delete(swarmId);
      if (this.totals.size >= trafficSwarmsMax) this.forgetIdlest();
      this.totals.set(swarmId, {
        servedBytes: before.servedBytes + servedBytes,
        fetchedBytes: before.fetchedBytes + fetchedBytes,
      });
    }
  }

  all(): IterableIterator<[SwarmId, Traffic]> {
    return this.totals.entries();
  }

  private forgetIdlest(): void {
    const [idlest] = this.totals.keys();
    if (idlest !== undefined) this.totals.delete(idlest);
  }
}

function difference(swarmId: SwarmId, now: Traffic, before: Traffic): TrafficChange {
  return {
    swarmId,
    servedBytes: now.servedBytes - before.servedBytes,
    fetchedBytes: now.fetchedBytes - before.fetchedBytes,
  };
}

function isAny({ servedBytes, fetchedBytes }: Traffic): boolean {
  return servedBytes > 0 || fetchedBytes > 0;
}

import { machineMicros } from '@weir/datagram';
import type { Micros } from '@weir/ppspp';
import type { DatapathMetrics } from './datapath-metrics';
import { FlowWatch } from './flow-watch';
import type { Pulse } from './pulse';

/** What a flow keeper stands on. */
export interface FlowKeeperParts {
  readonly thread: number;
  readonly pulse: Pulse;
  readonly metrics: DatapathMetrics;
  /** Drops what waits in the sockets for what is diverted, and tells how many datagrams that were. */
  readonly discard: () => number;
  /** All channels of intercepted flows are to be forgotten; `isOwnFault` if the control thread does not know of it. */
  readonly onLost: (isOwnFault: boolean) => void;
  readonly now?: () => Micros;
}

/**
 * Sees to it that a thread never acts on intercepted datagrams whose flows are with their origins by now, as after the process
 * was stopped for a while: what waited is discarded unanswered, and the channels are forgotten.
 */
export class FlowKeeper {
  private readonly watch: FlowWatch;
  private readonly now: () => Micros;

  constructor(private readonly parts: FlowKeeperParts) {
    this.now = parts.now ?? machineMicros;
    this.watch = new FlowWatch(parts.pulse.generation, this.now());
  }

  /** Looks whether anything was lost. True if so: then a batch in hand is of those flows, too. */
  look(): boolean {
    const { pulse, metrics, discard, onLost } = this.parts;
    const loss = this.watch.look(pulse.generation, this.now());
    if (loss === undefined) return false;
    metrics.flowsLost.inc({ reason: loss });
    metrics.discarded.inc(discard());
    onLost(loss === 'stalled');
    return true;
  }

  /** Whether an intercepted datagram that another thread took is still ours to act on. */
  keeps(arrivedAt: Micros): boolean {
    return this.watch.keeps(arrivedAt);
  }

  /** Shows that the thread lives, and that it has no flows of an earlier generation. */
  sign(): void {
    this.look();
    this.parts.pulse.sign(this.parts.thread, this.now());
  }
}

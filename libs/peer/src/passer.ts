import {
  monotonicMicros,
  passedContentMark,
  passedOtherMark,
  relayedMark,
  type DatagramFaultKind,
  type PassedDatagram,
} from '@weir/datagram';
import type { Address, Flow } from '@weir/ppspp';
import type { DatapathMetrics } from './datapath-metrics';
import { LoopGuard } from './loop-guard';

/** A way out for datagrams of other senders, which all leave with one packet mark. */
export interface WayOut {
  /** Throws a `DatagramError`. */
  open(): void;
  /** Why a datagram could not be sent; undefined if it was. */
  pass(datagram: PassedDatagram): DatagramFaultKind | undefined;
  close(): void;
}

/** An intercepted datagram that is none of ours. */
export interface Passed {
  readonly from: Address;
  readonly origin: Address;
  readonly bytes: Uint8Array;
}

/** The mark tells the packet filter what to do with the rest of the flow. */
const marks: Readonly<Record<Flow, number>> = {
  shared: relayedMark,
  content: passedContentMark,
  other: passedOtherMark,
};

/**
 * Passes intercepted datagrams on, unchanged and from their sender's own address, as if nobody had taken them. With the first
 * one the packet filter learns to let the rest of the flow go by itself, unless we share the flow.
 */
export class Passer {
  private readonly ways: Readonly<Record<Flow, WayOut>>;
  private readonly loops = new LoopGuard();

  constructor(
    wayOut: (mark: number) => WayOut,
    private readonly own: { has(address: Address): boolean },
    private readonly metrics: DatapathMetrics,
  ) {
    this.ways = {
      shared: wayOut(marks.shared),
      content: wayOut(marks.content),
      other: wayOut(marks.other),
    };
  }

  /** Throws a `DatagramError`, and then leaves nothing open. */
  open(): void {
    try {
      for (const way of Object.values(this.ways)) way.open();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Passes one on. What was meant for this machine, or claims to come from it, is dropped: it would come back to us. */
  pass(passed: Passed, flow: Flow): void {
    const { from, origin, bytes } = passed;
    const fault = this.obstacle(passed, flow) ?? this.ways[flow].pass({ to: origin, from, bytes });
    if (fault === undefined) this.metrics.passed.inc({ flow });
    else this.metrics.passFaults.inc({ fault });
  }

  /** What is relayed leaves no mark: should it come back, nothing but us would end that. */
  private obstacle({ from, origin, bytes }: Passed, flow: Flow): 'to-ourselves' | 'circles' | undefined {
    if (this.own.has(origin) || this.own.has(from)) return 'to-ourselves';
    const circles = flow === 'shared' && this.loops.circles(from, origin, bytes, monotonicMicros());
    return circles ? 'circles' : undefined;
  }

  close(): void {
    for (const way of Object.values(this.ways)) way.close();
  }
}

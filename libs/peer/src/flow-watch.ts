import { lifeLostMillis } from '@weir/datagram';
import type { Micros } from '@weir/ppspp';

/**
 * Why the flows that were intercepted so far are no longer ours: `revoked`, the control thread said so; `stalled`, this thread
 * did nothing for so long that the packet filter may have let them pass.
 */
export type Loss = 'revoked' | 'stalled';

/** Tells a datapath thread whether what it intercepted is still its own. Asked before anything of it is acted on. */
export class FlowWatch {
  private lostAt: Micros;

  /** Begins with the flows of a generation. */
  constructor(
    private generation: number,
    private seenAt: Micros,
  ) {
    this.lostAt = seenAt;
  }

  /** Looks at the generation and the clock; undefined if nothing was lost since the last look. */
  look(generation: number, now: Micros): Loss | undefined {
    const isStalled = now - this.seenAt > lifeLostMillis * 1_000;
    const isRevoked = generation !== this.generation;
    this.generation = generation;
    this.seenAt = now;
    if (!isStalled && !isRevoked) return undefined;
    this.lostAt = now;
    // What the control thread has revoked it need not be told.
    return isRevoked ? 'revoked' : 'stalled';
  }

  /** Whether a datagram that another thread took at this time is of a flow that is still ours. */
  keeps(arrival: Micros): boolean {
    return arrival >= this.lostAt;
  }
}

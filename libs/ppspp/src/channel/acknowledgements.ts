import type { ChunkRange } from '../addressing/chunk-range';
import { ChunkSet } from '../addressing/chunk-set';
import { limits } from '../limits';
import type { AckMessage } from '../wire/message';

/**
 * The ACKs one peer is owed. RFC 7574 sections 3.4, 4.3.2 and 8.7.
 *
 * To a peer that reads all of RFC 7574 one ACK covers the biggest run of chunks that came from it, so that an ACK that is
 * lost is made good by the next; peers of older make count on an ACK for each chunk.
 */
export class Acknowledgements {
  /** Chunks that came from this peer and verified. */
  readonly delivered = new ChunkSet(limits.availabilityRunsMax);
  private readonly due: { readonly chunk: number; readonly delay: bigint }[] = [];

  add(chunk: number, delay: bigint): void {
    this.delivered.add({ first: chunk, last: chunk });
    this.due.push({ chunk, delay });
  }

  /** The messages owed since the last call. */
  take(coalesced: boolean): AckMessage[] {
    const due = this.due.splice(0, this.due.length);
    if (!coalesced) return due.map(({ chunk, delay }) => ack({ first: chunk, last: chunk }, delay));
    const runs = new Map<number, AckMessage>();
    for (const { chunk, delay } of due) {
      const run = this.delivered.runAt(chunk) ?? { first: chunk, last: chunk };
      runs.set(run.first, ack(run, delay));
    }
    return [...runs.values()];
  }
}

function ack(range: ChunkRange, delay: bigint): AckMessage {
  return { type: 'ack', range, delay };
}

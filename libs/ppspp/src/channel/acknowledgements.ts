import type { ChunkRange } from '../addressing/chunk-range';
import { ChunkSet } from '../addressing/chunk-set';
import { widestNodeAt } from '../addressing/cover';
import type { ChunkAddressing } from '../addressing/method';
import { limits } from '../limits';
import type { AckMessage } from '../wire/message';

/**
 * The ACKs one peer is owed. RFC 7574 sections 3.4, 4.3.2 and 8.7.
 *
 * To a peer that reads all of RFC 7574 one ACK covers the biggest run of chunks that came from it, so that an ACK that is
 * lost is made good by the next; of bins, it is the biggest that lies within that run. Peers of older make count on an ACK
 * for each chunk.
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
  take(coalesced: boolean, addressing: ChunkAddressing): AckMessage[] {
    const due = this.due.splice(0, this.due.length);
    if (!coalesced) return due.map(({ chunk, delay }) => ack({ first: chunk, last: chunk }, delay));
    const runs = new Map<number, AckMessage>();
    for (const { chunk, delay } of due) {
      const run = this.delivered.runAt(chunk) ?? { first: chunk, last: chunk };
      const said = addressing === 'bin32' || addressing === 'bin64' ? widestNodeAt(chunk, run) : run;
      runs.set(said.first, ack(said, delay));
    }
    return [...runs.values()];
  }
}

function ack(range: ChunkRange, delay: bigint): AckMessage {
  return { type: 'ack', range, delay };
}

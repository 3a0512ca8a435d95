import type { Channel } from '../channel/channel';
import { digest } from '../integrity/hash';
import type { Verdict } from '../integrity/hash-tree';
import { limits } from '../limits';
import type { ChunkRange } from '../addressing/chunk-range';
import type { Holdings } from './holdings';

/** A chunk that arrived and is not yet verified. */
export interface Arrival {
  readonly channel: Channel;
  readonly chunk: number;
  readonly bytes: Uint8Array;
  readonly delay: bigint;
}

/** Chunks waiting for their verdict: a few are hashed here, a run of many is handed out. RFC 7574 section 5.2. */
export class Verification {
  private waiting: Arrival[] = [];
  private readonly away = new Map<number, readonly Arrival[]>();

  /** Bounded; false if there is no room, and the chunk is dropped: its peer will send it again. */
  add(arrival: Arrival): boolean {
    if (this.waiting.length >= limits.pendingChunksMax || this.away.size >= limits.hashedAwayChunks) return false;
    this.waiting.push(arrival);
    return true;
  }

  /** A run that is worth handing out, under a token; undefined if what waits is few. */
  handOut(token: number): readonly Arrival[] | undefined {
    if (this.waiting.length < limits.hashedAwayChunks) return undefined;
    const run = this.waiting;
    this.waiting = [];
    this.away.set(token, run);
    return run;
  }

  /** A run whose leaf hashes came back. */
  takeBack(token: number): readonly Arrival[] {
    const run = this.away.get(token) ?? [];
    this.away.delete(token);
    return run;
  }

  /** What waits, to be hashed here. */
  takeWaiting(): readonly Arrival[] {
    const waiting = this.waiting;
    this.waiting = [];
    return waiting;
  }
}

/** The verdict on one chunk, with the claims of the peer that sent it. */
export function judgeChunk({ channel, chunk, bytes }: Arrival, holdings: Holdings, leaf?: Uint8Array): Verdict {
  const hash = leaf ?? digest(holdings.tree.hash, bytes);
  const { proof } = channel.downloader.proofs;
  if (holdings.chunkCount !== undefined) return holdings.tree.admitChunk(chunk, hash, proof);
  // Without peaks, the one HAVE of a peer that has everything names them: some send none for 2^n chunks.
  const [all, ...others] = channel.downloader.available.runs();
  const height = all === undefined || others.length > 0 ? Number.NaN : powerOfTwo(all);
  if (Number.isNaN(height)) return 'incomplete';
  holdings.tree.adoptRootAsPeak(height);
  const verdict = holdings.tree.admitChunk(chunk, hash, proof);
  if (verdict === 'verified') return verdict;
  holdings.tree.withdrawImpliedPeak();
  return 'incomplete';
}

function powerOfTwo({ first, last }: ChunkRange): number {
  const height = Math.log2(last + 1);
  return first === 0 && Number.isInteger(height) ? height : Number.NaN;
}

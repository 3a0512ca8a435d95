import type { Channel } from '../channel/channel';
import { digest, hashBytes } from '../integrity/hash';
import type { Proof, SizeClaim, Verdict } from '../integrity/hash-tree';
import { limits } from '../limits';
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
  private awayChunks = 0;
  /** Of all that waits, here and away. */
  private bytes = 0;

  /** Bounded; false if there is no room, and the chunk is dropped: its peer will send it again. */
  add(arrival: Arrival): boolean {
    const isFull = this.waiting.length + this.awayChunks >= limits.pendingChunksMax;
    if (isFull || this.bytes + arrival.bytes.length > limits.pendingBytesMax) return false;
    this.bytes += arrival.bytes.length;
    this.waiting.push(arrival);
    return true;
  }

  /** A run that is worth handing out, under a token; undefined if what waits is few. */
  handOut(token: number): readonly Arrival[] | undefined {
    if (this.waiting.length < limits.hashedAwayChunks) return undefined;
    const run = this.waiting;
    this.waiting = [];
    this.away.set(token, run);
    this.awayChunks += run.length;
    return run;
  }

  /** A run whose leaf hashes came back. */
  takeBack(token: number): readonly Arrival[] {
    const run = this.away.get(token) ?? [];
    this.away.delete(token);
    this.awayChunks -= run.length;
    return this.leaving(run);
  }

  /** What waits, to be hashed here. */
  takeWaiting(): readonly Arrival[] {
    const waiting = this.waiting;
    this.waiting = [];
    return this.leaving(waiting);
  }

  private leaving(arrivals: readonly Arrival[]): readonly Arrival[] {
    for (const { bytes } of arrivals) this.bytes -= bytes.length;
    return arrivals;
  }
}

/** The verdict on one chunk, with the claims of the peer that sent it. `leaf` is its hash, if that was computed already. */
export function judgeChunk(arrival: Arrival, holdings: Holdings, leaf?: Uint8Array): Verdict {
  switch (holdings.integrity) {
    case 'merkle':
      return judgeByTree(arrival, holdings, leaf);
    case 'none':
      return judgeByLength(arrival, holdings);
  }
}

/** All that can be wrong with a chunk that nothing protects is its length. RFC 7574 section 5: for benign networks. */
function judgeByLength({ chunk, bytes }: Arrival, { chunkCount, contentBytes, metadata }: Holdings): Verdict {
  if (chunkCount === undefined || contentBytes === undefined) return 'incomplete';
  const { chunkSize } = metadata;
  return bytes.length === Math.min(chunkSize, contentBytes - chunk * chunkSize) ? 'verified' : 'mismatch';
}

function judgeByTree({ channel, chunk, bytes }: Arrival, holdings: Holdings, leaf?: Uint8Array): Verdict {
  const { tree } = holdings;
  const hash = leaf ?? digest(tree.hash, bytes);
  const { proof, size } = channel.downloader.proofs;
  if (holdings.chunkCount !== undefined) return judgeKnown(holdings, chunk, hash, proof);
  const claim =
    bytes.length === 2 * hashBytes[tree.hash] ? pairSize(holdings) : (size ?? impliedSize(channel, tree.root));
  if (claim === undefined) return 'incomplete';
  const verdict = tree.admitFirst(claim, chunk, hash, proof);
  // What follows from a HAVE alone is our guess, and not the peer's lie.
  return verdict === 'mismatch' && size === undefined ? 'incomplete' : verdict;
}

/** A peer leaves out the hashes that our HAVEs say we know: those may be in the store. A wrong one there is not its lie. */
function judgeKnown(
  { tree, storedProof, hasStoredHashes }: Holdings,
  chunk: number,
  hash: Uint8Array,
  proof: Proof,
): Verdict {
  const verdict = tree.admitChunk(chunk, hash, proof);
  if (verdict !== 'incomplete' || !hasStoredHashes) return verdict;
  const aided = tree.admitChunk(chunk, hash, (height, index) => proof(height, index) ?? storedProof(height, index));
  return aided === 'mismatch' ? 'incomplete' : aided;
}

/**
 * Bytes as long as two hashes could be the root's children, shown as the only leaf of a smaller tree: they are content
 * only if whoever named the swarm stated that there is no more of it.
 */
function pairSize({ tree, metadata: { contentBytes } }: Holdings): SizeClaim | undefined {
  return contentBytes === 2 * hashBytes[tree.hash] ? { chunkCount: 1, peaks: [tree.root] } : undefined;
}

/** Some peers send no peaks for 2^n chunks: the one HAVE of a peer that has everything names them, and the root is all. */
function impliedSize(channel: Channel, root: Uint8Array): SizeClaim | undefined {
  const [all, ...others] = channel.downloader.available.runs();
  if (all?.first !== 0 || others.length > 0) return undefined;
  const chunkCount = all.last + 1;
  return Number.isInteger(Math.log2(chunkCount)) ? { chunkCount, peaks: [root] } : undefined;
}

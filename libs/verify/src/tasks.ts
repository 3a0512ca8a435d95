import { type HashFunction, digest, hashBytes, subtreeOf } from '@weir/ppspp';

/** Hash each of a run of chunks that lie in one piece of shared memory. */
export interface LeavesTask {
  readonly kind: 'leaves';
  readonly hash: HashFunction;
  readonly shared: SharedArrayBuffer;
  /** Where each chunk begins, and how long it is: offset, length, offset, length. */
  readonly places: Float64Array;
}

/** Compute an extent's 127 hashes. */
export interface SubtreeTask {
  readonly kind: 'subtree';
  readonly hash: HashFunction;
  /** A view of shared memory. */
  readonly bytes: Uint8Array;
  readonly chunkSize: number;
}

/** What a verify thread is asked; each is answered by hashes, one after the other. */
export type VerifyTask = LeavesTask | SubtreeTask;

/** Does a task. A plain function of cloneable data, on whichever thread. */
export function runTask(task: VerifyTask): Uint8Array {
  switch (task.kind) {
    case 'leaves':
      return leavesOf(task);
    case 'subtree':
      return subtreeOf(task.hash, task.bytes, task.chunkSize);
  }
}

/** The task for a run of chunks. They are copied, unless they already lie in one shared buffer. */
export function leavesTask(hash: HashFunction, chunks: readonly Uint8Array[]): LeavesTask {
  const common = sharedByAll(chunks);
  const shared = common ?? new SharedArrayBuffer(totalBytes(chunks));
  const places = new Float64Array(chunks.length * 2);
  let next = 0;
  chunks.forEach((chunk, at) => {
    const offset = common === undefined ? next : chunk.byteOffset;
    if (common === undefined) new Uint8Array(shared, offset, chunk.length).set(chunk);
    places[2 * at] = offset;
    places[2 * at + 1] = chunk.length;
    next += chunk.length;
  });
  return { kind: 'leaves', hash, shared, places };
}

/** The task for an extent. Its bytes are copied, unless they already lie in shared memory. */
export function subtreeTask(hash: HashFunction, bytes: Uint8Array, chunkSize: number): SubtreeTask {
  if (bytes.buffer instanceof SharedArrayBuffer) return { kind: 'subtree', hash, bytes, chunkSize };
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return { kind: 'subtree', hash, bytes: shared, chunkSize };
}

/** Views of the hashes that lie one after the other in `packed`. */
export function unpacked(packed: Uint8Array, size: number): Uint8Array[] {
  const hashes: Uint8Array[] = [];
  for (let from = 0; from < packed.length; from += size) hashes.push(packed.subarray(from, from + size));
  return hashes;
}

/** Bytes of all chunks together. */
export function totalBytes(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

function leavesOf({ hash, shared, places }: LeavesTask): Uint8Array {
  const size = hashBytes[hash];
  const hashes = new Uint8Array((places.length / 2) * size);
  for (let at = 0; 2 * at < places.length; at++) {
    const chunk = new Uint8Array(shared, places[2 * at], places[2 * at + 1]);
    hashes.set(digest(hash, chunk), at * size);
  }
  return hashes;
}

function sharedByAll(chunks: readonly Uint8Array[]): SharedArrayBuffer | undefined {
  const buffer = chunks[0]?.buffer;
  if (!(buffer instanceof SharedArrayBuffer)) return undefined;
  return chunks.every((chunk) => chunk.buffer === buffer) ? buffer : undefined;
}

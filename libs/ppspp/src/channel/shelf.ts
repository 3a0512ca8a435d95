import type { Micros } from '../limits';

/** What peers of one swarm may be sent together. */
export interface ServeBound {
  /** Bytes that one of them may be sent now; any at all is enough for a chunk. */
  room(reader: object, now: Micros): number;
  spend(reader: object, bytes: number, now: Micros): void;
  /** One of them could be sent more. */
  wait(reader: object, now: Micros): void;
}

/** What an uploader needs of its swarm. */
export interface Shelf {
  /** Left out where nothing bounds what is served of the swarm. */
  readonly bound?: ServeBound | undefined;
  readonly chunkCount: number | undefined;
  /** A chunk's bytes if its extent is in memory; if not, its read or fetch has been begun. */
  chunk(chunk: number): Uint8Array | undefined;
  /** Begins to read an extent that will be needed soon. */
  readAhead(extent: number): void;
  /** The hash of a node on the way of a chunk that is at hand. */
  hash(height: number, index: number): Uint8Array | undefined;
  /** Counts a chunk that left, for the first time or again. */
  served(chunk: number, bytes: number, isRepeat: boolean): void;
}

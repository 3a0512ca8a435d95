import type { ChunkSet } from '../addressing/chunk-set';
import type { Channel } from '../channel/channel';
import type { Want } from '../endpoint/effects';
import { limits } from '../limits';
import { extentChunks } from './content';
import type { Holdings } from './holdings';
import type { Members } from './members';

/** What decides on the demand for a content. */
export interface DemandParts {
  readonly holdings: Holdings;
  readonly members: Members;
  readonly want: () => Want;
  readonly backgroundBytesMax: number;
}

/** Which extents are to be fetched, in the order they are needed: asked for, about to be asked for, the rest. */
export class Demand {
  /** Extents that somebody waits for. */
  private readonly asked = new Set<number>();

  constructor(private readonly parts: DemandParts) {}

  /** Somebody waits for an extent; false if that was known. */
  add(extent: number): boolean {
    if (this.asked.has(extent)) return false;
    this.asked.add(extent);
    return true;
  }

  /** The extent is here. */
  meet(extent: number): void {
    this.asked.delete(extent);
  }

  /** Somebody waits. */
  get pressing(): boolean {
    return this.asked.size > 0;
  }

  /** True if anything is to be fetched. */
  get any(): boolean {
    for (const extent of this.extents()) return extent >= 0;
    return false;
  }

  /** Extents that are not here, some perhaps twice; only those of which a peer has something, if that is given. */
  *extents(available?: ChunkSet): Iterable<number> {
    const { want, holdings } = this.parts;
    const end = holdings.extentCount ?? 0;
    for (const extent of this.asked) if (!holdings.held.has(extent)) yield extent;
    if (want() === 'none') return;
    yield* this.subscribersNeeds(end);
    const contentBytes = (holdings.chunkCount ?? 0) * holdings.metadata.chunkSize;
    if (want() === 'demand' && contentBytes > this.parts.backgroundBytesMax) return;
    // What was here once and had to leave is fetched again for those who need it, not for completeness.
    for (const extent of this.missing(0, end, available)) if (!holdings.everHeld.has(extent)) yield extent;
  }

  /** What a subscriber was told of it asks for; what it was not told of must be here before it can. */
  private *subscribersNeeds(end: number): Iterable<number> {
    for (const channel of this.parts.members.subscribers()) {
      for (const from of positionsOf(channel)) yield* this.unknownTo(channel, from, end);
    }
  }

  private *unknownTo(channel: Channel, from: number, end: number): Iterable<number> {
    for (const extent of this.missing(from, Math.min(end, from + limits.demandExtents))) {
      if (!channel.uploader.announced.has(extent) && !this.isKnownTo(channel, extent)) yield extent;
    }
  }

  private isKnownTo({ uploader }: Channel, extent: number): boolean {
    const first = extent * extentChunks;
    return uploader.known.covers({ first, last: first + this.parts.holdings.chunksIn(extent) - 1 });
  }

  private *missing(from: number, end: number, available?: ChunkSet): Iterable<number> {
    const { held } = this.parts.holdings;
    let extent = held.nextOut(from);
    while (extent < end) {
      const offered = available === undefined ? extent * extentChunks : available.nextIn(extent * extentChunks);
      if (offered === undefined) return;
      const nearest = Math.floor(offered / extentChunks);
      if (nearest === extent) yield extent;
      extent = held.nextOut(nearest === extent ? extent + 1 : nearest);
    }
  }
}

/** Where a subscriber is about to ask: behind what it asked for last, and at the first chunk it lacks. In extents. */
function positionsOf({ uploader }: Channel): number[] {
  const lacking = Math.floor(uploader.known.nextOut(0) / extentChunks);
  if (uploader.position === undefined) return [lacking];
  return [Math.floor(uploader.position / extentChunks), lacking];
}

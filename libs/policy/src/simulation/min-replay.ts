import type { TraceObjects } from '../trace/object-names';
import type { RequestBlock } from '../trace/request-block';
import { Farthest } from './farthest';
import type { Replay } from './replay';
import { Tally } from './tally';

/** Stands for a next use that does not come. Traces are shorter. */
export const neverUsed = 2 ** 32 - 1;

/**
 * Goes through a trace backwards, block by block, and tells of each request when its object is asked for again.
 * The sequence number of that request, or `neverUsed`.
 */
export class NextUses {
  private readonly upcoming: Uint32Array;

  /** For objects numbered below `objects`. */
  constructor(objects: number) {
    this.upcoming = new Uint32Array(objects).fill(neverUsed);
  }

  /** Fills `into` for the first `length` requests of a block, the first of which has the sequence number `sequence`. */
  fill(block: RequestBlock, length: number, sequence: number, into: Uint32Array): void {
    for (let at = length - 1; at >= 0; at--) {
      const object = block.objects[at] ?? 0;
      into[at] = this.upcoming[object] ?? neverUsed;
      this.upcoming[object] = sequence + at;
    }
  }
}

/**
 * The optimum, which knows the future: what is asked for last leaves, and what would have to leave first does not come in at
 * all (Belady's MIN with bypass). No policy has more hits where all objects are of one size; where they are not it is a good
 * guess, and some policy may have more.
 */
export class MinReplay implements Replay {
  readonly tally = new Tally();
  /** When the objects of the block are asked for again. To be set before each `run`. */
  nextUses = new Uint32Array(0);
  private readonly kept: Farthest;
  private usedBytes = 0;
  private mostKept = 0;
  /** What would leave to make room, until it is clear that it suffices. */
  private readonly leaving: number[] = [];

  constructor(
    private readonly capacityBytes: number,
    private readonly objects: Pick<TraceObjects, 'bytes'>,
  ) {
    this.kept = new Farthest(objects.bytes.length);
  }

  /** The most there were: at the end nothing is asked for again, and nothing is kept. */
  get segments(): number {
    return this.mostKept;
  }

  get stateBytes(): number {
    return this.kept.stateBytes;
  }

  run(block: RequestBlock, from: number, to: number): void {
    const { tally } = this;
    for (let at = from; at < to; at++) {
      const object = block.objects[at] ?? 0;
      const asked = block.bytes[at] ?? 0;
      const hit = this.request(object, this.nextUses[at] ?? neverUsed);
      tally.requests++;
      tally.requestedBytes += asked;
      if (!hit) continue;
      tally.hits++;
      tally.hitBytes += asked;
    }
  }

  private request(object: number, nextUse: number): boolean {
    const bytes = this.objects.bytes[object] ?? 0;
    const hit = this.kept.has(object);
    if (nextUse === neverUsed) {
      if (hit) this.release(object);
    } else if (hit) {
      this.kept.put(object, nextUse);
    } else if (this.makeRoom(bytes, nextUse)) {
      this.kept.put(object, nextUse);
      this.mostKept = Math.max(this.mostKept, this.kept.size);
      this.usedBytes += bytes;
      this.tally.writtenBytes += bytes;
    }
    return hit;
  }

  /** Only for what is asked for later than `nextUse` there is somebody who leaves. */
  private makeRoom(bytes: number, nextUse: number): boolean {
    const { kept, leaving } = this;
    while (this.usedBytes + bytes > this.capacityBytes && kept.size > 0 && kept.nextUse(kept.last) > nextUse) {
      leaving.push(kept.last);
      this.release(kept.last);
    }
    const fits = this.usedBytes + bytes <= this.capacityBytes;
    for (const object of fits ? [] : leaving) {
      kept.put(object, kept.nextUse(object));
      this.usedBytes += this.objects.bytes[object] ?? 0;
    }
    leaving.length = 0;
    return fits;
  }

  private release(object: number): void {
    this.kept.remove(object);
    this.usedBytes -= this.objects.bytes[object] ?? 0;
  }
}

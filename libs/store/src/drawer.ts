import type { Extent } from '@weir/ppspp';
import { transactionBytesMax } from './limits';
import { ProbationSlab, type SlabPlace } from './probation/probation-slab';
import { SlabReader } from './probation/slab-reader';
import type { ExtentRef, HeldExtent, SlabMoves } from './store';

/**
 * The slab as its writer uses it. What leaves it within a transaction stays where it is until `settle`: before that it is not on
 * disk, and whoever reads must find it.
 */
export class Drawer {
  readonly slab: ProbationSlab;
  private readonly reader: SlabReader;
  private readonly leaving: SlabPlace[] = [];
  private readonly released: ExtentRef[] = [];
  private scratch = new Uint8Array(0);
  private readonly held = new Map<string, HeldExtent>();

  constructor(bytes: number) {
    this.slab = new ProbationSlab(bytes);
    this.reader = new SlabReader(this.slab.memory);
  }

  /** Bytes that may be in it: less than there are, since what leaves keeps its place until the transaction is done. */
  get usableBytes(): number {
    const { capacityBytes } = this.slab;
    return capacityBytes - Math.min(transactionBytesMax, capacityBytes / 8);
  }

  /** Takes a copy of an extent; undefined if there is no room. */
  put(ref: ExtentRef, extent: Extent): SlabPlace | undefined {
    const place = this.slab.put(extent);
    if (place !== undefined) this.held.set(nameOf(ref), { ...ref, place });
    return place;
  }

  /** What is at a place that was not released, until the next one is read: whoever writes it copies it, and memory is not free of cost. */
  read(index: number, place: SlabPlace): Extent | undefined {
    const bytes = place.contentBytes + place.hashBytes;
    if (this.scratch.length < bytes) this.scratch = new Uint8Array(bytes);
    return this.reader.read(index, place, this.scratch);
  }

  /** Takes note that an extent leaves. Nobody is told of one that came in the same transaction. */
  release({ swarmId, index }: ExtentRef, place: SlabPlace): void {
    this.leaving.push(place);
    if (!this.held.delete(nameOf({ swarmId, index }))) this.released.push({ swarmId, index });
  }

  /** After a transaction: gives the places free of what left. */
  settle(): void {
    for (const place of this.leaving.splice(0)) this.slab.release(place);
  }

  /** What came and left since the last call. */
  moves(): SlabMoves {
    const held = [...this.held.values()];
    this.held.clear();
    return { released: this.released.splice(0), held };
  }
}

function nameOf({ swarmId, index }: ExtentRef): string {
  return `${swarmId}/${String(index)}`;
}

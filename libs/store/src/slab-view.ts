import type { Extent, SwarmId } from '@weir/ppspp';
import type { SlabPlace } from './probation/probation-slab';
import { SlabReader } from './probation/slab-reader';
import type { ExtentRef, HeldExtent, SlabContents, SlabMoves } from './store';

/** What a thread knows of the slab: told by the writer when it connects, and kept in step by notices. */
export class SlabView {
  /** Settled when it is known what is in the slab, or that nobody will tell. */
  readonly known: Promise<void>;
  private settle: () => void = () => undefined;
  private reader: SlabReader | undefined;
  private readonly swarms = new Map<SwarmId, Map<number, SlabPlace>>();

  constructor() {
    this.known = new Promise((resolve) => (this.settle = resolve));
  }

  /** What is there at first; told anew, all that was told before is void. */
  begin({ memory, held }: SlabContents): void {
    this.reader = new SlabReader(memory);
    this.swarms.clear();
    this.hold(held);
    this.settle();
  }

  /** What changed. */
  apply({ released, held }: SlabMoves): void {
    for (const ref of released) this.release(ref);
    this.hold(held);
  }

  /** The writer is gone, and what it kept in memory with it; answers what that was. */
  end(): ExtentRef[] {
    const lost = [...this.swarms].flatMap(([swarmId, places]) =>
      [...places.keys()].map((index) => ({ swarmId, index })),
    );
    this.reader = undefined;
    this.swarms.clear();
    this.settle();
    return lost;
  }

  /** Indexes of what the slab has of a swarm, in no order. */
  indexes(swarmId: SwarmId): number[] {
    return [...(this.swarms.get(swarmId)?.keys() ?? [])];
  }

  /** Where an extent is; undefined for what is not in the slab. */
  place({ swarmId, index }: ExtentRef): SlabPlace | undefined {
    return this.swarms.get(swarmId)?.get(index);
  }

  /** The extent at a place, in memory of its own; undefined if it left meanwhile. */
  read(index: number, place: SlabPlace): Extent | undefined {
    return this.reader?.read(index, place);
  }

  private hold(held: readonly HeldExtent[]): void {
    for (const { swarmId, index, place } of held) {
      const places = this.swarms.get(swarmId) ?? new Map<number, SlabPlace>();
      this.swarms.set(swarmId, places.set(index, place));
    }
  }

  private release({ swarmId, index }: ExtentRef): void {
    const places = this.swarms.get(swarmId);
    places?.delete(index);
    if (places?.size === 0) this.swarms.delete(swarmId);
  }
}

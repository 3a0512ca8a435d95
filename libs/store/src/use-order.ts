/** Both ends of the ring of entries; no entry has this slot. */
const ring = 0;

/** Entries the arrays begin with; they double. */
const slotsAtFirst = 1024;

/**
 * Extents from the least to the most recently used. 20 bytes an extent, in arrays: a terabyte of them is 15 million,
 * and objects would take the heap.
 */
export class UseOrder {
  private older = new Uint32Array(slotsAtFirst);
  private newer = new Uint32Array(slotsAtFirst);
  private swarms = new Uint32Array(slotsAtFirst);
  private indexes = new Float64Array(slotsAtFirst);
  private slotsMade = 1;
  /** Head of the list of slots to use again, linked through `newer`. */
  private free = ring;

  /** Adds an extent as the most recently used; the slot is its handle until it is removed. */
  append(swarm: number, index: number): number {
    const slot = this.takeSlot();
    this.swarms[slot] = swarm;
    this.indexes[slot] = index;
    this.linkNewest(slot);
    return slot;
  }

  touch(slot: number): void {
    this.unlink(slot);
    this.linkNewest(slot);
  }

  remove(slot: number): void {
    this.unlink(slot);
    this.newer[slot] = this.free;
    this.free = slot;
  }

  /** The least recently used extent. */
  oldest(): { readonly swarm: number; readonly index: number } | undefined {
    const slot = at(this.newer, ring);
    return slot === ring ? undefined : { swarm: at(this.swarms, slot), index: at(this.indexes, slot) };
  }

  private takeSlot(): number {
    const slot = this.free;
    if (slot !== ring) {
      this.free = at(this.newer, slot);
      return slot;
    }
    if (this.slotsMade === this.newer.length) this.grow();
    return this.slotsMade++;
  }

  private grow(): void {
    const slots = this.newer.length * 2;
    this.older = copied(this.older, new Uint32Array(slots));
    this.newer = copied(this.newer, new Uint32Array(slots));
    this.swarms = copied(this.swarms, new Uint32Array(slots));
    this.indexes = copied(this.indexes, new Float64Array(slots));
  }

  private linkNewest(slot: number): void {
    const last = at(this.older, ring);
    this.newer[last] = slot;
    this.older[slot] = last;
    this.newer[slot] = ring;
    this.older[ring] = slot;
  }

  private unlink(slot: number): void {
    const before = at(this.older, slot);
    const after = at(this.newer, slot);
    this.newer[before] = after;
    this.older[after] = before;
  }
}

function at(numbers: Uint32Array | Float64Array, slot: number): number {
  return numbers[slot] ?? 0;
}

function copied<Numbers extends Uint32Array | Float64Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}

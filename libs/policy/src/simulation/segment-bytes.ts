import type { TraceObjects } from '../trace/object-names';

/** The bytes of segments, by swarm and number: what a policy names to its listener. */
export class SegmentBytes {
  /** Where all have the same. */
  private readonly common: number | undefined;
  /** An object's number and 1; 0: a free slot. */
  private readonly slots: Uint32Array;

  constructor(private readonly objects: TraceObjects) {
    const { bytes } = objects;
    const [first] = bytes;
    this.common = bytes.every((one) => one === first) ? first : undefined;
    this.slots = new Uint32Array(this.common === undefined ? slotsFor(bytes.length) : 0);
    for (let object = 0; object < bytes.length && this.common === undefined; object++) {
      this.slots[this.slotOf(objects.swarms[object] ?? 0, objects.segments[object] ?? 0)] = object + 1;
    }
  }

  /** Bytes of a segment of the trace. */
  of(swarm: number, segment: number): number {
    if (this.common !== undefined) return this.common;
    const object = (this.slots[this.slotOf(swarm, segment)] ?? 0) - 1;
    return this.objects.bytes[object] ?? 0;
  }

  private slotOf(swarm: number, segment: number): number {
    const { swarms, segments } = this.objects;
    const mask = this.slots.length - 1;
    let slot = (Math.imul(swarm % 2 ** 32, 0x9e37_79b1) ^ Math.imul(segment, 0x85eb_ca6b)) & mask;
    for (;;) {
      const object = (this.slots[slot] ?? 0) - 1;
      if (object < 0 || (swarms[object] === swarm && segments[object] === segment)) return slot;
      slot = (slot + 1) & mask;
    }
  }
}

/** A power of two, of which less than half are taken. */
function slotsFor(count: number): number {
  return 2 ** Math.ceil(Math.log2(2 * count + 1));
}

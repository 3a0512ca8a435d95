import type { WireFault } from '../wire/message';

const wordValues = 2 ** 32;
/** High word of the largest integer that a number holds exactly, 2^53 - 1. */
const safeHighWordMax = 2 ** 21 - 1;

/**
 * A cursor over received bytes that never throws. A read past the end, and each read after a fault, yields 0 or no
 * bytes; the first fault stays, and the caller looks at it once. Integers are big-endian (RFC 7574 section 8.2).
 */
export class Reader {
  private readonly view: DataView;
  private offset = 0;
  private firstFault: WireFault | undefined;

  constructor(private readonly source: Uint8Array) {
    this.view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  }

  /** Why the bytes were refused, or undefined while all is well. */
  get fault(): WireFault | undefined {
    return this.firstFault;
  }

  /** Bytes not read yet; 0 after a fault. */
  get remaining(): number {
    return this.source.length - this.offset;
  }

  u8(): number {
    return this.has(1) ? this.view.getUint8(this.advance(1)) : 0;
  }

  u16(): number {
    return this.has(2) ? this.view.getUint16(this.advance(2)) : 0;
  }

  u32(): number {
    return this.has(4) ? this.view.getUint32(this.advance(4)) : 0;
  }

  /** A chunk number of 64 bits. Above 2^53 - 1 it is refused, because a number would round it to another chunk. */
  u64(): number {
    const high = this.u32();
    const low = this.u32();
    if (high <= safeHighWordMax) return high * wordValues + low;
    this.fail('chunk-number-too-large');
    return 0;
  }

  /** An opaque integer of 64 bits, such as a timestamp. */
  u64Opaque(): bigint {
    return this.has(8) ? this.view.getBigUint64(this.advance(8)) : 0n;
  }

  /** A view, not a copy, of the next `count` bytes. */
  bytes(count: number): Uint8Array {
    const from = this.has(count) ? this.advance(count) : this.offset;
    return this.source.subarray(from, this.offset);
  }

  /** Refuses the bytes: what follows is not read. The first fault is the one that is kept. */
  fail(fault: WireFault): void {
    this.firstFault ??= fault;
    this.offset = this.source.length;
  }

  private has(count: number): boolean {
    if (count <= this.source.length - this.offset) return true;
    this.fail('truncated');
    return false;
  }

  private advance(count: number): number {
    const from = this.offset;
    this.offset += count;
    return from;
  }
}

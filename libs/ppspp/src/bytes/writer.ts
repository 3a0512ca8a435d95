const wordValues = 2 ** 32;

/**
 * A cursor that writes into one buffer, allocated once and used again and again. A write that does not fit writes
 * nothing and marks the writer full; so does every later one, until `rewind`. Integers are big-endian (RFC 7574
 * section 8.2) and must fit their width.
 */
export class Writer {
  private readonly buffer: Uint8Array;
  private readonly view: DataView;
  private offset = 0;
  private overflowed = false;
  private end: number;

  constructor(capacityBytes: number) {
    this.buffer = new Uint8Array(capacityBytes);
    this.view = new DataView(this.buffer.buffer);
    this.end = capacityBytes;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.offset;
  }

  /** A write did not fit: what follows `rewind`'s last position is incomplete. */
  get full(): boolean {
    return this.overflowed;
  }

  u8(value: number): this {
    const at = this.reserve(1);
    if (at >= 0) this.view.setUint8(at, value);
    return this;
  }

  u16(value: number): this {
    const at = this.reserve(2);
    if (at >= 0) this.view.setUint16(at, value);
    return this;
  }

  u32(value: number): this {
    const at = this.reserve(4);
    if (at >= 0) this.view.setUint32(at, value);
    return this;
  }

  /** A chunk number of 64 bits, at most 2^53 - 1. */
  u64(value: number): this {
    return this.u32(Math.floor(value / wordValues)).u32(value % wordValues);
  }

  /** An opaque integer, modulo 2^64. */
  u64Opaque(value: bigint): this {
    const at = this.reserve(8);
    if (at >= 0) this.view.setBigUint64(at, value);
    return this;
  }

  bytes(value: Uint8Array): this {
    const at = this.reserve(value.length);
    if (at >= 0) this.buffer.set(value, at);
    return this;
  }

  /** Forgets what was written after the first `length` bytes, and that the writer was full. */
  rewind(length: number): void {
    this.offset = length;
    this.overflowed = false;
  }

  /** Takes so many bytes in all from now on, as far as the buffer goes. */
  confine(bytesMax: number): void {
    this.end = Math.min(bytesMax, this.buffer.length);
  }

  /** A copy of what was written, so that the buffer can be written again. */
  copy(): Uint8Array {
    return this.buffer.slice(0, this.offset);
  }

  private reserve(count: number): number {
    const at = this.offset;
    if (this.overflowed || count > this.end - at) {
      this.overflowed = true;
      return -1;
    }
    this.offset = at + count;
    return at;
  }
}

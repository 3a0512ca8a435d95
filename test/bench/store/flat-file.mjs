// What the store is measured beside: one file of slots as large as an extent with its hashes, by pwrite and pread.
import { closeSync, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A file of slots. */
export class FlatFile {
  constructor(directory, { slotBytes, slots }) {
    this.path = join(directory, 'flat');
    this.slotBytes = slotBytes;
    this.slots = slots;
    this.descriptor = openSync(this.path, 'a+');
    closeSync(this.descriptor);
    this.descriptor = openSync(this.path, 'r+');
    this.buffer = Buffer.alloc(slotBytes);
  }

  /** Writes extents to slots from a number on, around the end; on disk when this returns. */
  write(extent, from, count) {
    for (let at = from; at < from + count; at++) {
      const place = (at % this.slots) * this.slotBytes;
      writeSync(this.descriptor, extent.bytes, 0, extent.bytes.length, place);
      writeSync(this.descriptor, extent.hashes, 0, extent.hashes.length, place + extent.bytes.length);
    }
    fdatasyncSync(this.descriptor);
  }

  read(slot) {
    readSync(this.descriptor, this.buffer, 0, this.slotBytes, slot * this.slotBytes);
  }

  close() {
    closeSync(this.descriptor);
  }
}

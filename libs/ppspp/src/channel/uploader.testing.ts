import type { Shelf } from './shelf';

/** A shelf of 1024-byte chunks, some extents of which are not at hand. */
export class TestShelf implements Shelf {
  readonly away = new Set<number>();
  readonly asked: number[] = [];
  readonly ahead: number[] = [];
  servedBytes = 0;
  repeatedBytes = 0;

  constructor(readonly chunkCount: number) {}

  chunk(chunk: number): Uint8Array | undefined {
    const extent = Math.floor(chunk / 64);
    if (!this.away.has(extent)) return new Uint8Array(1_024);
    this.asked.push(extent);
    return undefined;
  }

  readAhead(extent: number): void {
    this.ahead.push(extent);
  }

  hash(): Uint8Array {
    return new Uint8Array(32);
  }

  served(_chunk: number, bytes: number, isRepeat: boolean): void {
    if (isRepeat) this.repeatedBytes += bytes;
    else this.servedBytes += bytes;
  }
}

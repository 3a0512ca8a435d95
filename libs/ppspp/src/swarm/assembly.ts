import { sharedBytes } from '../bytes/shared';
import { extentChunks } from './content';

/** What becomes of an extent once its last chunk is here. */
export type AssemblyPhase = 'filling' | 'checking' | 'writing';

/** An extent that is being fetched: chunks enter verified, in any order. */
export class Assembly {
  readonly bytes: Uint8Array;
  phase: AssemblyPhase = 'filling';
  private readonly held = new Uint8Array(extentChunks);
  private readonly asked = new Uint8Array(extentChunks);
  private missing: number;
  private unasked: number;
  private length: number;

  /** `chunks` is how many the extent has: 64 but for the content's last. */
  constructor(
    readonly extent: number,
    readonly chunks: number,
    private readonly chunkSize: number,
  ) {
    // Shared, so that verify threads and the store's writer read it in place.
    this.bytes = sharedBytes(chunks * chunkSize);
    this.missing = chunks;
    this.unasked = chunks;
    this.length = chunks * chunkSize;
  }

  /** True while a chunk is neither here nor asked for. */
  get open(): boolean {
    return this.unasked > 0;
  }

  /** True if no chunk is here or asked for. */
  get untouched(): boolean {
    return this.unasked === this.chunks;
  }

  get complete(): boolean {
    return this.missing === 0;
  }

  /** The extent's bytes, cut where a short last chunk ends. */
  get content(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  holds(chunk: number): boolean {
    return this.held[this.local(chunk)] === 1;
  }

  /** True if the chunk is neither here nor asked for. */
  lacks(chunk: number): boolean {
    const local = this.local(chunk);
    return this.held[local] === 0 && this.asked[local] === 0;
  }

  /** Chunks neither here nor asked for, ascending. */
  openChunks(): number[] {
    const first = this.extent * extentChunks;
    const open: number[] = [];
    for (let chunk = first; chunk < first + this.chunks; chunk++) if (this.lacks(chunk)) open.push(chunk);
    return open;
  }

  ask(chunk: number): void {
    this.mark(chunk, 1);
  }

  release(chunk: number): void {
    this.mark(chunk, 0);
  }

  /** Takes a verified chunk. */
  put(chunk: number, bytes: Uint8Array): void {
    const local = this.local(chunk);
    if (this.held[local] === 1) return;
    this.ask(chunk);
    this.held[local] = 1;
    this.missing--;
    this.bytes.set(bytes, local * this.chunkSize);
    if (local === this.chunks - 1) this.length = local * this.chunkSize + bytes.length;
  }

  private mark(chunk: number, asked: 0 | 1): void {
    const local = this.local(chunk);
    if (this.held[local] === 1 || this.asked[local] === asked) return;
    this.asked[local] = asked;
    this.unasked += asked === 1 ? -1 : 1;
  }

  private local(chunk: number): number {
    return chunk - this.extent * extentChunks;
  }
}

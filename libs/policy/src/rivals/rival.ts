import type { CacheListener, CachePolicy, HeldSegment, Place } from '../policy';
import { Stock } from '../stock';

/** What every rival is told. */
export interface RivalOptions {
  /** Bytes that may be resident. */
  readonly capacityBytes: number;
  readonly listener: CacheListener;
  /** Key of the hashes, 32 bits. */
  readonly seed: number;
}

/**
 * What policies for comparison have in common: an account, and everything written to disk. They replay traces and serve no
 * one: they know no pins or quotas and save nothing.
 */
export abstract class Rival implements CachePolicy {
  readonly memoryBytes = 0;
  readonly pinnedBytes = 0;
  readonly ghosts: number = 0;
  readonly probationShare = 0;
  protected readonly stock: Stock;
  protected capacityBytes: number;

  constructor(protected readonly options: RivalOptions) {
    this.stock = new Stock(options.seed);
    this.capacityBytes = options.capacityBytes;
  }

  get residentBytes(): number {
    return this.stock.residentBytes;
  }

  get stateBytes(): number {
    return this.stock.stateBytes;
  }

  get segments(): number {
    return this.stock.segments.count;
  }

  access(swarm: number, segment: number): boolean {
    const row = this.stock.find(swarm, segment);
    if (row !== 0) this.touched(row);
    return row !== 0;
  }

  insert(swarm: number, segment: number, bytes: number): Place {
    if (bytes > this.capacityBytes) return 'refused';
    const row = this.stock.find(swarm, segment);
    if (row !== 0 && bytes <= (this.stock.segments.bytes[row] ?? 0)) {
      this.weigh(row, bytes);
      return 'disk';
    }
    // A segment that grows makes room as a new one does, so that it is not evicted for itself.
    if (row !== 0) this.forget(row);
    return this.admit(swarm, segment, bytes) ? 'disk' : 'refused';
  }

  shrink(swarm: number, segment: number, bytes: number): void {
    const row = this.stock.find(swarm, segment);
    if (row === 0) return;
    if (bytes === 0) this.forget(row);
    else if (bytes < (this.stock.segments.bytes[row] ?? 0)) this.weigh(row, bytes);
  }

  remove(swarm: number, segment: number): void {
    this.shrink(swarm, segment, 0);
  }

  resize(capacityBytes: number): void {
    this.capacityBytes = capacityBytes;
    this.makeRoom(0);
  }

  limit(): void {
    // Not known to rivals.
  }

  assign(): void {
    // Not known to rivals.
  }

  pin(): void {
    // Not known to rivals.
  }

  spillable(): Iterable<readonly [swarm: number, segment: number]> {
    return [];
  }

  save(): Uint8Array {
    return new Uint8Array();
  }

  restore(_saved: Uint8Array | undefined, held: Iterable<HeldSegment>): void {
    for (const { swarm, segment, bytes } of held) {
      if (this.insert(swarm, segment, bytes) === 'refused') this.options.listener.evicted(swarm, segment);
    }
  }

  /** A resident segment was asked for. */
  protected abstract touched(row: number): void;

  /** Takes a new segment up, if it may. */
  protected abstract admit(swarm: number, segment: number, bytes: number): boolean;

  /** Evicts until `bytes` more fit. */
  protected abstract makeRoom(bytes: number): void;

  /** Takes a segment out of what orders segments. */
  protected abstract unlink(row: number): void;

  /** Counts a segment's bytes anew; who counts them elsewhere, too, does it there, too. */
  protected weigh(row: number, bytes: number): void {
    this.stock.weigh(row, bytes);
  }

  /** A new row for a segment. */
  protected add(swarm: number, segment: number, bytes: number): number {
    const { stock } = this;
    const row = stock.add(stock.swarms.take(swarm), segment, stock.fingerprints.ofSwarm(swarm, segment));
    stock.weigh(row, bytes);
    return row;
  }

  protected evict(row: number): void {
    const swarm = this.stock.swarmKey(row);
    const segment = this.stock.segments.segment(row);
    this.forget(row);
    this.options.listener.evicted(swarm, segment);
  }

  private forget(row: number): void {
    this.unlink(row);
    this.stock.drop(row);
  }
}

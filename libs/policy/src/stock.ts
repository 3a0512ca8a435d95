import { Fingerprints } from './numbers';
import { SegmentTable } from './segment-table';
import { SwarmTable } from './swarm-table';

/** Marks of a swarm's row. */
export const pinnedMark = 1;
/** The swarm is in groups. */
export const groupedMark = 2;
/** The swarm is just being given something. */
export const busyMark = 4;

/**
 * Resident segments and their swarms, with the bytes of each: the account, whatever order they leave in. Each swarm's
 * segments are a ring, in the order they came.
 */
export class Stock {
  readonly fingerprints: Fingerprints;
  readonly segments: SegmentTable;
  readonly swarms: SwarmTable;
  residentBytes = 0;

  constructor(seed: number) {
    this.fingerprints = new Fingerprints(seed);
    this.swarms = new SwarmTable(this.fingerprints);
    this.segments = new SegmentTable(this.swarms, this.fingerprints);
  }

  get stateBytes(): number {
    return this.segments.stateBytes + this.swarms.stateBytes;
  }

  /** Row of a segment, or 0. */
  find(swarm: number, segment: number): number {
    const owner = this.swarms.find(swarm);
    if (owner === 0) return 0;
    return this.segments.find(owner, segment, this.fingerprints.of(this.swarms.trail(owner), segment));
  }

  /** Key of the swarm that a segment belongs to. */
  swarmKey(row: number): number {
    return this.swarms.key(this.segments.swarm[row] ?? 0);
  }

  /** Row of the swarm's segment that came first, or 0. */
  oldestOf(owner: number): number {
    return this.segments.swarmNewer[this.swarms.newest[owner] ?? 0] ?? 0;
  }

  /** Row of the segment that came after this one in its swarm, or 0. */
  after(row: number): number {
    const { segments, swarms } = this;
    return swarms.newest[segments.swarm[row] ?? 0] === row ? 0 : (segments.swarmNewer[row] ?? 0);
  }

  /** Makes a row for a segment that has none, without bytes. `print` is its fingerprint. */
  add(owner: number, segment: number, print: number): number {
    const row = this.segments.add(owner, segment, print);
    this.appendTo(owner, row);
    return row;
  }

  /** Counts a segment's bytes anew. It must be in no queue meanwhile: queues count, too. */
  weigh(row: number, bytes: number): void {
    const { segments, swarms } = this;
    const change = bytes - (segments.bytes[row] ?? 0);
    const owner = segments.swarm[row] ?? 0;
    segments.bytes[row] = bytes;
    swarms.bytes[owner] = (swarms.bytes[owner] ?? 0) + change;
    this.residentBytes += change;
  }

  /** Forgets a segment that is in no queue. Its swarm's row goes, too, if nothing holds it. */
  drop(row: number): void {
    const owner = this.segments.swarm[row] ?? 0;
    this.weigh(row, 0);
    this.takeFrom(owner, row);
    this.segments.remove(row);
    this.swarms.release(owner);
  }

  /** Has another key for the fingerprints, and all found by it. */
  rekey(seed: number): void {
    const { fingerprints, swarms, segments } = this;
    fingerprints.seed = seed;
    swarms.rekey();
    segments.forget();
    for (const owner of swarms.rows()) {
      for (let row = this.oldestOf(owner); row !== 0; row = this.after(row)) segments.remember(row);
    }
  }

  private appendTo(owner: number, row: number): void {
    const { swarmNewer, swarmOlder } = this.segments;
    const { newest } = this.swarms;
    const last = newest[owner] ?? 0;
    const before = last === 0 ? row : last;
    const after = last === 0 ? row : (swarmNewer[last] ?? 0);
    swarmOlder[row] = before;
    swarmNewer[before] = row;
    swarmNewer[row] = after;
    swarmOlder[after] = row;
    newest[owner] = row;
  }

  private takeFrom(owner: number, row: number): void {
    const { swarmNewer, swarmOlder } = this.segments;
    const { newest } = this.swarms;
    const before = swarmOlder[row] ?? 0;
    const after = swarmNewer[row] ?? 0;
    swarmNewer[before] = after;
    swarmOlder[after] = before;
    if (newest[owner] === row) newest[owner] = before === row ? 0 : before;
  }
}

import { at } from './numbers';
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
 * segments are a list, in the order they came.
 */
export class Stock {
  readonly segments: SegmentTable;
  readonly swarms: SwarmTable;
  residentBytes = 0;

  constructor(seed: number) {
    this.segments = new SegmentTable(seed);
    this.swarms = new SwarmTable(seed);
  }

  get stateBytes(): number {
    return this.segments.stateBytes + this.swarms.stateBytes;
  }

  /** Row of a segment, or 0. */
  find(swarm: number, segment: number): number {
    const owner = this.swarms.find(swarm);
    return owner === 0 ? 0 : this.segments.find(owner, segment);
  }

  /** Key of the swarm that a segment belongs to. */
  swarmKey(row: number): number {
    return this.swarms.key(at(this.segments.swarm, row));
  }

  /** Makes a row for a segment that has none, without bytes. */
  add(owner: number, segment: number): number {
    const row = this.segments.add(owner, segment);
    this.appendTo(owner, row);
    return row;
  }

  /** Counts a segment's bytes anew. It must be in no queue meanwhile: queues count, too. */
  weigh(row: number, bytes: number): void {
    const change = bytes - at(this.segments.bytes, row);
    const owner = at(this.segments.swarm, row);
    this.segments.bytes[row] = bytes;
    this.swarms.bytes[owner] = at(this.swarms.bytes, owner) + change;
    this.residentBytes += change;
  }

  /** Forgets a segment that is in no queue. Its swarm's row goes, too, if nothing holds it. */
  drop(row: number): void {
    const owner = at(this.segments.swarm, row);
    this.weigh(row, 0);
    this.takeFrom(owner, row);
    this.segments.remove(row);
    this.swarms.release(owner);
  }

  /** Makes a segment the newest of its swarm. */
  renew(row: number): void {
    const owner = at(this.segments.swarm, row);
    this.takeFrom(owner, row);
    this.appendTo(owner, row);
  }

  private appendTo(owner: number, row: number): void {
    const { swarms, segments } = this;
    const newest = at(swarms.newest, owner);
    segments.swarmOlder[row] = newest;
    segments.swarmNewer[row] = 0;
    if (newest === 0) swarms.oldest[owner] = row;
    else segments.swarmNewer[newest] = row;
    swarms.newest[owner] = row;
    swarms.count[owner] = at(swarms.count, owner) + 1;
  }

  private takeFrom(owner: number, row: number): void {
    const { swarms, segments } = this;
    const before = at(segments.swarmOlder, row);
    const after = at(segments.swarmNewer, row);
    if (before === 0) swarms.oldest[owner] = after;
    else segments.swarmNewer[before] = after;
    if (after === 0) swarms.newest[owner] = before;
    else segments.swarmOlder[after] = before;
    swarms.count[owner] = at(swarms.count, owner) - 1;
  }
}

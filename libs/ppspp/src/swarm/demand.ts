import type { ChunkSet } from '../addressing/chunk-set';
import type { Urgency } from '../budget/link-budget';
import type { Want } from '../endpoint/effects';
import type { Micros } from '../limits';
import type { Holdings } from './holdings';
import { Needs, type Subscriber } from './needs';
import { Rarest, type Offerer } from './rarest';

/** What decides on the demand for a content. */
export interface DemandParts {
  readonly holdings: Holdings;
  readonly members: { someSubscribers(count: number): Iterable<Subscriber>; sources(): Iterable<Offerer> };
  readonly want: () => Want;
  readonly backgroundBytesMax: number;
  /** How far ahead of what subscribers play; left out, half a minute. */
  readonly readAhead?: Micros | undefined;
  /** A number of 32 bits. */
  readonly random: number;
}

/** Which extents are to be fetched: asked for, about to be asked for, the rest. */
export class Demand {
  /** Extents that somebody waits for. */
  private readonly asked = new Set<number>();
  private readonly needs: Needs;
  private readonly rarest: Rarest;

  constructor(private readonly parts: DemandParts) {
    this.needs = new Needs(parts.holdings, parts.members, parts.readAhead);
    this.rarest = new Rarest(parts.holdings, parts.members, parts.random);
  }

  /** Somebody waits for an extent; false if that was known. */
  add(extent: number): boolean {
    if (this.asked.has(extent)) return false;
    this.asked.add(extent);
    return true;
  }

  /** The extent is here. */
  meet(extent: number): void {
    this.asked.delete(extent);
  }

  /** Somebody waits. */
  get pressing(): boolean {
    return this.asked.size > 0;
  }

  /** Somebody waits for this extent. */
  presses(extent: number): boolean {
    return this.asked.has(extent);
  }

  /** How urgent it is to fetch an extent. */
  urgencyOf(extent: number): Urgency {
    if (this.asked.has(extent)) return 'demand';
    return this.parts.want() !== 'none' && this.needs.has(extent) ? 'ahead' : 'background';
  }

  /** True if anything is to be fetched. */
  get any(): boolean {
    if (this.wantsRest && this.rarest.any) return true;
    for (const extent of this.pressed()) return extent >= 0;
    for (const extent of this.needed()) return extent >= 0;
    return false;
  }

  /** Subscribers' positions may have changed, or what they were told. */
  outdate(): void {
    this.needs.outdate();
  }

  /** As `outdate`, of one subscriber alone. */
  include(channel: Subscriber): void {
    this.needs.include(channel);
  }

  /** Time passed. */
  turn(now: Micros): void {
    this.needs.turn(now);
  }

  /** What somebody waits for, in the order it was asked for. */
  *pressed(): Iterable<number> {
    const { held } = this.parts.holdings;
    for (const extent of this.asked) if (!held.has(extent)) yield extent;
  }

  /** What subscribers are about to ask for, the next first. */
  *needed(): Iterable<number> {
    const { held } = this.parts.holdings;
    if (this.parts.want() === 'none') return;
    for (const extent of this.needs.list()) if (!held.has(extent)) yield extent;
  }

  /** The rest of the content, what the fewest peers have first: of which this one has something, and which is not begun. */
  *rest(available: ChunkSet, isBegun: (extent: number) => boolean): Iterable<number> {
    if (this.wantsRest) yield* this.rarest.extents(available, isBegun);
  }

  private get wantsRest(): boolean {
    const { want, holdings, backgroundBytesMax } = this.parts;
    if (want() !== 'demand') return want() === 'all';
    return (holdings.chunkCount ?? 0) * holdings.metadata.chunkSize <= backgroundBytesMax;
  }
}

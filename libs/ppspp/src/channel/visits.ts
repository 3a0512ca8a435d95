import { limits } from '../limits';

const none: readonly number[] = [];

/**
 * Extents that a peer came to, each once: going back and forth between those of late, since chunks were lost or had to be
 * fetched first, is the same visit.
 */
export class Visits {
  /** A ring of those of late; made with the first, for most peers ask for nothing at a time. */
  private recent: Float64Array | undefined;
  private at = 0;
  private current = -1;
  private untold: number[] | undefined;

  /** The peer is at an extent. Called for each chunk: cheap as long as that is the one it was at before. */
  note(extent: number): void {
    if (extent === this.current) return;
    this.current = extent;
    this.recent ??= new Float64Array(limits.visitsMax).fill(-1);
    if (this.recent.includes(extent)) return;
    this.recent[this.at] = extent;
    this.at = (this.at + 1) % limits.visitsMax;
    this.untold ??= [];
    if (this.untold.length < limits.visitsMax) this.untold.push(extent);
  }

  /** Those since the last call, in their order. */
  take(): readonly number[] {
    const { untold = none } = this;
    this.untold = undefined;
    return untold;
  }
}

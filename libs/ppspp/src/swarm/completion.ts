import type { Effect } from '../endpoint/effects';
import type { Holdings } from './holdings';

/** Tells when a content is complete here, each time that it becomes so. */
export class Completion {
  private isTold = false;

  constructor(
    private readonly holdings: Holdings,
    private readonly push: (effect: Effect) => void,
  ) {}

  /** Something came. */
  gained(): void {
    const { contentBytes, complete, passing, metadata } = this.holdings;
    if (this.isTold || !complete || passing.runCount > 0 || contentBytes === undefined) return;
    this.isTold = true;
    this.push({ kind: 'notice', notice: { type: 'swarm-complete', swarmId: metadata.swarmId, contentBytes } });
  }

  /** Something may be gone. */
  lost(): void {
    if (!this.holdings.complete) this.isTold = false;
  }
}

import type { PeerService } from '@weir/peer';
import { type JobProgress, noProgress, type Step, type Work } from './job';

/** Has all that is stored read and checked, once. */
export class ScrubWork implements Work {
  private last: JobProgress | undefined;

  constructor(private readonly peer: Pick<PeerService, 'integrity' | 'usage'>) {}

  step(): Promise<Step> {
    const { integrity } = this.peer;
    if (this.last === undefined) integrity.startScrub();
    const { running, progress, bytesChecked } = integrity.report().scrub;
    // A pass that has ended leaves nothing but that it is over.
    if (!running && this.last !== undefined)
      return Promise.resolve({ progress: { ...this.last, percent: 100 }, end: { state: 'done' } });
    const percent = Math.floor(1_000 * progress) / 10;
    this.last = { ...noProgress, bytes: bytesChecked, totalBytes: this.peer.usage.storedBytes, percent };
    return Promise.resolve({ progress: this.last });
  }

  cancel(): void {
    this.peer.integrity.cancelScrub();
  }
}

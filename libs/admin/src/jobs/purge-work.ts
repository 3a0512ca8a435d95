import type { PeerService } from '@weir/peer';
import type { SwarmId } from '@weir/ppspp';
import type { RegistrationService } from '@weir/registration';
import type { StoredSwarm } from '../swarm-view';
import { type JobProgress, noProgress, type Step, type Work } from './job';
import type { PurgeRequest } from './job-request';

/** Swarms that are removed between two looks at whether the job was cancelled. */
const swarmsPerStep = 256;

/** Removes what is stored of a swarm, of those with a label, or of all. */
export class PurgeWork implements Work {
  private bytes = 0;
  private extents = 0;
  private before: JobProgress | undefined;

  constructor(
    private readonly request: PurgeRequest,
    private readonly parts: { readonly peer: PeerService; readonly registration: RegistrationService },
  ) {}

  async step(): Promise<Step> {
    const { peer, registration } = this.parts;
    // What it lists then is nothing, and to have removed that is not what was ordered.
    if (!peer.operator.isAnswered) return { progress: { ...this.progress(), note: 'the store does not answer' } };
    if (peer.storeState.reason === 'loading') {
      await peer.storedKnownSoon();
      return { progress: this.progress() };
    }
    const meant = peer.stored().filter(({ record }) => this.means(record.metadata.swarmId));
    this.before ??= totalOf(meant);
    const some = meant.slice(0, swarmsPerStep);
    const ids = some.map(({ record }) => record.metadata.swarmId);
    // One that is open, and of which nothing is stored yet.
    const { swarmId } = this.request;
    await peer.operator.erase(swarmId === undefined ? ids : [swarmId]);
    for (const id of ids) registration.leave(id);
    for (const { storedBytes, extentsHeld } of some) {
      this.bytes += storedBytes;
      this.extents += extentsHeld;
    }
    const progress = { ...this.progress(), note: this.spared() };
    return some.length < meant.length ? { progress } : { progress, end: { state: 'done' } };
  }

  /** What is gone is gone. */
  cancel(): void {
    return undefined;
  }

  private means(id: SwarmId): boolean {
    const { swarmId, label, includePinned } = this.request;
    if (swarmId !== undefined) return id === swarmId;
    const rule = this.parts.peer.operator.rules.swarm(id);
    if (rule?.pinned === true && !includePinned) return false;
    return label === undefined || rule?.label === label;
  }

  /** What was not removed though it is of the label, or of all: whoever orders a purge has to know. */
  private spared(): string | null {
    const { includePinned, swarmId } = this.request;
    const isSpared = swarmId === undefined && !includePinned;
    const spared = isSpared
      ? this.parts.peer.stored().filter(({ record }) => this.spares(record.metadata.swarmId))
      : [];
    if (spared.length === 0) return null;
    return `${String(spared.length)} pinned swarms stay: order it with includePinned to remove them, too`;
  }

  private spares(id: SwarmId): boolean {
    const rule = this.parts.peer.operator.rules.swarm(id);
    return rule?.pinned === true && (this.request.label === undefined || rule.label === this.request.label);
  }

  private progress(): JobProgress {
    const { totalBytes = 0, totalExtents = 0 } = this.before ?? {};
    const percent = totalBytes === null || totalBytes === 0 ? 100 : Math.min(100, (100 * this.bytes) / totalBytes);
    const { bytes, extents } = this;
    return { ...noProgress, bytes, totalBytes, extents, totalExtents, percent: Math.floor(percent * 10) / 10 };
  }
}

function totalOf(swarms: readonly StoredSwarm[]): JobProgress {
  const totalBytes = swarms.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  const totalExtents = swarms.reduce((sum, { extentsHeld }) => sum + extentsHeld, 0);
  return { ...noProgress, totalBytes, totalExtents };
}

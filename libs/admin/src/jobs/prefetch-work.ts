import { type FoundContent, type PeerService, pinnedShareMax } from '@weir/peer';
import { CacheError, extentChunks, type SwarmId } from '@weir/ppspp';
import { AdminError, type AdminErrorCode } from '../errors';
import type { FetchService } from '../fetch.service';
import { limits } from '../limits';
import { deadlineNote } from './deadline-note';
import { type JobErrorCode, type JobProgress, noProgress, type Step, type Work } from './job';
import type { PrefetchRequest } from './job-request';
import { RateMeter } from './rate-meter';

/** What a pre-fetch works with. */
export interface PrefetchParts {
  readonly peer: Pick<PeerService, 'isBlocked' | 'linkRates' | 'live' | 'operator' | 'usage'>;
  readonly fetches: { start(...order: Parameters<FetchService['start']>): Promise<unknown> };
  /** Whether another pre-fetch of the same swarm goes on. */
  readonly isShared: () => boolean;
}

/** Time between two tries to find peers, or to open a swarm that was closed. */
const retryMillis = 30_000;

/** A pre-fetch that has a deadline alone is to be done in this part of the time that is left. */
const spare = 0.8;

/** Time from which on it is known how fast it comes. */
const measuredMillis = 30_000;

/** Slowest that such a one is fetched: a whole extent of a usual swarm a second. */
const paceMin = 65_536;

/** Fetches a swarm until it is complete, and no faster than it may. */
export class PrefetchWork implements Work {
  private readonly meter = new RateMeter();
  private readonly swarmId: SwarmId;
  private readonly beganAt: number;
  private starting = false;
  private triedAt = Number.NEGATIVE_INFINITY;
  private progressAt: number | undefined;
  private failure: Error | undefined;

  constructor(
    private readonly request: PrefetchRequest,
    private readonly parts: PrefetchParts,
    /** Milliseconds that only go on: the clock on the wall is set while a job runs, and by years when a machine starts. */
    private readonly millis: () => number = () => performance.now(),
  ) {
    this.swarmId = request.swarm.metadata.swarmId;
    this.beganAt = millis();
  }

  async step(now: number): Promise<Step> {
    if (this.parts.peer.isBlocked(this.swarmId)) return this.failed('SWARM_BLOCKED', 'the swarm was blocked');
    if (this.failure !== undefined) throw this.failure;
    const found = await this.look();
    const at = this.millis();
    const progress = this.progressOf(found, at);
    if (found.complete) return this.done(progress);
    const end = this.obstacleTo(found, now);
    if (end !== undefined) return { ...end, progress };
    if (at - this.triedAt >= retryMillis && !this.starting && found.sources === 0) this.start(at);
    this.pace(progress, now);
    return { progress: { ...progress, note: progress.note ?? this.delay(progress, now) ?? null } };
  }

  /** What keeps it from its deadline. */
  private delay({ bytes, totalBytes, bytesPerSecond }: JobProgress, now: number): string | undefined {
    const { rate, deadline } = this.request;
    if (deadline === undefined || totalBytes === null) return undefined;
    const { linkRates: link, operator } = this.parts.peer;
    const isMeasured = this.millis() - this.beganAt >= measuredMillis;
    const seconds = (Date.parse(deadline) - now) / 1_000;
    return deadlineNote(
      { bytes: totalBytes - bytes, seconds, bytesPerSecond: isMeasured ? bytesPerSecond : undefined },
      { rate, fetchRate: operator.rules.swarm(this.swarmId)?.fetchRate, link },
    );
  }

  /** What is here stays; what subscribers ask for, and what another pre-fetch is to bring, is fetched as ever. */
  cancel(): void {
    if (this.parts.isShared()) return;
    const { operator } = this.parts.peer;
    operator.settle(this.swarmId);
    operator.pace(this.swarmId, undefined);
  }

  /** Also where it was begun before, and nobody has it open any more: that is no error. */
  private start(at: number): void {
    this.triedAt = at;
    this.starting = true;
    this.parts.fetches
      .start(this.request.swarm)
      .catch((error: unknown) => {
        // Too much is asked of trackers now: it is tried again.
        if (!(error instanceof AdminError && error.code === 'FETCHES_BUSY'))
          this.failure = error instanceof Error ? error : new AdminError('JOB_UNAVAILABLE', String(error));
      })
      .finally(() => {
        this.starting = false;
      });
  }

  private async look(): Promise<Found> {
    const { peer } = this.parts;
    const live = peer.live().find(({ metadata }) => metadata.swarmId === this.swarmId);
    if (live !== undefined) {
      const { extentsHeld, extentCount, complete, sources, metadata, contentBytes } = live;
      return { extentsHeld, extentCount, complete, sources, chunkSize: metadata.chunkSize, contentBytes };
    }
    const { extents, chunkCount, chunkSize = 0, contentBytes } = await this.find();
    const extentCount = chunkCount === undefined ? undefined : Math.ceil(chunkCount / extentChunks);
    return {
      extentsHeld: extents,
      extentCount,
      complete: extents === extentCount,
      sources: 0,
      chunkSize,
      contentBytes,
    };
  }

  /** A store that does not say what is in it is asked again. */
  private async find(): Promise<Partial<FoundContent> & Pick<FoundContent, 'extents'>> {
    return await this.parts.peer.operator.find(this.swarmId).catch((error: unknown) => {
      if (error instanceof CacheError) return { extents: 0 };
      throw error;
    });
  }

  private progressOf({ extentsHeld, extentCount, chunkSize, contentBytes, sources }: Found, at: number): JobProgress {
    const extentBytes = extentChunks * chunkSize;
    const totalBytes = contentBytes ?? (extentCount === undefined ? null : extentCount * extentBytes);
    const bytes = Math.min(extentsHeld * extentBytes, totalBytes ?? Number.POSITIVE_INFINITY);
    const before = this.meter.bytes;
    const bytesPerSecond = Math.round(this.meter.note(bytes, at));
    if (this.progressAt === undefined || this.meter.bytes > before) this.progressAt = at;
    return {
      ...{ bytes, totalBytes, extents: extentsHeld, totalExtents: extentCount ?? null, bytesPerSecond },
      percent: totalBytes === null ? null : Math.floor((1_000 * bytes) / totalBytes) / 10,
      etaSeconds: totalBytes === null || bytesPerSecond === 0 ? null : Math.ceil((totalBytes - bytes) / bytesPerSecond),
      note: sources > 0 ? null : 'no peer outside is known that has it; trackers are asked again every 30 s',
    };
  }

  private obstacleTo({ extentCount = 0, chunkSize }: Found, now: number): Pick<Step, 'end'> | undefined {
    const { deadline } = this.request;
    const { capacityBytes, policy } = this.parts.peer.usage;
    const pinnedBytesMax = pinnedShareMax * capacityBytes;
    const bytes = (extentCount - 1) * extentChunks * chunkSize;
    if (bytes > capacityBytes) {
      return this.failed(
        'SWARM_TOO_LARGE',
        `it has some ${String(bytes)} bytes, and the store takes ${String(capacityBytes)}`,
      );
    }
    if (this.isPinned && policy.pinnedBytes + extentChunks * chunkSize > pinnedBytesMax) {
      const words = `it is pinned, and what is pinned takes all of the ${String(Math.floor(pinnedBytesMax))} bytes that it may`;
      return this.failed('PIN_LIMIT', `${words}; unpin it, or others, or give the store more`);
    }
    if (deadline !== undefined && now >= Date.parse(deadline))
      return this.failed('DEADLINE_PASSED', 'it was not complete when its deadline came; what is here stays');
    if (deadline !== undefined || this.millis() - (this.progressAt ?? Infinity) < limits.stalledMillis)
      return undefined;
    return this.failed('FETCH_STALLED', 'not a byte came for ten minutes; name peers or trackers that have it');
  }

  private get isPinned(): boolean {
    return this.parts.peer.operator.rules.swarm(this.swarmId)?.pinned === true;
  }

  /** As fast as it may, or as the deadline needs. */
  private pace({ bytes, totalBytes }: JobProgress, now: number): void {
    const { rate, deadline } = this.request;
    const { operator } = this.parts.peer;
    if (rate !== undefined) return operator.pace(this.swarmId, rate);
    if (deadline === undefined || totalBytes === null) return;
    const seconds = Math.max(1, (spare * (Date.parse(deadline) - now)) / 1_000);
    operator.pace(this.swarmId, Math.max(paceMin, Math.ceil((totalBytes - bytes) / seconds)));
  }

  private done(progress: JobProgress): Step {
    this.cancel();
    return { progress: { ...progress, note: null, etaSeconds: 0 }, end: { state: 'done' } };
  }

  private failed(code: JobErrorCode | AdminErrorCode, detail: string): Step {
    this.cancel();
    return { progress: noProgress, end: { state: 'failed', code, detail } };
  }
}

interface Found {
  readonly extentsHeld: number;
  readonly extentCount: number | undefined;
  readonly complete: boolean;
  readonly sources: number;
  readonly chunkSize: number;
  readonly contentBytes: number | undefined;
}

import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { PeerService } from '@weir/peer';
import { CacheError, type SwarmId } from '@weir/ppspp';
import { RegistrationService } from '@weir/registration';
import { AdminError } from '../errors';
import { FetchService } from '../fetch.service';
import { limits } from '../limits';
import { hasEnded, type Job, jobRecord, noProgress, type Step, type Work } from './job';
import { bodyOf, type JobRequest } from './job-request';
import { erasureId, erasureViewOf, type JobsView, type JobView, jobViewOf } from './job-view';
import { PrefetchWork } from './prefetch-work';
import { PurgeWork } from './purge-work';
import { ScrubWork } from './scrub-work';

/** Between two looks at what runs. */
const stepMillis = 1_000;

/** What operators ordered, until it is done and some time after: kept in the store, so that a restart does not lose it. */
@Injectable()
export class JobsService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(JobsService.name);
  /** The oldest first. */
  private readonly jobs = new Map<string, Job>();
  private readonly works = new Map<string, Work>();
  /** Those being cancelled, until that is on disk: nothing else may be said of them any more. */
  private readonly cancelling = new Set<string>();
  /** Those on their way to the disk: each takes its place before it is there. */
  private beingMade = 0;
  private timer: NodeJS.Timeout | undefined;
  private stepping: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly peer: PeerService,
    private readonly registration: RegistrationService,
    private readonly fetches: FetchService,
  ) {}

  /** What was under way goes on from its beginning: what is stored meanwhile is not fetched again. */
  onApplicationBootstrap(): void {
    const kept = [...this.peer.operator.rules.jobs].flatMap(([id, text]) => this.read(id, text) ?? []);
    for (const job of kept.sort((one, other) => one.createdAt - other.createdAt))
      this.jobs.set(job.id, hasEnded(job) ? job : { ...job, state: 'waiting' });
    this.schedule(0);
  }

  async onModuleDestroy(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.stepping;
  }

  /** Resolves when the job is on disk. Throws `JOBS_BUSY`, and what its work cannot begin with. */
  async create(request: JobRequest): Promise<JobView> {
    if (this.unfinished.length + this.beingMade >= limits.jobsUnfinishedMax) {
      throw new AdminError(
        'JOBS_BUSY',
        `${limits.jobsUnfinishedMax} jobs wait or run already; cancel some, or try later`,
      );
    }
    if (request.type === 'prefetch') this.fetches.requireAllowed(request.swarm.metadata);
    const now = Date.now();
    const job: Job = { id: randomUUID(), state: 'waiting', request, createdAt: now, progress: noProgress };
    this.beingMade++;
    try {
      await this.makeRoom();
      await this.keep(job);
    } finally {
      this.beingMade--;
    }
    this.schedule(0);
    return jobViewOf(job);
  }

  list(): JobsView {
    const erasures = [...this.peer.operator.rules.swarms].flatMap(([swarmId, { blocked }]) =>
      blocked === undefined || blocked.erasedAt !== undefined ? [] : [erasureViewOf(swarmId, blocked)],
    );
    const jobs = [...this.jobs.values()].reverse().map(jobViewOf);
    return { jobs: [...erasures.slice(0, limits.pageSwarmsMax), ...jobs] };
  }

  /** Throws `JOB_NOT_FOUND`. */
  show(id: string): JobView {
    return this.erasure(id) ?? jobViewOf(this.require(id));
  }

  /** Throws `JOB_NOT_FOUND`, or `JOB_ENDED`, also of an erasure, which only an end of the block calls back. */
  async cancel(id: string): Promise<JobView> {
    if (this.erasure(id) !== undefined)
      throw new AdminError('JOB_ENDED', 'an erasure cannot be called back: unblock the swarm to have it again');
    const job = this.require(id);
    if (hasEnded(job)) throw new AdminError('JOB_ENDED', `the job has ended: it is ${job.state}`);
    this.cancelling.add(id);
    try {
      this.works.get(id)?.cancel();
      // What it waited for is of no matter any more.
      const progress = { ...job.progress, note: null };
      const cancelled: Job = { ...job, progress, state: 'cancelled', endedAt: Date.now() };
      await this.keep(cancelled);
      return jobViewOf(cancelled);
    } finally {
      this.cancelling.delete(id);
    }
  }

  private get unfinished(): readonly Job[] {
    return [...this.jobs.values()].filter((job) => !hasEnded(job));
  }

  private erasure(id: string): JobView | undefined {
    for (const [swarmId, { blocked }] of this.peer.operator.rules.swarms)
      if (blocked !== undefined && erasureId(swarmId) === id) return erasureViewOf(swarmId, blocked);
    return undefined;
  }

  private require(id: string): Job {
    const job = this.jobs.get(id);
    if (job !== undefined) return job;
    throw new AdminError(
      'JOB_NOT_FOUND',
      `there is no job ${id}; GET /v1/jobs lists all, the oldest ended ones are forgotten`,
    );
  }

  private read(id: string, text: string): Job | undefined {
    const read = jobRecord.safeParse(jsonOf(text));
    if (read.success) return read.data;
    this.logger.warn(`job ${id} is not understood, and does not go on`);
    return undefined;
  }

  /** On disk, then in memory. */
  private async keep(job: Job): Promise<void> {
    const text = JSON.stringify({ ...job, request: bodyOf(job.request) });
    await this.peer.operator.lay({ kind: 'job', name: job.id, text });
    this.jobs.set(job.id, job);
    if (hasEnded(job)) this.works.delete(job.id);
  }

  /** Forgets the oldest that have ended, where there are too many. */
  private async makeRoom(): Promise<void> {
    const ended = [...this.jobs.values()].filter(hasEnded);
    for (const { id } of ended.slice(0, Math.max(0, ended.length - limits.jobsEndedMax + 1))) {
      await this.peer.operator.lay({ kind: 'job', name: id, text: undefined });
      this.jobs.delete(id);
    }
  }

  private schedule(millis: number): void {
    if (this.closed || this.stepping !== undefined) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.stepping = this.stepAll().finally(() => {
        this.stepping = undefined;
        if (this.unfinished.length > 0) this.schedule(stepMillis);
      });
    }, millis);
    this.timer.unref();
  }

  private async stepAll(): Promise<void> {
    await this.peer.refresh().catch(() => undefined);
    for (const { id } of this.unfinished) {
      if (this.closed) return;
      // As it is now: others were looked at since.
      const job = this.goingOn(id);
      if (job === undefined || (job.state === 'waiting' && !this.mayStart(job))) continue;
      await this.step(job).catch((error: unknown) => this.logger.warn(`job ${job.id}: ${String(error)}`));
    }
  }

  /** A job that has not ended, and is not about to. */
  private goingOn(id: string): Job | undefined {
    const job = this.jobs.get(id);
    return job === undefined || hasEnded(job) || this.cancelling.has(id) ? undefined : job;
  }

  private mayStart({ request }: Job): boolean {
    const running = this.unfinished.filter((job) => job.state === 'running' && job.request.type === 'prefetch');
    return request.type !== 'prefetch' || running.length < limits.prefetchesMax;
  }

  /** Whether a pre-fetch of a swarm runs beside the one with this id. */
  private hasPrefetchBeside(id: string, swarmId: SwarmId): boolean {
    return this.unfinished.some(
      (job) =>
        job.id !== id &&
        job.state === 'running' &&
        job.request.type === 'prefetch' &&
        job.request.swarm.metadata.swarmId === swarmId &&
        !this.cancelling.has(job.id),
    );
  }

  private async step(job: Job): Promise<void> {
    const now = Date.now();
    const running: Job = {
      ...job,
      state: 'running',
      startedAt: job.state === 'waiting' ? now : (job.startedAt ?? now),
    };
    if (job.state === 'waiting') await this.keep(running);
    // Somebody may have cancelled it meanwhile.
    if (this.goingOn(job.id) === undefined) return;
    const work = this.works.get(job.id) ?? this.workOf(job);
    this.works.set(job.id, work);
    const step = await work.step(now).catch((error: unknown) => stepOf(error, job));
    if (this.goingOn(job.id) === undefined) {
      work.cancel();
      return;
    }
    const after: Job = { ...running, ...(step.end?.state === 'failed' ? {} : { progress: step.progress }) };
    if (step.end === undefined) this.jobs.set(job.id, after);
    else await this.keep(endedAs(after, step.end, now));
  }

  private workOf({ id, request }: Job): Work {
    const { peer, registration, fetches } = this;
    switch (request.type) {
      case 'prefetch': {
        const { swarmId } = request.swarm.metadata;
        return new PrefetchWork(request, { peer, fetches, isShared: () => this.hasPrefetchBeside(id, swarmId) });
      }
      case 'purge':
        return new PurgeWork(request, { peer, registration });
      case 'scrub':
        return new ScrubWork(peer);
    }
  }
}

function endedAs(job: Job, end: NonNullable<Step['end']>, now: number): Job {
  if (end.state === 'done') return { ...job, state: 'done', endedAt: now };
  const { code, detail } = end;
  return { ...job, state: 'failed', endedAt: now, error: { code, detail } };
}

/** What a work rejects with is its end; what is our own fault is told as such. */
function stepOf(error: unknown, { progress }: Job): Step {
  const isMeant = error instanceof CacheError;
  const code = isMeant ? String(error.code) : 'INTERNAL_ERROR';
  return { progress, end: { state: 'failed', code, detail: isMeant ? error.message : 'the log says why' } };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

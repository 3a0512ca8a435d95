import type { SwarmId } from '@weir/ppspp';
import { time, timeOf } from '@weir/rest';
import type { Block } from '@weir/peer';
import { z } from 'zod';
import { swarmId } from '../swarm-id';
import { type Job, jobError, jobProgress, jobStates } from './job';

/** One job. */
export const jobView = z
  .object({
    id: z.string(),
    type: z.enum(['prefetch', 'purge', 'scrub', 'block-erasure']),
    state: z.enum(jobStates),
    swarmId: swarmId.nullable().describe('The swarm that it is about, if it is one.'),
    label: z.string().nullable().describe('The label that it is about, if it is one.'),
    rate: z.number().nullable().describe('Bytes a second that it may take; null for no limit of its own.'),
    deadline: time('When it is given up; null for never.'),
    created: time('When it was asked for.'),
    started: time('When it began, last if that was more than once; null while it waits.'),
    ended: time('When it ended; null until then.'),
    progress: jobProgress,
    error: jobError.nullable().describe('Why it failed.'),
  })
  .meta({ id: 'JobView' });

/** One job: ours to keep stable. */
export type JobView = z.output<typeof jobView>;

/** Answer of `GET /v1/jobs`. */
export const jobsView = z.object({ jobs: z.array(jobView).describe('The newest first.') }).meta({ id: 'JobsView' });

/** All jobs. */
export type JobsView = z.output<typeof jobsView>;

/** The view of a job. */
export function jobViewOf({ id, state, request, createdAt, startedAt, endedAt, progress, error }: Job): JobView {
  const about = aboutOf(request);
  return {
    ...{ id, type: request.type, state },
    ...about,
    created: timeOf(createdAt),
    started: timeOf(startedAt),
    ended: timeOf(endedAt),
    progress,
    error: error ?? null,
  };
}

function aboutOf(request: Job['request']): Pick<JobView, 'swarmId' | 'label' | 'rate' | 'deadline'> {
  const nothing = { swarmId: null, label: null, rate: null, deadline: null };
  switch (request.type) {
    case 'prefetch': {
      const { swarm, rate = null, deadline = null } = request;
      return { ...nothing, swarmId: swarm.metadata.swarmId, rate, deadline };
    }
    case 'purge':
      return { ...nothing, swarmId: request.swarmId ?? null, label: request.label ?? null };
    case 'scrub':
      return nothing;
  }
}

/** The ID of the job that erases a blocked swarm. */
export function erasureId(id: SwarmId): string {
  return `block-${id}`;
}

/** The view of the erasure that a block brings. */
export function erasureViewOf(id: SwarmId, { since, bytes, extents, erasedAt }: Block): JobView {
  const isDone = erasedAt !== undefined;
  return {
    ...{ id: erasureId(id), type: 'block-erasure', state: isDone ? 'done' : 'running' },
    ...{ swarmId: id, label: null, rate: null, deadline: null },
    created: timeOf(since * 1_000),
    started: timeOf(since * 1_000),
    ended: timeOf(isDone ? erasedAt * 1_000 : undefined),
    progress: {
      ...{ bytes: isDone ? bytes : 0, totalBytes: bytes, extents: isDone ? extents : 0, totalExtents: extents },
      ...{ percent: isDone ? 100 : 0, bytesPerSecond: 0, etaSeconds: null, note: null },
    },
    error: null,
  };
}

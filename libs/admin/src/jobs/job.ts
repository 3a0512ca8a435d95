import { z } from 'zod';
import { jobRequest } from './job-request';

/** What becomes of a job, in this order; the last three are ends. */
export const jobStates = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;

/** What becomes of a job. */
export type JobState = (typeof jobStates)[number];

/** Why a job failed: a stable code, and words for people. */
export const jobError = z
  .object({ code: z.string().describe('Stable; docs/errors.md lists all.'), detail: z.string() })
  .meta({ id: 'JobError' });

/** How far a job is. What is not known is null. */
export const jobProgress = z
  .object({
    bytes: z.number().describe('Content bytes that are here, or that were removed.'),
    totalBytes: z.number().nullable().describe('Of so many.'),
    extents: z.number(),
    totalExtents: z.number().nullable(),
    percent: z.number().nullable(),
    bytesPerSecond: z.number().describe('Lately.'),
    etaSeconds: z.number().nullable().describe('Seconds that it takes at that rate.'),
    note: z.string().nullable().describe('What it waits for, for people.'),
  })
  .meta({ id: 'JobProgress' });

/** How far a job is. */
export type JobProgress = z.output<typeof jobProgress>;

/** A job that has not begun. */
export const noProgress: JobProgress = {
  ...{ bytes: 0, totalBytes: null, extents: 0, totalExtents: null },
  ...{ percent: null, bytesPerSecond: 0, etaSeconds: null, note: null },
};

/** A job as the store keeps it. */
export const jobRecord = z.object({
  id: z.string(),
  state: z.enum(jobStates),
  request: jobRequest,
  createdAt: z.number(),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  progress: jobProgress,
  error: jobError.optional(),
});

/** A job; times are Unix milliseconds. */
export type Job = z.output<typeof jobRecord>;

/** Whether a job has ended. */
export function hasEnded({ state }: Pick<Job, 'state'>): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled';
}

/** Beside the codes of our errors: `DEADLINE_PASSED`, it was not done in time; `FETCH_STALLED`, nobody sent a byte for long. */
export type JobErrorCode = 'DEADLINE_PASSED' | 'FETCH_STALLED';

/** What a look at a job's work finds: how far it is, and its end if it came. */
export interface Step {
  readonly progress: JobProgress;
  readonly end?:
    { readonly state: 'done' } | { readonly state: 'failed'; readonly code: string; readonly detail: string };
}

/** The work of a job that runs. Looked at once a second until it has ended or is cancelled. */
export interface Work {
  /** `now` is Unix milliseconds. Rejects when it failed. */
  step(now: number): Promise<Step>;
  /** Nothing more is done from now on, but for what cannot be called back. */
  cancel(): void;
}

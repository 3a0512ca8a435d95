import { formatHostPort } from '@weir/config';
import { z } from 'zod';
import { type FetchRequest, fetchRequest } from '../fetch-request';
import { label, rate } from '../rules/rule-request';
import { swarmId } from '../swarm-id';

const deadlineRemedy = 'write a time in UTC as 2026-01-31T05:00:00Z';

const prefetchRequest = z
  .strictObject(
    {
      type: z.literal('prefetch'),
      swarm: fetchRequest,
      rate: rate.optional().describe('Content bytes a second at most that are fetched while nobody waits for them.'),
      deadline: z.iso
        .datetime({ error: deadlineRemedy })
        .optional()
        .describe('When it is given up. Without a rate it is fetched no faster than that takes, with some to spare.'),
    },
    { error: 'there are type, swarm, rate and deadline' },
  )
  .meta({ id: 'PrefetchRequest', description: 'Fetches a swarm ahead of demand.' });

const purgeRemedy = 'name one of swarmId, label and all';

const purgeRequest = z
  .strictObject(
    {
      type: z.literal('purge'),
      swarmId: swarmId.optional(),
      label: label.optional(),
      all: z.literal(true, { error: 'write true, or leave it out' }).optional().describe('Everything that is stored.'),
      includePinned: z
        .boolean({ error: 'write true or false' })
        .default(false)
        .describe('Whether pinned swarms are removed, too; one that is named by its ID is in any case.'),
    },
    { error: 'there are type, swarmId, label, all and includePinned' },
  )
  .refine(({ swarmId: id, label: name, all }) => [id, name, all].filter((value) => value !== undefined).length === 1, {
    path: ['swarmId'],
    error: purgeRemedy,
  })
  .meta({ id: 'PurgeRequest', description: 'Removes what is stored. It is no block: it may be fetched again.' });

const scrubRequest = z
  .strictObject({ type: z.literal('scrub') }, { error: 'there is type alone' })
  .meta({ id: 'ScrubRequest', description: 'Reads and checks all that is stored.' });

/** Body of `POST /v1/jobs`. */
export const jobRequest = z
  .discriminatedUnion('type', [prefetchRequest, purgeRequest, scrubRequest], {
    error: 'write a JSON object whose type is prefetch, purge or scrub',
  })
  .meta({ id: 'JobRequest' });

/** What is to be done, read. */
export type JobRequest = z.output<typeof jobRequest>;
/** A pre-fetch, read. */
export type PrefetchRequest = Extract<JobRequest, { type: 'prefetch' }>;
/** A purge, read. */
export type PurgeRequest = Extract<JobRequest, { type: 'purge' }>;

/** A request as a body that reads as the same again: so it is kept. */
export function bodyOf(request: JobRequest): z.input<typeof jobRequest> {
  return request.type === 'prefetch' ? { ...request, swarm: swarmBodyOf(request.swarm) } : request;
}

function swarmBodyOf({ metadata, peers, trackers }: FetchRequest): z.input<typeof fetchRequest> {
  const { swarmId: id, hash, addressing, chunkSize, contentBytes } = metadata;
  return {
    ...{ swarmId: id, hash, addressing, chunkSize },
    ...(contentBytes === undefined ? {} : { contentBytes }),
    peers: peers.map(({ ip, port }) => formatHostPort({ host: ip, port })),
    trackers: [...trackers],
  };
}

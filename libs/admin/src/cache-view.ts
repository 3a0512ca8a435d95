import { z } from 'zod';
import { quotaView } from './rules/rule-view';

const bytes = (description: string) => z.number().describe(description);

/** Answer of `GET /v1/cache`: what the cache holds, and how it judges. */
export const cacheView = z
  .object({
    capacityBytes: bytes('Bytes that the store may take, on disk and in memory together.'),
    storedBytes: bytes('Bytes on disk by our account, leftovers of erased swarms included.'),
    memoryBytes: bytes('Bytes that what is in memory alone would take on disk.'),
    swarms: z.number(),
    extents: z.number().describe('Extents held, on disk and in memory.'),
    memoryExtents: z.number().describe('Those in memory alone: they have yet to prove that they are wanted.'),
    policy: z
      .object({
        segments: z.number().describe('Runs of extents that are judged as one.'),
        ghosts: z.number().describe('Segments that left unasked and are remembered.'),
        probationShare: z.number().describe('Part of the capacity for what has yet to prove itself, 0 to 1.'),
      })
      .describe('What is kept and what leaves.'),
    pinnedBytes: bytes('Bytes on disk of pinned swarms.'),
    pinnedBytesMax: bytes('Bytes that they may take.'),
    blockedSwarms: z.number(),
    rules: z.number().describe('Swarms that something is laid down for.'),
    byteHitRatio: z.number().nullable().describe('As in GET /v1/status, since the start.'),
    quotas: z.array(quotaView),
  })
  .meta({ id: 'CacheView' });

/** What the cache holds, and how it judges: ours to keep stable. */
export type CacheView = z.output<typeof cacheView>;

import { z } from 'zod';
import { bytes, text } from './schema-values';

/** Below this no swarm of 8 KiB chunks has room for two extents. */
const capacityMin = 1024 ** 2;
/** More is a machine's memory, and a disk would do. */
const probationMemoryMax = 64 * 1024 ** 3;
/** No disk reads more. */
const scrubRateMax = 1024 ** 3;
/** Below this a swarm's share of a small store is no segment. */
const swarmShareMin = 0.01;

const capacity = bytes.pipe(z.number().min(capacityMin, { error: 'write at least 1MiB' }));
const probationMemory = bytes.pipe(z.number().max(probationMemoryMax, { error: 'write at most 64GiB' }));

const shareRemedy = 'write a number from 0.01 to 1';
const swarmShare = z
  .number({ error: shareRemedy })
  .min(swarmShareMin, { error: shareRemedy })
  .max(1, { error: shareRemedy });

/** `store` in the file. */
export const storeSchema = z.strictObject({
  path: text('write the path of a folder').min(1, { error: 'write the path of a folder' }),
  capacity,
  probationMemory,
  scrubRate: bytes.pipe(z.number().max(scrubRateMax, { error: 'write at most 1GiB' })),
});

/** `cache` in the file. */
export const cacheSchema = z.strictObject({
  secondSubscriber: z.boolean({ error: 'write true or false' }),
  swarmShare,
});

/** Each of a recording's eight files holds more than what waits to be written. */
const traceBytesMin = 64 * 1024 ** 2;

/** `trace` of the configuration. */
export const traceSchema = z.strictObject({
  path: text('write the path of a folder, or nothing'),
  bytesMax: bytes.pipe(z.number().min(traceBytesMin, { error: 'write at least 64MiB' })),
});

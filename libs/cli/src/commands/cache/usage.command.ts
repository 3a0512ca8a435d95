import { SubCommand } from 'nest-commander';
import { z } from 'zod';
import { formatBytes } from '../../terminal/format';
import { CacheAdminCommand, type CacheOptions } from './cache-admin.command';

const cache = z.looseObject({
  capacityBytes: z.number(),
  storedBytes: z.number(),
  memoryBytes: z.number(),
  swarms: z.number(),
  extents: z.number(),
  pinnedBytes: z.number(),
  pinnedBytesMax: z.number(),
  blockedSwarms: z.number(),
  byteHitRatio: z.number().nullable(),
  policy: z.looseObject({ probationShare: z.number() }),
});

type Cache = z.output<typeof cache>;

/** Shows what the cache holds. */
@SubCommand({ name: 'usage', description: 'show what the cache holds, how it judges, and what bounds it' })
export class CacheUsageCommand extends CacheAdminCommand {
  async run(_: string[], options: CacheOptions): Promise<void> {
    this.show(options, await this.administer(options, (client) => client.ask(cache, 'GET', '/v1/cache')), linesOf);
  }
}

function linesOf(now: Cache): string[] {
  const { capacityBytes, storedBytes, memoryBytes, pinnedBytes, pinnedBytesMax, byteHitRatio } = now;
  const rows = [
    ['stored', `${formatBytes(storedBytes)} of ${formatBytes(capacityBytes)} (${share(storedBytes / capacityBytes)})`],
    ['in memory alone', formatBytes(memoryBytes)],
    ['swarms', `${String(now.swarms)}, in ${String(now.extents)} extents; ${String(now.blockedSwarms)} blocked`],
    ['pinned', `${formatBytes(pinnedBytes)} of ${formatBytes(pinnedBytesMax)}`],
    ['probation', share(now.policy.probationShare)],
    ['byte hit ratio', byteHitRatio === null ? 'nobody asked yet' : share(byteHitRatio)],
  ];
  return rows.map(([name = '', value = '']) => `${name.padEnd(16)}${value}`);
}

function share(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}

import { Command } from 'nest-commander';
import { GroupCommand } from '../group.command';
import { CacheBlockCommand, CacheUnblockCommand } from './block.command';
import { CacheIntegrityCommand } from './integrity.command';
import { CacheCancelCommand, CacheJobCommand, CacheJobsCommand } from './jobs.command';
import { CacheLabelCommand } from './label.command';
import { CacheLimitCommand } from './limit.command';
import { CachePinCommand, CacheUnpinCommand } from './pin.command';
import { CachePrefetchCommand } from './prefetch.command';
import { CachePurgeCommand } from './purge.command';
import { CacheQuotaCommand } from './quota.command';
import { CacheUsageCommand } from './usage.command';

/** What an appliance keeps, by its admin API. */
@Command({
  name: 'cache',
  description:
    'what an appliance keeps: pin, unpin, label, block, unblock, purge, prefetch, quota, limit, jobs, job, cancel, usage, integrity',
  subCommands: [
    CachePinCommand,
    CacheUnpinCommand,
    CacheLabelCommand,
    CacheBlockCommand,
    CacheUnblockCommand,
    CachePurgeCommand,
    CachePrefetchCommand,
    CacheQuotaCommand,
    CacheLimitCommand,
    CacheJobsCommand,
    CacheJobCommand,
    CacheCancelCommand,
    CacheUsageCommand,
    CacheIntegrityCommand,
  ],
})
export class CacheCommand extends GroupCommand {
  protected readonly group = {
    name: 'cache',
    words: 'pin, unpin, label, block, unblock, purge, prefetch, quota, limit, jobs, job, cancel, usage or integrity',
  };
}

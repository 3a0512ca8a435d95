import { parseBytes } from '@weir/config';
import { Option, SubCommand } from 'nest-commander';
import { z } from 'zod';
import type { AdminClient } from '../../catalogue/admin-client';
import { UsageError } from '../../errors';
import { read } from '../../options/parse';
import { formatBytes } from '../../terminal/format';
import { CacheAdminCommand, type CacheOptions } from './cache-admin.command';

interface QuotaOptions extends CacheOptions {
  readonly label?: string;
  readonly tracker?: string;
  readonly swarm?: string;
  readonly remove?: boolean;
}

const quotas = z.looseObject({
  quotas: z.array(z.looseObject({ kind: z.string(), name: z.string(), bytes: z.number(), storedBytes: z.number() })),
});

/** Bounds what a swarm or a group may take on disk; or shows all quotas. */
@SubCommand({
  name: 'quota',
  arguments: '[bytes]',
  argsDescription: { bytes: 'bytes on disk, as 50GiB; left out, all quotas are shown' },
  description: 'bound what a swarm, a label or a tracker may take on disk, or show all quotas',
})
export class CacheQuotaCommand extends CacheAdminCommand {
  @Option({ flags: '--label <name>', description: 'of all swarms with this label together' })
  readLabel(text: string): string {
    return text;
  }

  @Option({ flags: '--tracker <url>', description: 'of the swarms that this tracker names' })
  readTracker(text: string): string {
    return text;
  }

  @Option({ flags: '--swarm <swarm>', description: 'of one swarm' })
  readSwarmName(text: string): string {
    return text;
  }

  @Option({ flags: '--remove', description: 'remove the quota' })
  readRemove(): boolean {
    return true;
  }

  async run([bytesText]: string[], options: QuotaOptions): Promise<void> {
    const { remove = false } = options;
    const path = await this.pathOf(options);
    if (path === undefined && bytesText === undefined && !remove)
      return this.administer(options, (client) => this.list(client, options));
    if (path === undefined) throw new UsageError('quota: name one of --label, --tracker and --swarm');
    if (remove === (bytesText !== undefined)) throw new UsageError('quota: write the bytes, as 50GiB, or --remove');
    const bytes = bytesText === undefined ? undefined : read('bytes', bytesText, parseBytes);
    await this.administer(options, (client) =>
      bytes === undefined ? client.done('DELETE', path) : client.ask(z.unknown(), 'PUT', path, { bytes }),
    );
    this.show(options, { bytes: bytes ?? null }, () => [
      bytes === undefined ? 'no quota' : `quota  ${formatBytes(bytes)}`,
    ]);
  }

  private async pathOf({ label, tracker, swarm }: QuotaOptions): Promise<string | undefined> {
    const given = [label, tracker, swarm].filter((name) => name !== undefined).length;
    if (given > 1) throw new UsageError('quota: name one of --label, --tracker and --swarm');
    if (label !== undefined) return `/v1/quotas/labels/${encodeURIComponent(label)}`;
    if (tracker !== undefined) return `/v1/quotas/trackers/${encodeURIComponent(tracker)}`;
    return swarm === undefined ? undefined : `/v1/swarms/${await this.swarmOf(swarm)}/quota`;
  }

  private async list(client: AdminClient, options: QuotaOptions): Promise<void> {
    const { quotas: all } = await client.ask(quotas, 'GET', '/v1/quotas');
    for (const quota of all) {
      this.show(options, quota, ({ kind, name, bytes, storedBytes }) => [
        `${kind.padEnd(7)}  ${formatBytes(storedBytes)} of ${formatBytes(bytes)}  ${name}`,
      ]);
    }
  }
}

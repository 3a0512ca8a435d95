import { Option, SubCommand } from 'nest-commander';
import { z } from 'zod';
import { UsageError } from '../../errors';
import { read } from '../../options/parse';
import { formatBytes } from '../../terminal/format';
import { CacheAdminCommand, type CacheOptions, parseByteRate } from './cache-admin.command';

interface LimitOptions extends CacheOptions {
  readonly fetch?: number;
  readonly serve?: number;
  readonly remove?: boolean;
}

const rule = z.looseObject({ fetchRate: z.number().nullable(), serveRate: z.number().nullable() });

/** Bounds the rates of a swarm. */
@SubCommand({
  name: 'limit',
  arguments: '<swarm>',
  argsDescription: { swarm: 'a swarm ID, a link, a record, its file, or - for stdin' },
  description: 'bound the rates at which a swarm is fetched and served; what is left out has no bound',
})
export class CacheLimitCommand extends CacheAdminCommand {
  @Option({ flags: '--fetch <bytes>', description: 'bytes a second that are fetched of it at most, as 2MB' })
  readFetch(text: string): number {
    return read('--fetch', text, parseByteRate);
  }

  @Option({ flags: '--serve <bytes>', description: 'bytes a second that are served of it at most, as 5MB' })
  readServe(text: string): number {
    return read('--serve', text, parseByteRate);
  }

  @Option({ flags: '--remove', description: 'remove both bounds' })
  readRemove(): boolean {
    return true;
  }

  async run([swarmText = '']: string[], options: LimitOptions): Promise<void> {
    const { fetch: fetchRate, serve: serveRate, remove = false } = options;
    if (remove === (fetchRate !== undefined || serveRate !== undefined))
      throw new UsageError('limit: write --fetch, --serve or both, or --remove');
    const path = `/v1/swarms/${await this.swarmOf(swarmText)}/limits`;
    const answer = await this.administer(options, (client) =>
      remove ? client.ask(rule, 'DELETE', path) : client.ask(rule, 'PUT', path, { fetchRate, serveRate }),
    );
    this.show(options, answer, (now) => [`fetched at ${shown(now.fetchRate)}, served at ${shown(now.serveRate)}`]);
  }
}

function shown(rate: number | null): string {
  return rate === null ? 'any rate' : `${formatBytes(rate)}/s`;
}

import { Option, SubCommand } from 'nest-commander';
import { UsageError } from '../../errors';
import { CacheAdminCommand, type CacheOptions, jobShape } from './cache-admin.command';
import { jobLines } from './jobs.command';

interface PurgeOptions extends CacheOptions {
  readonly label?: string;
  readonly all?: boolean;
  readonly pinned?: boolean;
  readonly wait?: boolean;
}

/** Removes what is stored. */
@SubCommand({
  name: 'purge',
  arguments: '[swarm]',
  argsDescription: { swarm: 'a swarm ID, a link, a record, its file, or - for stdin' },
  description: 'remove what is stored of a swarm, of a label, or of all; it may be fetched again',
})
export class CachePurgeCommand extends CacheAdminCommand {
  @Option({ flags: '--label <name>', description: 'of all swarms with this label' })
  readLabel(text: string): string {
    return text;
  }

  @Option({ flags: '--all', description: 'of every swarm' })
  readAll(): boolean {
    return true;
  }

  @Option({ flags: '--pinned', description: 'of pinned ones, too' })
  readPinned(): boolean {
    return true;
  }

  @Option({ flags: '--wait', description: 'wait until it is done' })
  readWait(): boolean {
    return true;
  }

  async run([swarmText]: string[], options: PurgeOptions): Promise<void> {
    const { label, all, pinned = false, wait = false } = options;
    if ([swarmText, label, all].filter((what) => what !== undefined).length !== 1)
      throw new UsageError('purge: name one of a swarm, --label and --all');
    const named = swarmText === undefined ? {} : { swarmId: await this.swarmOf(swarmText) };
    const body = { type: 'purge', ...named, label, all, includePinned: pinned };
    const job = await this.administer(options, async (client, signal) => {
      const given = await client.ask(jobShape, 'POST', '/v1/jobs', body);
      return wait ? this.follow(client, given.id, signal) : given;
    });
    this.show(options, job, jobLines);
  }
}

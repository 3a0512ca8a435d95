import { Option, SubCommand } from 'nest-commander';
import { collect, parsePeer, parseSeconds, parseTrackerUrl, read } from '../../options/parse';
import { readSwarm } from '../../options/swarm';
import { formatHostPort } from '@weir/config';
import { CacheAdminCommand, type CacheOptions, jobShape, parseByteRate } from './cache-admin.command';
import { jobLines } from './jobs.command';

interface PrefetchOptions extends CacheOptions {
  readonly rate?: number;
  readonly within?: number;
  readonly peer?: readonly string[];
  readonly tracker?: readonly string[];
  readonly wait?: boolean;
}

/** Fetches a swarm ahead of demand. */
@SubCommand({
  name: 'prefetch',
  arguments: '<swarm>',
  argsDescription: { swarm: 'a swarm ID, a link, a record, its file, or - for stdin' },
  description: 'fetch a swarm ahead of demand, as a job',
})
export class CachePrefetchCommand extends CacheAdminCommand {
  @Option({ flags: '--rate <bytes>', description: 'bytes a second at most, as 2MB' })
  readRate(text: string): number {
    return read('--rate', text, parseByteRate);
  }

  @Option({ flags: '--within <seconds>', description: 'give it up after so long; it is fetched as fast as that needs' })
  readWithin(text: string): number {
    return read('--within', text, parseSeconds);
  }

  @Option({ flags: '--peer <ip:port>', description: 'a peer that has it; may be given several times' })
  readPeer(text: string, before?: readonly string[]): readonly string[] {
    return collect('--peer', formatHostPort(read('--peer', text, parsePeer)), before);
  }

  @Option({ flags: '--tracker <url>', description: 'a tracker that knows it; may be given several times' })
  readTracker(text: string, before?: readonly string[]): readonly string[] {
    return collect('--tracker', read('--tracker', text, parseTrackerUrl), before);
  }

  @Option({ flags: '--wait', description: 'wait until it is done' })
  readWait(): boolean {
    return true;
  }

  async run([swarmText = '']: string[], options: PrefetchOptions): Promise<void> {
    const { rate, within, peer: peers = [], tracker: trackers = [], wait = false } = options;
    const { swarmId, hash, addressing, chunkSize, contentBytes } = await readSwarm(swarmText);
    const swarm = { swarmId, hash, addressing, chunkSize, contentBytes, peers, trackers };
    const deadline = within === undefined ? undefined : new Date(Date.now() + within * 1_000).toISOString();
    const body = { type: 'prefetch', swarm, rate, deadline };
    const job = await this.administer(options, async (client, signal) => {
      const given = await client.ask(jobShape, 'POST', '/v1/jobs', body);
      return wait ? this.follow(client, given.id, signal) : given;
    });
    this.show(options, job, jobLines);
  }
}

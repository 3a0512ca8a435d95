import { SubCommand } from 'nest-commander';
import { z } from 'zod';
import { CacheAdminCommand, type CacheOptions } from './cache-admin.command';

const swarm = { swarm: 'a swarm ID, a link, a record, its file, or - for stdin' };
const rule = z.looseObject({ pinned: z.boolean() });

/** Keeps a swarm. */
@SubCommand({
  name: 'pin',
  arguments: '<swarm>',
  argsDescription: swarm,
  description: 'keep a swarm: nothing of it is evicted to make room',
})
export class CachePinCommand extends CacheAdminCommand {
  async run([swarmText = '']: string[], options: CacheOptions): Promise<void> {
    const id = await this.swarmOf(swarmText);
    const answer = await this.administer(options, (client) => client.ask(rule, 'PUT', `/v1/swarms/${id}/pin`));
    this.show(options, answer, () => [`pinned  ${id}`]);
  }
}

/** Lets a swarm be evicted again. */
@SubCommand({ name: 'unpin', arguments: '<swarm>', argsDescription: swarm, description: 'let it be evicted again' })
export class CacheUnpinCommand extends CacheAdminCommand {
  async run([swarmText = '']: string[], options: CacheOptions): Promise<void> {
    const id = await this.swarmOf(swarmText);
    const answer = await this.administer(options, (client) => client.ask(rule, 'DELETE', `/v1/swarms/${id}/pin`));
    this.show(options, answer, () => [`unpinned  ${id}`]);
  }
}

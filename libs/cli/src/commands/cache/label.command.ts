import { Option, SubCommand } from 'nest-commander';
import { z } from 'zod';
import { UsageError } from '../../errors';
import { CacheAdminCommand, type CacheOptions } from './cache-admin.command';

interface LabelOptions extends CacheOptions {
  readonly remove?: boolean;
}

const rule = z.looseObject({ label: z.string().nullable() });

/** Puts a swarm into a group, or takes it out. */
@SubCommand({
  name: 'label',
  arguments: '<swarm> [label]',
  argsDescription: { swarm: 'a swarm ID, a link, a record, its file, or - for stdin', label: 'the name of the group' },
  description: 'put a swarm into a group, or take it out with --remove',
})
export class CacheLabelCommand extends CacheAdminCommand {
  @Option({ flags: '--remove', description: 'take it out of its group' })
  readRemove(): boolean {
    return true;
  }

  async run([swarmText = '', label]: string[], options: LabelOptions): Promise<void> {
    const { remove = false } = options;
    if (remove === (label !== undefined)) throw new UsageError('label: name a label, or write --remove');
    const path = `/v1/swarms/${await this.swarmOf(swarmText)}/label`;
    const answer = await this.administer(options, (client) =>
      remove ? client.ask(rule, 'DELETE', path) : client.ask(rule, 'PUT', path, { label }),
    );
    this.show(options, answer, ({ label: now }) => [now === null ? 'without a label' : `labelled  ${now}`]);
  }
}

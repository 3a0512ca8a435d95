import { statementDefaults, type SwarmStatement } from '@weir/ppspp';
import { trackedSwarmView } from '@weir/tracker';
import { Option, SubCommand } from 'nest-commander';
import { readSwarm } from '../../options/swarm';
import { AdminCommand, type AdminOptions } from './admin.command';

interface PublishOptions extends AdminOptions {
  readonly closed?: boolean;
  readonly title?: string;
}

/** Publishes a swarm at a tracker. */
@SubCommand({
  name: 'publish',
  arguments: '<swarm>',
  argsDescription: { swarm: 'a swarm ID, a link, a record as of weir publish --json, its file, or - for stdin' },
  description: 'publish a swarm, or change how it is published',
})
export class CataloguePublishCommand extends AdminCommand {
  @Option({ flags: '--closed', description: 'only for principals with a grant' })
  readClosed(): boolean {
    return true;
  }

  @Option({ flags: '--title <text>', description: 'a line for people' })
  readTitle(text: string): string {
    return text;
  }

  async run([swarm = '']: string[], options: PublishOptions): Promise<void> {
    const { closed, title } = options;
    const statement = await readSwarm(swarm);
    const access = closed === true ? 'closed' : 'open';
    const body = { access, ...(title === undefined ? {} : { title }), ...formOf(statement) };
    const path = `/v1/swarms/${statement.swarmId}`;
    const answer = await this.administer(options, (client) => client.ask(trackedSwarmView, 'PUT', path, body));
    this.show(options, answer, ({ swarmId }) => [`${access}  ${swarmId}`]);
  }
}

/** What a link or a record says of the swarm; of a bare ID nothing is known. */
function formOf(statement: SwarmStatement): { metadata?: object } {
  const { hash, addressing, chunkSize, contentBytes } = statement;
  const isBare = hash === undefined && addressing === undefined && chunkSize === undefined;
  if (isBare || statement.integrity === 'none') return {};
  const size = contentBytes === undefined ? {} : { contentBytes };
  const said = {
    ...(hash === undefined ? {} : { hash }),
    ...(addressing === undefined ? {} : { addressing }),
    ...(chunkSize === undefined ? {} : { chunkSize }),
  };
  return { metadata: { ...statementDefaults, ...said, ...size } };
}

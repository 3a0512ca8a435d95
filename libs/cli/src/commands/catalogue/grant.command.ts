import { grantView } from '@weir/tracker';
import { SubCommand } from 'nest-commander';
import { AdminCommand, type AdminOptions } from './admin.command';

/** Lets a principal into a closed swarm. */
@SubCommand({
  name: 'grant',
  arguments: '<swarm> <principal>',
  argsDescription: {
    swarm: 'a swarm ID, a link, a record, its file, - for stdin, or * for every swarm',
    principal: 'the user of HTTP Digest, or the name in the client certificate',
  },
  description: 'let a principal into a closed swarm',
})
export class CatalogueGrantCommand extends AdminCommand {
  async run([swarm = '', principal = '']: string[], options: AdminOptions): Promise<void> {
    const swarmId = await this.swarmOf(swarm);
    const path = `/v1/swarms/${swarmId}/grants/${encodeURIComponent(principal)}`;
    const answer = await this.administer(options, (client) => client.ask(grantView, 'PUT', path));
    this.show(options, answer, () => [`granted  ${swarmId}  ${principal}`]);
  }
}

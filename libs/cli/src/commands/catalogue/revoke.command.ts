import { SubCommand } from 'nest-commander';
import { AdminCommand, type AdminOptions } from './admin.command';

/** Takes a grant back. */
@SubCommand({
  name: 'revoke',
  arguments: '<swarm> <principal>',
  argsDescription: {
    swarm: 'a swarm ID, a link, a record, its file, - for stdin, or * for the grant to every swarm',
    principal: 'whom it was given to',
  },
  description: "take a grant back; the principal's peers leave the swarm",
})
export class CatalogueRevokeCommand extends AdminCommand {
  async run([swarm = '', principal = '']: string[], options: AdminOptions): Promise<void> {
    const swarmId = await this.swarmOf(swarm);
    const path = `/v1/swarms/${swarmId}/grants/${encodeURIComponent(principal)}`;
    await this.administer(options, (client) => client.done('DELETE', path));
    this.show(options, { swarmId, principal }, () => [`revoked  ${swarmId}  ${principal}`]);
  }
}

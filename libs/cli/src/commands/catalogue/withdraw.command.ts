import { withdrawalView } from '@weir/tracker';
import { SubCommand } from 'nest-commander';
import { readSwarm } from '../../options/swarm';
import { AdminCommand, type AdminOptions } from './admin.command';

/** Withdraws a swarm from a tracker. */
@SubCommand({
  name: 'withdraw',
  arguments: '<swarm>',
  argsDescription: { swarm: 'a swarm ID, a link, a record, its file, or - for stdin' },
  description: 'withdraw a swarm, published or not: its peers leave, and nobody joins it until it is published again',
})
export class CatalogueWithdrawCommand extends AdminCommand {
  async run([swarm = '']: string[], options: AdminOptions): Promise<void> {
    const { swarmId } = await readSwarm(swarm);
    const path = `/v1/swarms/${swarmId}`;
    const answer = await this.administer(options, (client) => client.ask(withdrawalView, 'DELETE', path));
    this.show(options, answer, ({ removedPeers }) => [`withdrawn  ${swarmId}  (${removedPeers} peers left it)`]);
  }
}

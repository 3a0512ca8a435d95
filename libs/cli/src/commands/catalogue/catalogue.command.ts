import { Command } from 'nest-commander';
import { GroupCommand } from '../group.command';
import { CatalogueGrantCommand } from './grant.command';
import { CatalogueListCommand } from './list.command';
import { CataloguePublishCommand } from './publish.command';
import { CatalogueRevokeCommand } from './revoke.command';
import { CatalogueUserCommand } from './user.command';
import { CatalogueWithdrawCommand } from './withdraw.command';

/** The swarms of a tracker, and who may join them. */
@Command({
  name: 'catalogue',
  description: "a tracker's swarms and who may join them: publish, withdraw, grant, revoke, list, user",
  subCommands: [
    CataloguePublishCommand,
    CatalogueWithdrawCommand,
    CatalogueGrantCommand,
    CatalogueRevokeCommand,
    CatalogueListCommand,
    CatalogueUserCommand,
  ],
})
export class CatalogueCommand extends GroupCommand {
  protected readonly group = { name: 'catalogue', words: 'publish, withdraw, grant, revoke, list or user' };
}

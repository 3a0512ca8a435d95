import { grantsView, trackedSwarmsView } from '@weir/tracker';
import { Option, SubCommand } from 'nest-commander';
import type { AdminClient } from '../../catalogue/admin-client';
import { AdminCommand, type AdminOptions } from './admin.command';

interface ListOptions extends AdminOptions {
  readonly grants?: string;
}

/** Shows the swarms of a tracker, or who may join one. */
@SubCommand({
  name: 'list',
  description: 'show the swarms, with their seeders and leeches; or who has a grant for one',
})
export class CatalogueListCommand extends AdminCommand {
  @Option({ flags: '--grants <swarm>', description: 'who may join this one; * for grants to every swarm' })
  readGrants(text: string): string {
    return text;
  }

  async run(_: string[], options: ListOptions): Promise<void> {
    await this.administer(options, async (client) => {
      for (let after: string | null = ''; after !== null;) after = await this.page(client, options, after);
    });
  }

  /** Prints one page, and tells where the next one begins. */
  private async page(client: AdminClient, options: ListOptions, after: string): Promise<string | null> {
    const query = after === '' ? '' : `?after=${encodeURIComponent(after)}`;
    if (options.grants !== undefined) {
      const path = `/v1/swarms/${await this.swarmOf(options.grants)}/grants${query}`;
      const { grants, next } = await client.ask(grantsView, 'GET', path);
      for (const grant of grants) this.show(options, grant, ({ principal }) => [principal]);
      return next;
    }
    const { swarms, next } = await client.ask(trackedSwarmsView, 'GET', `/v1/swarms${query}`);
    for (const swarm of swarms) {
      this.show(options, swarm, ({ swarmId, access, seeders, leeches, title }) => [
        [swarmId, (access ?? 'unpublished').padEnd(11), `${seeders} seeders, ${leeches} leeches`, title ?? '']
          .join('  ')
          .trimEnd(),
      ]);
    }
    return next;
  }
}

import { Option, SubCommand } from 'nest-commander';
import { z } from 'zod';
import { UsageError } from '../../errors';
import { formatBytes } from '../../terminal/format';
import { CacheAdminCommand, type CacheOptions } from './cache-admin.command';

interface BlockOptions extends CacheOptions {
  readonly reason?: string;
  readonly list?: boolean;
  readonly report?: boolean;
  readonly wait?: boolean;
}

const block = z.looseObject({
  swarmId: z.string(),
  reason: z.string(),
  since: z.string(),
  state: z.string(),
  heldBytes: z.number(),
  heldExtents: z.number(),
  erasedAt: z.string().nullable(),
});

type Block = z.output<typeof block>;

const page = z.looseObject({ blocks: z.array(block), next: z.string().nullable() });

/** Stops serving a swarm and erases it; or shows what is blocked. */
@SubCommand({
  name: 'block',
  arguments: '[swarm]',
  argsDescription: { swarm: 'a swarm ID, a link, a record, its file, or - for stdin' },
  description: 'stop serving a swarm at once, erase it, keep it out; --report proves it, --list shows all',
})
export class CacheBlockCommand extends CacheAdminCommand {
  @Option({ flags: '--reason <text>', description: 'why, as it is to stand in the report' })
  readReason(text: string): string {
    return text;
  }

  @Option({ flags: '--report', description: 'show the block, and what is found of the swarm now' })
  readReport(): boolean {
    return true;
  }

  @Option({ flags: '--list', description: 'show every swarm that is blocked' })
  readList(): boolean {
    return true;
  }

  @Option({ flags: '--wait', description: 'wait until it is erased and the store was read back' })
  readWait(): boolean {
    return true;
  }

  async run([swarmText]: string[], options: BlockOptions): Promise<void> {
    if (options.list === true) return this.list(options);
    if (swarmText === undefined) throw new UsageError('block: name a swarm, or write --list');
    const id = await this.swarmOf(swarmText);
    const path = `/v1/swarms/${id}/block`;
    const { reason, report = false, wait = false } = options;
    if (!report && reason === undefined) throw new UsageError('block: say why with --reason, or write --report');
    const answer = await this.administer(options, async (client, signal) => {
      const given = report ? undefined : await client.ask(block, 'PUT', path, { reason });
      if (wait) await this.follow(client, `block-${id}`, signal);
      return given === undefined || wait ? client.ask(block, 'GET', path) : given;
    });
    this.show(options, answer, linesOf);
  }

  private async list(options: BlockOptions): Promise<void> {
    await this.administer(options, async (client) => {
      for (let after: string | null = ''; after !== null;) {
        const { blocks, next }: z.output<typeof page> = await client.ask(
          page,
          'GET',
          `/v1/blocks${after === '' ? '' : `?after=${after}`}`,
        );
        for (const one of blocks) this.show(options, one, lineOf);
        after = next;
      }
    });
  }
}

/** Lets a swarm be fetched and served again. */
@SubCommand({
  name: 'unblock',
  arguments: '<swarm>',
  argsDescription: { swarm: 'a swarm ID, a link, a record, its file, or - for stdin' },
  description: 'let a swarm be fetched and served again',
})
export class CacheUnblockCommand extends CacheAdminCommand {
  async run([swarmText = '']: string[], options: CacheOptions): Promise<void> {
    const id = await this.swarmOf(swarmText);
    await this.administer(options, (client) => client.done('DELETE', `/v1/swarms/${id}/block`));
    this.show(options, { swarmId: id, blocked: false }, () => [`unblocked  ${id}`]);
  }
}

function lineOf({ swarmId, state, since, reason }: Block): string[] {
  return [`${swarmId}  ${state.padEnd(7)}  ${since}  ${reason}`];
}

function linesOf(answer: Block): string[] {
  const { heldBytes, heldExtents, erasedAt } = answer;
  const gone = erasedAt === null ? 'being erased' : `read back and found gone at ${erasedAt}`;
  return [...lineOf(answer), `  held ${formatBytes(heldBytes)} in ${String(heldExtents)} extents, ${gone}`];
}

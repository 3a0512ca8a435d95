import { Option } from 'nest-commander';
import { AdminClient } from '../../catalogue/admin-client';
import { parseAdminUrl, read } from '../../options/parse';
import { readSwarm } from '../../options/swarm';
import { AnsweringCommand } from '../answering.command';

/** Where the admin side is, and what it asks for. */
export interface AdminOptions {
  readonly admin?: string;
  readonly tokenFile: string;
  readonly json?: boolean;
}

/** The address of an admin side that nobody moved. */
const usualAdmin = 'http://127.0.0.1:7847';

/** What all commands have in common that ask a tracker's admin side. */
export abstract class AdminCommand extends AnsweringCommand {
  @Option({ flags: '--admin <url>', description: `the tracker's admin side (default: ${usualAdmin})` })
  readAdmin(text: string): string {
    return read('--admin', text, parseAdminUrl);
  }

  @Option({ flags: '--token-file <file>', description: 'the file with its token', required: true })
  readTokenFile(text: string): string {
    return text;
  }

  /** Runs `work` with the admin side. */
  protected administer<Result>(
    { admin = usualAdmin, tokenFile }: AdminOptions,
    work: (client: AdminClient) => Promise<Result>,
  ): Promise<Result> {
    return this.interruptibly(async (signal) => work(await AdminClient.open(admin, tokenFile, signal)));
  }

  /** The part of a path that stands for a swarm, which is named by its ID, a link, a record or a file; `*` is every one. */
  protected async swarmOf(text: string): Promise<string> {
    return text === '*' ? text : (await readSwarm(text)).swarmId;
  }
}

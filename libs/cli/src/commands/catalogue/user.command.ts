import { Inject } from '@nestjs/common';
import { Option, SubCommand } from 'nest-commander';
import { keepUser } from '../../catalogue/users-file';
import { UsageError } from '../../errors';
import { firstLine } from '../../options/first-line';
import type { Terminal } from '../../terminal/terminal';
import { TERMINAL } from '../tokens';
import { WeirCommand } from '../weir.command';

interface UserOptions {
  readonly users: string;
  readonly realm?: string;
  readonly remove?: boolean;
}

/** The realm of a tracker that was given no other. */
const usualRealm = 'weir';

/** Keeps the users that a tracker knows by HTTP Digest. */
@SubCommand({
  name: 'user',
  arguments: '<name>',
  argsDescription: { name: 'the user, which grants name' },
  description: "write a user into a tracker's users file, with the password that stdin has as its first line",
})
export class CatalogueUserCommand extends WeirCommand {
  constructor(@Inject(TERMINAL) private readonly terminal: Terminal) {
    super();
  }

  @Option({ flags: '--users <file>', description: 'the users file; made if there is none', required: true })
  readUsers(text: string): string {
    return text;
  }

  @Option({ flags: '--realm <name>', description: `the tracker's realm (default: ${usualRealm})` })
  readRealm(text: string): string {
    return text;
  }

  @Option({ flags: '--remove', description: 'take the user out instead' })
  readRemove(): boolean {
    return true;
  }

  async run([name = '']: string[], { users, realm = usualRealm, remove }: UserOptions): Promise<void> {
    if (!/^[^:\p{C}]{1,128}$/u.test(name))
      throw new UsageError(`user ${JSON.stringify(name)}: write 1 to 128 characters without a colon`);
    if (!/^[ -~]{1,64}$/.test(realm) || /[:"\\]/.test(realm))
      throw new UsageError(`--realm ${JSON.stringify(realm)}: write 1 to 64 characters of ASCII without any of : " \\`);
    const password = remove === true ? undefined : await this.interruptibly(() => firstLine(process.stdin));
    if (password === '') throw new UsageError('stdin: write the password as its first line');
    const wasThere = await keepUser(users, { name, realm }, password);
    if (remove === true && !wasThere)
      throw new UsageError(`--users ${JSON.stringify(users)}: it has no user "${name}"`);
    this.terminal.print(remove === true ? `removed  ${name}` : `${wasThere ? 'changed' : 'added'}  ${name}`);
  }
}

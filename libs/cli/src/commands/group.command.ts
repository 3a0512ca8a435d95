import { UsageError } from '../errors';
import { WeirCommand } from './weir.command';

/** A command that is nothing but those below it. */
export abstract class GroupCommand extends WeirCommand {
  /** The command's own name, and those below it as people list them. */
  protected abstract readonly group: { readonly name: string; readonly words: string };

  /** A word that is none of the commands comes here. */
  override setCommand(command: Parameters<WeirCommand['setCommand']>[0]): this {
    super.setCommand(command);
    command.allowExcessArguments();
    return this;
  }

  run([word]: string[]): Promise<void> {
    const { name, words } = this.group;
    const problem = word === undefined ? 'name what to do' : `there is no "${word}"`;
    return Promise.reject(new UsageError(`${problem}: write ${words}; see weir ${name} --help`));
  }
}

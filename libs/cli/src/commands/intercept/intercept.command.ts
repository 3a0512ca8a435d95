import { Command } from 'nest-commander';
import { UsageError } from '../../errors';
import { WeirCommand } from '../weir.command';
import { InterceptDownCommand } from './down.command';
import { InterceptPrintCommand } from './print.command';
import { InterceptStatusCommand } from './status.command';
import { InterceptTestCommand } from './test.command';
import { InterceptUpCommand } from './up.command';

/** The rules that divert subscribers' traffic to the appliance. */
@Command({
  name: 'intercept',
  description: "the rules that divert subscribers' flows: up, down, status, print, test",
  subCommands: [
    InterceptUpCommand,
    InterceptDownCommand,
    InterceptStatusCommand,
    InterceptPrintCommand,
    InterceptTestCommand,
  ],
})
export class InterceptCommand extends WeirCommand {
  /** A word that is none of the commands comes here. */
  override setCommand(command: Parameters<WeirCommand['setCommand']>[0]): this {
    super.setCommand(command);
    command.allowExcessArguments();
    return this;
  }

  run([word]: string[]): Promise<void> {
    const problem = word === undefined ? 'name what to do' : `there is no "${word}"`;
    return Promise.reject(
      new UsageError(`${problem}: write up, down, status, print or test; see weir intercept --help`),
    );
  }
}

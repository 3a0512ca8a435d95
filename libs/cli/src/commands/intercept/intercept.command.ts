import { Command } from 'nest-commander';
import { GroupCommand } from '../group.command';
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
export class InterceptCommand extends GroupCommand {
  protected readonly group = { name: 'intercept', words: 'up, down, status, print or test' };
}

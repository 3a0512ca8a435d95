import { removeRules, speaksIpv6 } from '@weir/intercept';
import { SubCommand } from 'nest-commander';
import { RulesCommand, type RulesOptions } from './rules.command';

/** Removes the rules, whoever made them. The configuration is not read: this must work whatever is wrong. */
@SubCommand({
  name: 'down',
  description: 'remove all rules at once: what was diverted passes; an appliance that runs leaves it so',
})
export class InterceptDownCommand extends RulesCommand {
  async run(_: string[], options: RulesOptions): Promise<void> {
    await removeRules(speaksIpv6(), this.machine.run);
    this.show(options, { removed: true }, ['no rule is left']);
  }
}

import { applyRules, describeProblem, inspectRules, preflight, unavailable } from '@weir/intercept';
import { machineMicros } from '@weir/datagram';
import { SubCommand } from 'nest-commander';
import { RulesCommand, type RulesOptions } from './rules.command';

/** Puts the rules in place. */
@SubCommand({
  name: 'up',
  description: 'put the rules in place, as configured; they divert nothing while no appliance keeps an epoch alive',
})
export class InterceptUpCommand extends RulesCommand {
  async run(_: string[], options: RulesOptions): Promise<void> {
    const plan = this.plan(options);
    const problems = await preflight(plan, this.machine);
    if (problems.length > 0) {
      for (const problem of problems) this.terminal.tell(describeProblem(problem));
      throw unavailable(problems);
    }
    // What is there already is left, with the epoch of the appliance that runs.
    const { rules } = await inspectRules(plan, this.machine.run, machineMicros());
    const applied = rules !== 'as configured';
    if (applied) await applyRules(plan, this.machine.run);
    this.show(options, { applied }, [applied ? 'the rules are in place' : 'the rules were in place already']);
  }
}

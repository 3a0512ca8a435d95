import { machineMicros } from '@weir/datagram';
import { describeProblem, inspectRules, preflight, type Count, type Problem, type RulesState } from '@weir/intercept';
import { SubCommand } from 'nest-commander';
import { CommandError } from '../../errors';
import { formatBytes } from '../../terminal/format';
import { RulesCommand, type RulesOptions } from './rules.command';

/** Compares what is there with what is configured. */
@SubCommand({
  name: 'status',
  description:
    'tell whether the rules are there and as configured, which epoch lives, and what is missing; 1 if anything is',
})
export class InterceptStatusCommand extends RulesCommand {
  async run(_: string[], options: RulesOptions): Promise<void> {
    const plan = this.plan(options);
    const state = await inspectRules(plan, this.machine.run, machineMicros());
    const missing = await preflight(plan, this.machine);
    this.show(options, { ...state, missing }, describe(state, missing));
    if (state.rules === 'as configured' && missing.length === 0) return;
    throw new CommandError('NOT_INTERCEPTING', summaryOf(state, missing));
  }
}

function summaryOf({ rules }: RulesState, missing: readonly Problem[]): string {
  if (missing.length > 0) return 'interception cannot begin: mend what is missing';
  const remedy = 'weir intercept up puts them in place';
  return rules === 'absent' ? `there are no rules; ${remedy}` : `the rules are not as configured; ${remedy}`;
}

function describe({ rules, differences, epochs, counters }: RulesState, missing: readonly Problem[]): string[] {
  return [
    `rules     ${rules}`,
    ...differences.map((difference) => `          ${difference}`),
    ...(epochs.length === 0 ? ['epoch     none lives: nothing is diverted'] : []),
    ...epochs.map(
      (epoch) =>
        `epoch     0x${epoch.epoch.toString(16)} for ${epoch.interface}, ${(epoch.ageMillis / 1_000).toFixed(1)} s old`,
    ),
    ...Object.entries(counters)
      .filter(([, { packets }]) => packets > 0)
      .map(([name, count]) => `counter   ${name}: ${describeCount(count)}`),
    ...missing.map((problem) => `missing   ${describeProblem(problem)}`),
  ];
}

function describeCount({ packets, bytes }: Count): string {
  return `${String(packets)} packets, ${formatBytes(bytes)}`;
}

import { planRules, routingsOf, ruleScript, speaksIpv6, sysctlLine, sysctlsOf, type RulePlan } from '@weir/intercept';
import { Option, SubCommand } from 'nest-commander';
import { RulesCommand, type RulesOptions } from './rules.command';

interface PrintOptions extends RulesOptions {
  readonly sysctl?: boolean;
}

/** Shows what would be applied. */
@SubCommand({
  name: 'print',
  description: 'show the rules, the routing and the kernel settings that up would apply or need',
})
export class InterceptPrintCommand extends RulesCommand {
  @Option({
    flags: '--sysctl',
    description: 'the kernel settings alone, for sysctl -p -; none if nothing is intercepted',
  })
  readSysctl(): boolean {
    return true;
  }

  async run(_: string[], options: PrintOptions): Promise<void> {
    if (options.sysctl === true) {
      this.printSysctls(options);
      return;
    }
    const plan = this.plan(options);
    const result = { nft: ruleScript(plan).text, ip: ipLines(plan), sysctl: sysctlsOf(plan).map(sysctlLine) };
    this.show(options, result, [
      '# nft -f -',
      ...result.nft.trimEnd().split('\n'),
      '# policy routing',
      ...result.ip,
      '# sysctl -p -',
      ...result.sysctl,
    ]);
    await Promise.resolve();
  }

  private printSysctls(options: PrintOptions): void {
    const config = this.configured(options);
    const sysctl = config.intercept.enabled ? sysctlsOf(planRules(config, speaksIpv6())).map(sysctlLine) : [];
    this.show(options, { sysctl }, sysctl);
  }
}

function ipLines(plan: RulePlan): string[] {
  return routingsOf(plan).flatMap(({ replaceRoute, addRule }) =>
    [replaceRoute, addRule].map((args) => `ip ${args.join(' ')}`),
  );
}

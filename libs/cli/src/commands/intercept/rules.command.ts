import { Inject } from '@nestjs/common';
import { loadConfig, type WeirConfig } from '@weir/config';
import { planRules, speaksIpv6, type Machine, type RulePlan } from '@weir/intercept';
import { Option } from 'nest-commander';
import { UsageError } from '../../errors';
import type { Terminal } from '../../terminal/terminal';
import { MACHINE, TERMINAL } from '../tokens';
import { WeirCommand } from '../weir.command';

/** What all commands on rules take. */
export interface RulesOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** What all commands on rules have in common: a configuration, and the machine. */
export abstract class RulesCommand extends WeirCommand {
  constructor(
    @Inject(TERMINAL) protected readonly terminal: Terminal,
    @Inject(MACHINE) protected readonly machine: Machine,
  ) {
    super();
  }

  @Option({ flags: '--config <file>', description: 'configuration in YAML (default: what WEIR_CONFIG names)' })
  readConfig(text: string): string {
    return text;
  }

  @Option({ flags: '--json', description: 'print one JSON line' })
  readJson(): boolean {
    return true;
  }

  /** Throws a `ConfigError`. */
  protected configured({ config }: RulesOptions): WeirConfig {
    return loadConfig(config === undefined ? {} : { file: config });
  }

  /** The rules that follow from the configuration. Throws a `ConfigError`, or a `UsageError` where it intercepts nothing. */
  protected plan(options: RulesOptions): RulePlan {
    const config = this.configured(options);
    if (config.intercept.enabled) return planRules(config, speaksIpv6());
    throw new UsageError('interception is not configured: set intercept.enabled to true, and intercept.inside');
  }

  /** Prints the result: for programs as it is, for people in lines. */
  protected show(options: RulesOptions, result: object, lines: readonly string[]): void {
    for (const line of options.json === true ? [JSON.stringify(result)] : lines) this.terminal.print(line);
  }
}

import { CommandRunner } from 'nest-commander';
import { Interruption } from '../terminal/interruption';

type ParsedCommand = Parameters<CommandRunner['setCommand']>[0];

/** What all commands have in common: mistakes of the command line are thrown, not printed with an exit. */
export abstract class WeirCommand extends CommandRunner {
  override setCommand(command: ParsedCommand): this {
    command
      .exitOverride()
      .allowExcessArguments(false)
      .configureOutput({ outputError: () => undefined });
    return super.setCommand(command);
  }

  /** Runs work that a signal may stop. */
  protected async interruptibly<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const interruption = new Interruption();
    try {
      return await work(interruption.signal);
    } finally {
      interruption.release();
    }
  }
}

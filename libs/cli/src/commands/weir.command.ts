import { CommandRunner } from 'nest-commander';
import { Interruption } from '../terminal/interruption';

/** Longest interval of a timer: it need never fire, only be there. */
const vigilMillis = 2 ** 31 - 1;

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

  /**
   * Runs work that a signal may stop. The process lives until it is done: what is waited for last, as a tracker's answer to
   * our leave, may hold no timer or socket of its own, and the process would end as if all were well.
   */
  protected async interruptibly<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const interruption = new Interruption();
    const vigil = setInterval(() => undefined, vigilMillis);
    try {
      return await work(interruption.signal);
    } finally {
      clearInterval(vigil);
      interruption.release();
    }
  }
}

import { type DynamicModule, Module } from '@nestjs/common';
import { CommandFactory, CommandRunnerService } from 'nest-commander';
import { commandsFor } from './commands/families';
import { WeirProgram } from './commands/program.command';
import { APPLIANCE_ENTRY, MACHINE, START_TRANSFER, TERMINAL, VERSION } from './commands/tokens';
import { failureOf } from './failure';
import { ProcessTerminal, type Terminal } from './terminal/terminal';
import { thisMachine, type Machine } from '@weir/intercept';
import type { StartTransfer } from './transfer/transfer';

/** What the commands stand on. */
export interface CliOptions {
  /** The appliance's compiled entry. */
  readonly applianceEntry: string;
  /** What `--version` prints. */
  readonly version: string;
  /** Default: the process's streams. */
  readonly terminal?: Terminal;
  /** Default: a UDP socket of our own. */
  readonly startTransfer?: StartTransfer;
  /** Default: the one that this process runs on. */
  readonly machine?: Machine;
}

/** The commands of `weir`. */
@Module({})
export class CliModule {
  /** With those commands that `words`, which follow the program's name, can mean. */
  static async forCommandLine(words: readonly string[], options: CliOptions): Promise<DynamicModule> {
    return {
      module: CliModule,
      providers: [
        { provide: TERMINAL, useValue: options.terminal ?? new ProcessTerminal() },
        { provide: START_TRANSFER, useValue: options.startTransfer ?? startTransfer },
        { provide: MACHINE, useValue: options.machine ?? thisMachine },
        { provide: APPLIANCE_ENTRY, useValue: options.applianceEntry },
        { provide: VERSION, useValue: options.version },
        WeirProgram,
        ...(await commandsFor(words)),
      ],
    };
  }
}

/** Loaded when it is called: most commands transfer nothing. */
const startTransfer: StartTransfer = async (...plan) =>
  (await import('./transfer/start-transfer.js')).startTransfer(...plan);

/** Runs one command line, as `process.argv`, to its end. The answer is the exit status; what failed is told in a line. */
export async function runCommandLine(argv: string[], options: CliOptions): Promise<number> {
  const terminal = options.terminal ?? new ProcessTerminal();
  let status = 0;
  const fail = (error: Error): void => {
    const failure = failureOf(error);
    status = failure.status;
    if (failure.line !== undefined) terminal.tell(`weir: ${failure.line}`);
  };
  const commands = await CliModule.forCommandLine(argv.slice(2), { ...options, terminal });
  const app = await CommandFactory.createWithoutRunning(commands, {
    cliName: 'weir',
    logger: false,
    errorHandler: (error) => {
      throw error;
    },
    serviceErrorHandler: fail,
    outputConfiguration: { outputError: () => undefined },
  });
  await app.get(CommandRunnerService).run(argv);
  await app.close();
  return status;
}

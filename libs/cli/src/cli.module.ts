import { type DynamicModule, Module } from '@nestjs/common';
import { CommandFactory, CommandRunnerService } from 'nest-commander';
import { ApplianceCommand } from './commands/appliance.command';
import { CacheCommand } from './commands/cache/cache.command';
import { CatalogueCommand } from './commands/catalogue/catalogue.command';
import { FetchCommand } from './commands/fetch.command';
import { InterceptCommand } from './commands/intercept/intercept.command';
import { WeirProgram } from './commands/program.command';
import { PublishCommand } from './commands/publish.command';
import { SeedCommand } from './commands/seed.command';
import { APPLIANCE_ENTRY, MACHINE, START_TRANSFER, TERMINAL, VERSION } from './commands/tokens';
import { SimulateCommand } from './commands/simulate.command';
import { TraceCommand } from './commands/trace.command';
import { TrackerCommand } from './commands/tracker.command';
import { failureOf } from './failure';
import { ProcessTerminal, type Terminal } from './terminal/terminal';
import { thisMachine, type Machine } from '@weir/intercept';
import { startTransfer } from '@weir/peer';
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
  static forRoot(options: CliOptions): DynamicModule {
    return {
      module: CliModule,
      providers: [
        { provide: TERMINAL, useValue: options.terminal ?? new ProcessTerminal() },
        { provide: START_TRANSFER, useValue: options.startTransfer ?? startTransfer },
        { provide: MACHINE, useValue: options.machine ?? thisMachine },
        { provide: APPLIANCE_ENTRY, useValue: options.applianceEntry },
        { provide: VERSION, useValue: options.version },
        WeirProgram,
        PublishCommand,
        SeedCommand,
        FetchCommand,
        TrackerCommand,
        TraceCommand,
        SimulateCommand,
        ApplianceCommand,
        ...CacheCommand.registerWithSubCommands(),
        ...CatalogueCommand.registerWithSubCommands(),
        ...InterceptCommand.registerWithSubCommands(),
      ],
    };
  }
}

/** Runs one command line, as `process.argv`, to its end. The answer is the exit status; what failed is told in a line. */
export async function runCommandLine(argv: string[], options: CliOptions): Promise<number> {
  const terminal = options.terminal ?? new ProcessTerminal();
  let status = 0;
  const fail = (error: Error): void => {
    const failure = failureOf(error);
    status = failure.status;
    if (failure.line !== undefined) terminal.tell(`weir: ${failure.line}`);
  };
  const app = await CommandFactory.createWithoutRunning(CliModule.forRoot({ ...options, terminal }), {
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

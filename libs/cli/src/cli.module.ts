import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { CommandFactory, CommandRunnerService } from 'nest-commander';
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

/** Commands by the first word of a command line. Each loads what it needs, which others do without: a process starts with one. */
const families: Readonly<Record<string, () => Promise<Provider[]>>> = {
  publish: async () => [(await import('./commands/publish.command.js')).PublishCommand],
  seed: async () => [(await import('./commands/seed.command.js')).SeedCommand],
  fetch: async () => [(await import('./commands/fetch.command.js')).FetchCommand],
  tracker: async () => [(await import('./commands/tracker.command.js')).TrackerCommand],
  trace: async () => [(await import('./commands/trace.command.js')).TraceCommand],
  simulate: async () => [(await import('./commands/simulate.command.js')).SimulateCommand],
  appliance: async () => [(await import('./commands/appliance.command.js')).ApplianceCommand],
  cache: async () => (await import('./commands/cache/cache.command.js')).CacheCommand.registerWithSubCommands(),
  catalogue: async () =>
    (await import('./commands/catalogue/catalogue.command.js')).CatalogueCommand.registerWithSubCommands(),
  intercept: async () =>
    (await import('./commands/intercept/intercept.command.js')).InterceptCommand.registerWithSubCommands(),
};

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

/** The commands that a command line can mean, in the order of the help: one family, or all where the first word names none. */
async function commandsFor([word = '']: readonly string[]): Promise<Provider[]> {
  const named = Object.hasOwn(families, word) ? families[word] : undefined;
  if (named !== undefined) return named();
  return (await Promise.all(Object.values(families).map((load) => load()))).flat();
}

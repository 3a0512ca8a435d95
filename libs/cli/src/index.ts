export { CliModule, runCommandLine, type CliOptions } from './cli.module';
export type { ApplianceOptions } from './commands/appliance.command';
export { ContentError, type ContentErrorCode } from './content/errors';
export { FileSink, type SinkProgress } from './content/file-sink';
export { FileSource } from './content/file-source';
export type { ContentFormat, ScanWatch } from './content/scan';
export { CommandError, InterruptedError, UsageError, type CommandErrorCode } from './errors';
export type { Progress, Terminal } from './terminal/terminal';
export type { StartTransfer } from './transfer/transfer';

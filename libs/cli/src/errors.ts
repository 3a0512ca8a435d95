import { CacheError } from '@weir/ppspp';

/** `USAGE`: what was written on the command line cannot be used; the message says what to write instead. */
export class UsageError extends CacheError<'USAGE'> {
  constructor(message: string) {
    super('USAGE', message);
  }
}

/** Why a command did not do what it should. */
export type CommandErrorCode = 'INCOMPLETE' | 'NOT_AVAILABLE';

/** The command was right, and failed nevertheless. */
export class CommandError extends CacheError<CommandErrorCode> {}

/** The operator, or a supervisor, stopped the command before it was done. */
export class InterruptedError extends CacheError<'INTERRUPTED'> {
  constructor(
    readonly signal: 'SIGINT' | 'SIGTERM',
    message = 'interrupted',
  ) {
    super('INTERRUPTED', message, { signal });
  }
}

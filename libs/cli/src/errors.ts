import { CacheError } from '@weir/ppspp';

/** `USAGE`: what was written on the command line cannot be used; the message says what to write instead. */
export class UsageError extends CacheError<'USAGE'> {
  constructor(message: string) {
    super('USAGE', message);
  }
}

/**
 * Why a command did not do what it should: `ADMIN_REFUSED`, the admin side of a tracker does not do what it was asked;
 * `ADMIN_UNREACHABLE`, it does not answer; `INCOMPLETE`, the content did not come in time; `TRACKER_UNREACHABLE`, none
 * of the trackers answers, and nobody else is known; `NOT_AVAILABLE`, this installation lacks a part; `NOT_INTERCEPTING`, the
 * rules are not there as configured; `NOT_FAILING_OPEN`, flows passed too late.
 */
export type CommandErrorCode =
  | 'ADMIN_REFUSED'
  | 'ADMIN_UNREACHABLE'
  | 'INCOMPLETE'
  | 'NOT_AVAILABLE'
  | 'NOT_FAILING_OPEN'
  | 'NOT_INTERCEPTING'
  | 'TRACKER_UNREACHABLE';

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

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

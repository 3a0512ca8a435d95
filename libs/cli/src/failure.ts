import { CacheError } from '@weir/ppspp';
import { InterruptedError, messageOf } from './errors';

/** What a failed command leaves: its exit status, and a line for stderr unless everything was said already. */
export interface Failure {
  readonly status: number;
  readonly line: string | undefined;
}

/** Statuses: 2, what was asked cannot be done as asked; 1, it was tried and failed; 128 and a signal's number. */
const usageStatus = 2;
/** The status of what was tried and failed. */
export const failedStatus = 1;
const signalStatus = { SIGINT: 130, SIGTERM: 143 } as const;

/** Failures that no change of the command line would have avoided. All others are mistakes of it. */
const failedWhileRunning: ReadonlySet<string> = new Set([
  'ADMIN_REFUSED',
  'ADMIN_UNREACHABLE',
  'CONTENT_CHANGED',
  'DATAGRAM_SOCKET_FAILED',
  'INCOMPLETE',
  'INTERCEPT_PROBE_FAILED',
  'INTERCEPT_RULES_FAILED',
  'INVARIANT_VIOLATED',
  'NOT_AVAILABLE',
  'NOT_FAILING_OPEN',
  'NOT_INTERCEPTING',
  'OUTPUT_FAILED',
  'TRACKER_UNREACHABLE',
]);

/** What to tell of an error: one line, without a stack. */
export function failureOf(error: unknown): Failure {
  if (error instanceof InterruptedError) return { status: signalStatus[error.signal], line: oneLine(error.message) };
  if (error instanceof CacheError) {
    const status = failedWhileRunning.has(String(error.code)) ? failedStatus : usageStatus;
    return { status, line: oneLine(error.message) };
  }
  return commandLineFailure(error) ?? { status: failedStatus, line: `internal error: ${oneLine(messageOf(error))}` };
}

/** What the parser of command lines throws: help is no failure, and was shown already. */
function commandLineFailure(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || !('code' in error && 'exitCode' in error)) return undefined;
  const code = String(error.code);
  if (!code.startsWith('commander.')) return undefined;
  if (error.exitCode === 0) return { status: 0, line: undefined };
  if (code === 'commander.help') return { status: usageStatus, line: undefined };
  return { status: usageStatus, line: oneLine(messageOf(error).replace(/^error: /, '')) };
}

/** A message may list several things, each on a line of its own. */
function oneLine(message: string): string {
  return message
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}

import type { Conditions } from './store-condition';
import type { Warner } from './warnings';

/** Without prefixes nobody is a subscriber: that holds until the configuration is changed. */
export function declareSubscribers(subscribers: readonly unknown[], readiness: Conditions, logger: Warner): void {
  if (subscribers.length > 0) {
    readiness.declare({ name: 'subscribers', ready: true });
    return;
  }
  const reason = 'no subscriber prefix is configured, so that nobody is served';
  const remedy = 'set the key subscribers (or WEIR_SUBSCRIBERS) to the prefixes of yours, as 198.51.100.0/24';
  readiness.declare({ name: 'subscribers', ready: false, reason, remedy });
  logger.warn(`not ready: ${reason}; ${remedy}`);
}

/** Without its data path the appliance is of no use: it ends, and its service manager starts it anew. */
export function giveUp(failure: unknown, readiness: Conditions, logger: { fatal(message: string): void }): void {
  const reason = failure instanceof Error ? failure.message : String(failure);
  readiness.declare({ name: 'peer', ready: false, reason, remedy: 'look at the log, then restart the appliance' });
  logger.fatal(reason);
  process.exitCode = 1;
  process.kill(process.pid, 'SIGTERM');
}

/** What an error says, and the one below it. */
export function causeOf({ message, cause }: Error): string {
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}

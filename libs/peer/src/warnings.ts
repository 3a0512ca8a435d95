import type { Notice } from '@weir/ppspp';
import type { Finding } from '@weir/store';

/** What takes the words. */
export interface Warner {
  warn(message: string): void;
}

/** What an operator should hear of: an external peer that lies. */
export function warnOf(notice: Notice, logger: Warner): void {
  if (notice.type === 'peer-lied') {
    logger.warn(`external peer ${notice.address.ip} sent wrong content for swarm ${notice.swarmId}; it was left`);
  }
}

/** Damage to the store, in the words of the log. */
export function warnOfFinding({ kind, swarmId, extent, detail, remedy, foundBy }: Finding, logger: Warner): void {
  const of = swarmId === undefined ? '' : ` of swarm ${swarmId}`;
  const which = extent === undefined ? '' : ` ${String(extent)}`;
  logger.warn(`damage to the store (${kind}${which}${of}), found by the ${foundBy}: ${detail}; ${remedy}`);
}

/** A number of threads, in words. */
export function threadsOf(count: number): string {
  return count === 1 ? 'one thread' : `${String(count)} threads`;
}

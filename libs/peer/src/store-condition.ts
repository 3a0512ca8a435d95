import type { Finding } from '@weir/store';
import type { StoreTrouble } from './appliance-store';

/** Who is told whether the appliance is what an operator asked for. */
export interface Conditions {
  declare(condition: { name: string; ready: boolean; reason?: string; remedy?: string }): void;
}

/** What is served is served, and what is intercepted passed on: but a cache that cannot store is not what was asked for. */
export function tellStore(
  trouble: StoreTrouble | undefined,
  readiness: Conditions,
  logger: { log(message: string): void; error(message: string): void },
): void {
  if (trouble === undefined) {
    readiness.declare({ name: 'store', ready: true });
    logger.log('the store is in use again');
    return;
  }
  const remedy =
    trouble.remedy ??
    (trouble.reason === 'down'
      ? 'check the disk: space, health, permissions; the store is tried again within a minute, without a restart'
      : 'check the disk: what it holds is served again once it keeps up');
  readiness.declare({
    name: 'store',
    ready: false,
    reason: `the store is ${trouble.reason}: ${trouble.message}`,
    remedy,
  });
  logger.error(
    `the store is ${trouble.reason}: ${trouble.message}; nothing is stored meanwhile, and subscribers are passed on`,
  );
}

/**
 * Rules that were laid down may be gone, blocks among them, and nobody but the operator knows which: the appliance is not ready until
 * he says that they are as they should be, were it started again meanwhile. It goes on serving: what else is laid down holds.
 */
export function tellLostRules(
  lost: Finding | undefined,
  readiness: Conditions,
  logger: { log(message: string): void; error(message: string): void },
): void {
  if (lost === undefined) {
    readiness.declare({ name: 'rules', ready: true });
    logger.log('the rules are as they should be, as an operator says');
    return;
  }
  readiness.declare({
    name: 'rules',
    ready: false,
    reason: lost.detail,
    remedy:
      'compare GET /v1/blocks, /v1/quotas and the rules of swarms with your own list, lay down what is missing, then say so: weir cache integrity --rules-restored, or DELETE /v1/integrity/rules-lost',
  });
  logger.error('rules may be lost, blocks among them: see GET /v1/integrity');
}

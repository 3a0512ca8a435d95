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
    trouble.reason === 'down'
      ? 'check the disk: space, health, permissions; the store is tried again within a minute, without a restart'
      : 'check the disk: what it holds is served again once it keeps up';
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

import type { ReadinessRegistry } from '@weir/telemetry';
import type { UnmetCondition } from './errors';

/** The conditions for traffic that do not hold. */
export function unmetIn(readiness: ReadinessRegistry): UnmetCondition[] {
  return readiness
    .conditions()
    .flatMap((condition) =>
      condition.ready ? [] : [{ name: condition.name, reason: condition.reason, remedy: condition.remedy }],
    );
}

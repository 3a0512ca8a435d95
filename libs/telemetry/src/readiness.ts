import { invariant } from '@weir/ppspp';
import { Gauge, type Registry } from 'prom-client';

/** One thing that must hold before this process should get traffic. Who waits for it names what is wrong, and the cure. */
export type Condition =
  | { readonly name: string; readonly ready: true }
  | { readonly name: string; readonly ready: false; readonly reason: string; readonly remedy: string };

/** Names are written in our sources, one or two for a service; more than this, and someone builds them from input. */
const conditionsMax = 64;

/** The gauge that shows the conditions to an alert. */
export function createReadinessMetrics(registry: Registry) {
  return {
    conditionReady: new Gauge({
      name: 'weir_condition_ready',
      help: 'Whether a condition for traffic holds (1) or not (0); /readyz says why not.',
      labelNames: ['condition'] as const,
      registers: [registry],
    }),
  };
}

/**
 * What `/readyz` answers. A service declares its condition, not yet ready, in its constructor, so that nothing counts as
 * ready before each service has said so.
 */
export class ReadinessRegistry {
  private readonly known = new Map<string, Condition>();

  constructor(private readonly metrics: ReturnType<typeof createReadinessMetrics>) {}

  /** Declares a condition, or replaces what was said of it before. */
  declare(condition: Condition): void {
    invariant(this.known.size < conditionsMax || this.known.has(condition.name), 'conditions have fixed names');
    this.known.set(condition.name, condition);
    this.metrics.conditionReady.set({ condition: condition.name }, condition.ready ? 1 : 0);
  }

  /** Whether every declared condition holds. */
  ready(): boolean {
    return this.conditions().every(({ ready }) => ready);
  }

  /** All conditions, in the order in which they were first declared. */
  conditions(): readonly Condition[] {
    return [...this.known.values()];
  }
}

import { Global, Module } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { createReadinessMetrics, ReadinessRegistry } from './readiness';
import { ThreadMetrics } from './thread-metrics';

/**
 * Metrics and readiness, for every module to inject by class: prom-client's `Registry` (the control thread's),
 * `ThreadMetrics` and `ReadinessRegistry`.
 */
@Global()
@Module({
  providers: [
    { provide: Registry, useFactory: createRegistry },
    { provide: ThreadMetrics, inject: [Registry], useFactory: (registry: Registry) => new ThreadMetrics(registry) },
    { provide: ReadinessRegistry, inject: [Registry], useFactory: createReadiness },
  ],
  exports: [Registry, ThreadMetrics, ReadinessRegistry],
})
export class TelemetryModule {}

/** With the platform's own metrics (`nodejs_`, `process_`): of the process, so in this registry alone. */
function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

function createReadiness(registry: Registry): ReadinessRegistry {
  return new ReadinessRegistry(createReadinessMetrics(registry));
}

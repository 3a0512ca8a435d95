export { LoggingModule } from './logging.module';
export { loggerOptions } from './logger-options';
export { type Condition, createReadinessMetrics, ReadinessRegistry } from './readiness';
export { TelemetryModule } from './telemetry.module';
export { type MetricsSnapshot, ThreadMetrics } from './thread-metrics';

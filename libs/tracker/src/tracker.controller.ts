import { Controller, Get, Header, Inject } from '@nestjs/common';
import { Registry } from 'prom-client';

/** Answer of `GET /healthz`. */
export interface HealthView {
  readonly status: 'ok';
}

/** Whether the tracker lives. */
@Controller()
export class TrackerHealthController {
  @Get('healthz')
  health(): HealthView {
    return { status: 'ok' };
  }
}

/** What the tracker counts; beside the peers' path only where there is no admin side. */
@Controller()
export class TrackerMetricsController {
  constructor(@Inject(Registry) private readonly registry: Registry) {}

  @Get('metrics')
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  metrics(): Promise<string> {
    return this.registry.metrics();
  }
}

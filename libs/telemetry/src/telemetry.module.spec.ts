import { Controller, Get, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ConfigModule, loadConfig } from '@weir/config';
import { Logger } from 'nestjs-pino';
import { Registry } from 'prom-client';
import { LoggingModule } from './logging.module';
import { ReadinessRegistry } from './readiness';
import { TelemetryModule } from './telemetry.module';
import { ThreadMetrics } from './thread-metrics';

@Controller()
class MetricsController {
  constructor(
    @Inject(ThreadMetrics) private readonly metrics: ThreadMetrics,
    @Inject(ReadinessRegistry) private readonly readiness: ReadinessRegistry,
  ) {}

  @Get('metrics')
  async show(): Promise<string> {
    this.readiness.declare({ name: 'store', ready: true });
    return await this.metrics.text();
  }
}

@Module({ controllers: [MetricsController] })
class PageModule {}

@Module({
  imports: [
    ConfigModule.forRoot(loadConfig({ env: { WEIR_LOG_LEVEL: 'silent' } })),
    LoggingModule,
    TelemetryModule,
    PageModule,
  ],
})
class App {}

it('gives every module one registry, one page and one readiness, with requests logged', async () => {
  const app = await NestFactory.create(App, new FastifyAdapter(), { bufferLogs: true });
  app.useLogger(app.get(Logger));
  await app.listen(0, '127.0.0.1');
  const answer = await fetch(`${await app.getUrl()}/metrics`);
  const page = await answer.text();
  expect(page).toContain('weir_condition_ready{condition="store"} 1');
  expect(page).toContain('process_start_time_seconds ');
  expect(app.get(Registry).getSingleMetric('weir_condition_ready')).toBeDefined();
  await app.close();
});

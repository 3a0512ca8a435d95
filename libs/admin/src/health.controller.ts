import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { ReadinessRegistry, ThreadMetrics } from '@weir/telemetry';
import type { FastifyReply } from 'fastify';
import { AdminError } from './errors';
import { healthView, type HealthView, readyView, type ReadyView } from './health-view';
import { unmetIn } from './unmet';

/** What service managers, load balancers and Prometheus ask. */
@ApiTags('health')
@Controller()
export class HealthController {
  constructor(
    private readonly readiness: ReadinessRegistry,
    private readonly threads: ThreadMetrics,
  ) {}

  @Get('healthz')
  @ApiOperation({
    operationId: 'showHealth',
    summary: 'Whether the process works: restart it if this does not answer.',
  })
  @ApiOkResponse({ standardSchema: healthView })
  health(): HealthView {
    return { status: 'ok' };
  }

  @Get('readyz')
  @ApiOperation({ operationId: 'showReadiness', summary: 'Whether subscribers can be served: 503 says why not.' })
  @ApiOkResponse({ standardSchema: readyView })
  ready(): ReadyView {
    const unmet = unmetIn(this.readiness);
    if (unmet.length === 0) return { status: 'ready' };
    const lines = unmet.map(({ name, reason, remedy }) => `${name}: ${reason} (${remedy})`);
    throw new AdminError('NOT_READY', lines.join('; '), { unmet });
  }

  @Get('metrics')
  @ApiOperation({ operationId: 'showMetrics', summary: "All threads' metrics, in Prometheus' text format." })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.type(this.threads.contentType);
    return this.threads.text();
  }
}

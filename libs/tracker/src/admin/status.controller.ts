import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Registry } from 'prom-client';
import { TrackerAdminService } from './tracker-admin.service';
import { type TrackerHealthView, trackerHealthView, type TrackerStatusView, trackerStatusView } from './views';

/** How the tracker does. */
@ApiTags('status')
@Controller()
export class AdminStatusController {
  constructor(
    private readonly admin: TrackerAdminService,
    @Inject(Registry) private readonly registry: Registry,
  ) {}

  @Get('v1/status')
  @ApiOperation({ operationId: 'showStatus', summary: 'How the tracker does: version, peers, swarms, catalogue.' })
  @ApiOkResponse({ standardSchema: trackerStatusView })
  status(): TrackerStatusView {
    return this.admin.status();
  }

  @Get('healthz')
  @ApiOperation({ operationId: 'showHealth', summary: 'Whether the process works. Needs no token.' })
  @ApiOkResponse({ standardSchema: trackerHealthView })
  health(): TrackerHealthView {
    return { status: 'ok' };
  }

  @Get('metrics')
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  @ApiOperation({ operationId: 'showMetrics', summary: "The tracker's metrics, in Prometheus' text format." })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  metrics(): Promise<string> {
    return this.registry.metrics();
  }
}

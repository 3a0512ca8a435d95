import { Body, Controller, Get, Header, HttpCode, Inject, Post, Req, type Type } from '@nestjs/common';
import { normalIp } from '@weir/ppspp';
import type { FastifyRequest } from 'fastify';
import { Registry } from 'prom-client';

import { TrackerService } from './tracker.service';

/** The media type of requests and responses. RFC 7846 section 4. */
export const ppstpMediaType = 'application/ppsp-tracker+json';

/**
 * The controller that answers PPSTP requests posted to `path`. An error of the protocol stands in the answer, with HTTP
 * status 200: HTTP is the layer below, and has done its part (RFC 7846 section 2).
 */
export function trackerController(path: string): Type {
  @Controller(path)
  class TrackerController {
    constructor(@Inject(TrackerService) private readonly tracker: TrackerService) {}

    @Post()
    @HttpCode(200)
    @Header('content-type', ppstpMediaType)
    answer(@Body() body: unknown, @Req() request: FastifyRequest): Promise<Uint8Array> {
      const { ip, socket } = request;
      const from = { ip: normalIp(ip) ?? ip, port: socket.remotePort ?? 0 };
      return this.tracker.answer(typeof body === 'string' ? body : '', from);
    }
  }
  return TrackerController;
}

/** Answer of `GET /healthz`. */
export interface HealthView {
  readonly status: 'ok';
}

/** Whether the tracker lives, and what it counts. */
@Controller()
export class TrackerStatusController {
  constructor(@Inject(Registry) private readonly registry: Registry) {}

  @Get('healthz')
  health(): HealthView {
    return { status: 'ok' };
  }

  @Get('metrics')
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  metrics(): Promise<string> {
    return this.registry.metrics();
  }
}

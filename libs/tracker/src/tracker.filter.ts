import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Inject, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { TrackerPlan } from './plan';
import { ppstpMediaType } from './tracker.controller';
import { trackerPlan, TrackerService } from './tracker.service';

/**
 * Answers in PPSTP what HTTP refused (a body too long, another media type) or what failed: a peer gets an error code of
 * RFC 7846 section 4.3 whatever happens, beside the HTTP status.
 */
@Catch()
export class TrackerFilter implements ExceptionFilter {
  private readonly logger = new Logger(TrackerFilter.name);

  constructor(
    @Inject(trackerPlan) private readonly plan: TrackerPlan,
    @Inject(TrackerService) private readonly tracker: TrackerService,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const status = httpStatus(error);
    if (status >= 500) this.logger.error(error);
    void reply.status(status);
    if (request.method !== 'POST' || request.url.split('?')[0] !== this.plan.path) {
      void reply.send({ statusCode: status });
      return;
    }
    void reply.type(ppstpMediaType).send(this.tracker.refuse(status < 500 ? 'peer' : 'tracker'));
  }
}

/** Nest's errors carry a status, and Fastify's do; anything else is ours. */
function httpStatus(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

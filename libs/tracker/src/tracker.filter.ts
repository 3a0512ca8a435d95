import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** Answers what is not there, or failed, beside the tracker's own path: with the status, and nothing to learn from. */
@Catch()
export class TrackerFilter implements ExceptionFilter {
  private readonly logger = new Logger(TrackerFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const status = httpStatus(error);
    if (status >= 500) this.logger.error(error);
    void reply.status(status).send({ statusCode: status });
  }
}

/** Nest's errors carry a status, and Fastify's do; anything else is ours. */
function httpStatus(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

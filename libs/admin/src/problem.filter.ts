import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { AdminError } from './errors';
import { problemMediaType, problemOf } from './problem';

/** Answers every error as problem+json, RFC 9457. What failed goes to the log as well. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const problem = problemOf(error);
    if (problem.status >= 500 && !(error instanceof AdminError)) this.logger.error(error);
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    void reply.status(problem.status).type(problemMediaType).send(problem);
  }
}

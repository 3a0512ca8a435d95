import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { CacheError } from '@weir/ppspp';
import type { FastifyReply } from 'fastify';
import { problemMediaType, problemOf, type ProblemRules } from './problem';

/** Errors that say more to the client than their message are meant for it: that we are busy is no failure. */
function isMeant(error: unknown): boolean {
  return error instanceof CacheError && 'members' in error;
}

/** Answers every error as problem+json, RFC 9457. What failed goes to the log as well. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  constructor(private readonly rules: ProblemRules) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const problem = problemOf(error, this.rules);
    if (problem.status >= 500 && !isMeant(error)) this.logger.error(error);
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    void reply.status(problem.status).type(problemMediaType).send(problem);
  }
}

import { Injectable, Logger } from '@nestjs/common';

/** The part of a request that an audit needs: Fastify's address of the connection. */
export interface Asker {
  readonly ip: string;
}

/**
 * Keeps a line in the log for each change that an operator makes: what, to what, and from which address. What was asked for is not
 * repeated there but for what names it: no content, no token, no reason, which may name people.
 */
@Injectable()
export class AuditService {
  private readonly logger = new Logger('Audit');

  /** Something was done. */
  note({ ip }: Asker, what: string, target: string): void {
    this.logger.log(`${what} ${target} by ${ip}`);
  }
}

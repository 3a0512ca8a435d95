import { CacheError } from '@weir/ppspp';

import type { Terminal } from './terminal';

/**
 * What a service that runs in a command has to say while it runs: warnings and errors, each with its context, beside the
 * command's result. What is an operator's to mend says so in a line; what nobody foresaw says where it happened.
 */
export class TerminalLogger {
  constructor(private readonly terminal: Pick<Terminal, 'tell'>) {}

  fatal(message: unknown, context?: unknown): void {
    this.tell('error', message, context);
  }

  error(message: unknown, ...more: readonly unknown[]): void {
    this.tell('error', message, more.at(-1));
  }

  warn(message: unknown, context?: unknown): void {
    this.tell('warning', message, context);
  }

  log(): void {
    // Nobody waits for it.
  }

  private tell(level: 'error' | 'warning', message: unknown, context: unknown): void {
    const where = typeof context === 'string' ? `${context}: ` : '';
    this.terminal.tell(`weir: ${level}: ${where}${textOf(message)}`);
  }
}

function textOf(message: unknown): string {
  if (!(message instanceof Error)) return String(message);
  return message instanceof CacheError ? message.message : (message.stack ?? message.message);
}

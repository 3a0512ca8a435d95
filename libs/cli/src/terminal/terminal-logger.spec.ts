import { Logger } from '@nestjs/common';
import { UsageError } from '../errors';
import { TerminalLogger } from './terminal-logger';

const lines: string[] = [];
const logger = new Logger('Tracker');

beforeEach(() => {
  lines.length = 0;
  Logger.overrideLogger(new TerminalLogger({ tell: (line) => lines.push(line) }));
});

Logger.overrideLogger(new TerminalLogger({ tell: (line) => void lines.push(line) }));

describe('the log of a service that runs in a command', () => {
  it('has warnings and errors, and nothing that nobody waits for', () => {
    logger.log('ready');
    logger.debug('details');
    logger.warn('no UDP socket');
    logger.error('file unreadable');
    logger.fatal('over');
    expect(lines).toEqual([
      'weir: warning: Tracker: no UDP socket',
      'weir: error: Tracker: file unreadable',
      'weir: error: Tracker: over',
    ]);
  });

  it('tells what to mend in a line, and where it happened of what nobody foresaw', () => {
    logger.error(new UsageError('write another'));
    logger.error(new TypeError('x is not y'));
    expect(lines[0]).toBe('weir: error: Tracker: write another');
    expect(lines[1]).toMatch(/^weir: error: Tracker: TypeError: x is not y\n +at .*terminal-logger\.spec/);
  });
});

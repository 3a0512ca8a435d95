import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type LogLevel } from '@weir/config';
import { stdTimeFunctions } from 'pino';
import { type Options } from 'pino-http';

/** Where a secret could stand, whoever logs it. */
const secrets = ['authorization', 'cookie', 'password', 'secret', 'token', 'privateKey'];

/**
 * One line of JSON for each event. A request is logged without its headers, its query and where it came from: whoever
 * asks a tracker is a subscriber, and no address of theirs belongs into a log at `info`. What went well is logged at
 * `debug`, since a scrape every few seconds would bury the rest.
 */
export function loggerOptions(level: LogLevel) {
  return {
    level,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '***' },
    serializers: {
      req: ({ id, method, url }: LoggedRequest) => ({ id, method, path: url.replace(/\?.*$/s, '') }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
    customLogLevel: levelOfAnswer,
  } satisfies Options;
}

interface LoggedRequest {
  readonly id: unknown;
  readonly method: string;
  readonly url: string;
}

/** A client's mistakes are the client's to read about; ours are for the operator. Not to be ready (503) is neither. */
function levelOfAnswer(_: IncomingMessage, { statusCode }: ServerResponse, error?: Error): LogLevel {
  if (statusCode === 503) return 'debug';
  return error !== undefined || statusCode >= 500 ? 'error' : 'debug';
}

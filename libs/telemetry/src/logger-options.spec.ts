import { createServer, type Server } from 'node:http';
import { pino } from 'pino';
import { pinoHttp } from 'pino-http';
import { loggerOptions } from './logger-options';

class Lines {
  readonly written: Record<string, unknown>[] = [];
  private awaited: (line: Record<string, unknown>) => void = () => undefined;

  write(line: string): void {
    const event: Record<string, unknown> = JSON.parse(line);
    this.written.push(event);
    this.awaited(event);
  }

  async next(): Promise<Record<string, unknown>> {
    return await new Promise((resolve) => (this.awaited = resolve));
  }
}

it('writes one JSON object a line, with a readable level and time', () => {
  const lines = new Lines();
  const logger = pino(loggerOptions('info'), lines);
  logger.info({ swarms: 3 }, 'started');
  logger.debug('not shown');
  expect(lines.written).toEqual([
    expect.objectContaining({ level: 'info', msg: 'started', swarms: 3, time: expect.stringMatching(/^\d{4}-.*Z$/) }),
  ]);
});

it('hides secrets at any of the depths we log', () => {
  const lines = new Lines();
  pino(loggerOptions('info'), lines).info({
    token: 'hush',
    tracker: { password: 'hush', tls: { privateKey: 'hush' } },
  });
  expect(JSON.stringify(lines.written)).not.toContain('hush');
  expect(lines.written[0]).toMatchObject({ token: '***', tracker: { password: '***', tls: { privateKey: '***' } } });
});

it('is silent when told so', () => {
  const lines = new Lines();
  pino(loggerOptions('silent'), lines).fatal('nobody listens');
  expect(lines.written).toEqual([]);
});

describe('a request', () => {
  let server: Server;
  const lines = new Lines();

  beforeAll(async () => {
    const log = pinoHttp(loggerOptions('debug'), lines);
    server = createServer((request, response) => {
      log(request, response);
      response.statusCode = Number(request.url?.slice(1, 4)) || 404;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  async function logged(path: string): Promise<Record<string, unknown>> {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new TypeError('the server has a port');
    const line = lines.next();
    await fetch(`http://127.0.0.1:${address.port}${path}`, { headers: { authorization: 'Bearer hush' } });
    return await line;
  }

  it('is logged without address, headers and query', async () => {
    const line = await logged('/v1/swarms?key=hush');
    expect(line).toMatchObject({
      level: 'debug',
      req: { method: 'GET', path: '/v1/swarms' },
      res: { statusCode: 404 },
    });
    expect(JSON.stringify(line)).not.toMatch(/hush|127\.0\.0\.1|remote/);
  });

  it('that tells a prober we are not ready is no error', async () => {
    expect(await logged('/503')).toMatchObject({ level: 'debug', res: { statusCode: 503 } });
  });

  it('is an error if we could not answer it', async () => {
    expect(await logged('/500')).toMatchObject({ level: 'error', res: { statusCode: 500 } });
  });
});

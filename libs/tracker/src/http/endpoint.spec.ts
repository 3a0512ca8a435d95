import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { parsePrefix } from '@weir/ppspp';
import { errorCodes } from '@weir/ppstp';

import { limits } from '../limits';
import type { Answer, Requester } from '../tracker.service';
import { BodyReader } from './body-reader';
import { ClientAddresses } from './client-address';
import { type Answerer, TrackerEndpoint } from './endpoint';
import { Prover } from './proof';
import { posted, RawClient } from './raw-client.testing';

let server: Server;

async function serve(handle: RequestListener): Promise<string> {
  server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: AddressInfo | string | null = server.address();
  return `http://127.0.0.1:${String(typeof address === 'object' ? (address?.port ?? 0) : 0)}/`;
}

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const refusals = {
  peer: errorCodes.badRequest,
  load: errorCodes.serviceUnavailable,
  tracker: errorCodes.internalServerError,
};
const refuse: Answerer['refuse'] = (cause) => ({ errorCode: refusals[cause], text: cause });

describe('an endpoint', () => {
  const failures: unknown[] = [];
  const trusted = parsePrefix('127.0.0.0/8');

  const open = (answer: (requester: Requester) => Answer | Promise<Answer>, isProxied = false): Promise<string> => {
    const endpoint = new TrackerEndpoint(
      { answer: (_, requester) => answer(requester), refuse },
      {
        prover: new Prover(undefined),
        clients: new ClientAddresses(isProxied && trusted !== undefined ? [trusted] : []),
        failed: (error) => failures.push(error),
      },
    );
    return serve((request, response) => endpoint.handle(request, response));
  };
  const post = (url: string, headers: Record<string, string> = {}) =>
    fetch(url, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', ...headers } });

  it.each([
    [errorCodes.noError, 200],
    [errorCodes.badRequest, 200],
    [errorCodes.forbiddenAction, 200],
    [errorCodes.serviceUnavailable, 503],
    [errorCodes.authenticationRequired, 403],
  ])('answers error code %i with HTTP status %i', async (errorCode, status) => {
    const answer = await post(await open(() => ({ errorCode, text: 'body' })));
    expect([answer.status, await answer.text()]).toEqual([status, 'body']);
    expect(answer.headers.get('content-type')).toBe('application/ppsp-tracker+json');
    expect(answer.headers.get('retry-after')).toBe(status === 503 ? String(limits.retrySeconds) : null);
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  it.each([
    [
      'at once',
      () => {
        throw new RangeError('ours');
      },
    ],
    ['later', () => Promise.reject(new RangeError('ours'))],
  ])('answers 04, with status 500, where the tracker fails %s', async (_, answer) => {
    failures.length = 0;
    const refused = await post(await open(answer));
    expect([refused.status, await refused.text()]).toEqual([500, 'tracker']);
    expect(failures).toEqual([expect.objectContaining({ message: 'ours' })]);
  });

  it('ends a connection that asks on and on before it is answered', async () => {
    let asked = 0;
    const url = await open(() => {
      asked++;
      return new Promise<Answer>(() => undefined);
    });
    const flood = new RawClient(url);
    flood.send(posted('{}').repeat(limits.pipelinedMax * 4));
    await flood.closed;
    expect(asked).toBeLessThanOrEqual(limits.pipelinedMax + 1);
  });

  it('believes X-Forwarded-For of nobody but proxies that it trusts, and of those only what they wrote', async () => {
    const sources: string[] = [];
    const answer = ({ from }: Requester): Answer => {
      sources.push(from.ip);
      return { errorCode: 0, text: '' };
    };
    const forwarded = { 'x-forwarded-for': '192.0.2.66, 198.51.100.7:4711, 127.0.0.9' };
    await post(await open(answer), forwarded);
    server.closeAllConnections();
    server.close();
    const url = await open(answer, true);
    await post(url, forwarded);
    await post(url, { 'x-forwarded-for': '[2001:db8::7]:80' });
    await post(url, { 'x-forwarded-for': 'unknown' });
    await post(url);
    expect(sources).toEqual(['127.0.0.1', '198.51.100.7', '2001:db8::7', '127.0.0.1', '127.0.0.1']);
  });
});

describe('bodies', () => {
  const reader = new BodyReader({ bytesMax: 1_000, drainedMax: 2_000, heldMax: 1_500 });
  const read: RequestListener = (request: IncomingMessage, response) => {
    reader.read(request, (body) => response.end(typeof body === 'string' ? body : String(body.length)));
  };
  const post = async (url: string, length: number): Promise<string> =>
    (await fetch(url, { method: 'POST', body: 'x'.repeat(length) })).text();

  it.each([
    [0, '0'],
    [1_000, '1000'],
    [1_001, 'too-long'],
    [2_001, 'too-long'],
  ])('of %i bytes are %s', async (length, outcome) => {
    expect(await post(await serve(read), length)).toBe(outcome);
    expect(reader.heldBytes).toBe(0);
  });

  it('of many that never end take no more room than all may together, and leave it when they go', async () => {
    const url = await serve(read);
    const heard = new Promise<IncomingMessage>((resolve) => {
      server.once('request', (request: IncomingMessage) => request.once('data', () => resolve(request)));
    });
    const endless = new RawClient(url);
    endless.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n${'x'.repeat(900)}`);
    const request = await heard;
    expect(reader.heldBytes).toBe(900);
    expect(await post(url, 800)).toBe('no-room');
    expect(await post(url, 500)).toBe('500');
    const gone = new Promise((resolve) => request.once('close', resolve));
    endless.destroy();
    await gone;
    expect(reader.heldBytes).toBe(0);
    expect(await post(url, 800)).toBe('800');
  });
});

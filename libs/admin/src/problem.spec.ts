import { BadRequestException, ImATeapotException } from '@nestjs/common';
import { CacheError, InvariantError } from '@weir/ppspp';
import { AdminApp, idOf } from './admin.testing';
import { limits, problemOf } from '@weir/rest';
import { problemRules, problemStatuses, problemView } from './problem';

let admin: AdminApp;

beforeAll(async () => {
  admin = await AdminApp.start();
});
afterAll(() => admin.close());

const path = '/v1/swarms';
const text = JSON.stringify({ swarmId: idOf('a') });

type Refused = Parameters<AdminApp['request']>;

it.each<[string, Refused, number, string]>([
  ['a route that there is not', ['GET', '/v2/swarms'], 404, 'ROUTE_NOT_FOUND'],
  ['a method that there is not', ['DELETE', '/v1/status'], 404, 'ROUTE_NOT_FOUND'],
  ['a path that is not encoded', ['GET', '/v1/swarms/%E0%A4%A'], 400, 'REQUEST_MALFORMED'],
  ['an endless path', ['GET', `/v1/swarms/${'a'.repeat(3_000)}`], 414, 'REQUEST_REFUSED'],
  ['a body that is no JSON', ['POST', path, { text: '{' }], 400, 'REQUEST_MALFORMED'],
  ['an empty body', ['POST', path, { text: '' }], 400, 'REQUEST_MALFORMED'],
  ['no body', ['POST', path], 400, 'REQUEST_INVALID'],
  ['a list', ['POST', path, { body: [] }], 400, 'REQUEST_INVALID'],
  ['another prototype', ['POST', path, { text: '{"__proto__":{"swarmId":"a"}}' }], 400, 'REQUEST_MALFORMED'],
  ['a form', ['POST', path, { text: 'a=b', type: 'application/x-www-form-urlencoded' }], 415, 'BODY_TYPE_UNSUPPORTED'],
  ['plain text', ['POST', path, { text, type: 'text/plain' }], 415, 'BODY_TYPE_UNSUPPORTED'],
  ['any other type', ['POST', path, { text, type: 'application/xml' }], 415, 'BODY_TYPE_UNSUPPORTED'],
  ['a long body', ['POST', path, { text: text.padEnd(limits.bodyBytesMax + 1) }], 413, 'BODY_TOO_LARGE'],
])('%s is answered as a problem', async (_, request, status, code) => {
  const answer = await admin.request(...request);
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  const problem = problemView.strict().parse(answer.json);
  expect(problem).toMatchObject({ type: 'about:blank', status, code });
  expect(problem.detail).not.toBe('');
});

it('takes the longest body that it says', async () => {
  const answer = await admin.request('POST', path, { text: text.padEnd(limits.bodyBytesMax) });
  expect(answer.status).toBe(202);
});

class StoreFull extends CacheError<'STORE_BUSY' | 'STORE_CORRUPT'> {}

describe('what fails behind a route', () => {
  afterEach(() => {
    admin.peer.failure = undefined;
  });

  it('is told if it passes', async () => {
    admin.peer.failure = new StoreFull('STORE_BUSY', 'too many commits wait');
    const { status, json } = await admin.request('GET', '/v1/status');
    expect(status).toBe(503);
    expect(json).toMatchObject({ code: 'STORE_BUSY', detail: 'too many commits wait', title: 'Service Unavailable' });
  });

  it.each([
    new StoreFull('STORE_CORRUPT', 'a secret'),
    new InvariantError('INVARIANT_VIOLATED', 'a secret'),
    new TypeError('a secret'),
    Object.assign(new Error('a secret'), { statusCode: 502 }),
    'a secret',
  ])('is kept to ourselves otherwise: %s', async (failure) => {
    admin.peer.failure = failure;
    const { status, text: answer, json } = await admin.request('GET', '/v1/status');
    expect(status).toBe(500);
    expect(json).toEqual({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
      detail: 'the appliance failed at this request; its log says why',
      code: 'INTERNAL_ERROR',
    });
    expect(answer).not.toContain('secret');
  });
});

it('is a problem whatever is thrown', () => {
  expect(problemOf(new BadRequestException('a secret'), problemRules)).toMatchObject({
    status: 400,
    code: 'REQUEST_MALFORMED',
  });
  expect(problemOf(new ImATeapotException(), problemRules)).toMatchObject({ status: 418, code: 'REQUEST_REFUSED' });
  for (const thrown of [undefined, null, 7, {}, { statusCode: 404 }, Object.assign(new Error(), { statusCode: 200 })]) {
    expect(problemOf(thrown, problemRules)).toMatchObject({ status: 500, code: 'INTERNAL_ERROR' });
  }
});

it('has a status of an error for every code that it tells', () => {
  for (const status of Object.values(problemStatuses)) expect(status).toBeGreaterThanOrEqual(400);
});

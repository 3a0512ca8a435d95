import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse, requestRoot, responseRoot } from '@weir/ppstp';
import { z } from 'zod';

const folder = join(__dirname, '../vectors/ppstp');
const vector = z.strictObject({
  example: z.string(),
  kind: z.enum(['request', 'response']),
  body: z.unknown(),
  value: z.unknown(),
  strict: z.unknown(),
});

/** The examples of RFC 7846: see test/vectors/ppstp/README.md. */
const examples = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => vector.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))));

const requests = examples.filter(({ kind }) => kind === 'request');
const responses = examples.filter(({ kind }) => kind === 'response');

it('are all that RFC 7846 has', () => {
  expect([requests.length, responses.length]).toEqual([5, 3]);
});

describe('requests of RFC 7846', () => {
  it.each(requests)('decodes $example', ({ body, value }) => {
    expect(decodeRequest(JSON.stringify(body))).toEqual({ ok: true, message: value });
  });

  it.each(requests)('encodes $example, as it is defined', ({ body, value, strict }) => {
    const decoded = decodeRequest(JSON.stringify(body));
    const sent = decoded.ok ? encodeRequest(decoded.message) : '';
    expect(JSON.parse(sent)).toEqual(strict);
    expect(requestRoot.safeParse(strict).success).toBe(true);
    expect(decodeRequest(sent)).toEqual({ ok: true, message: value });
  });
});

describe('responses of RFC 7846', () => {
  it.each(responses)('decodes $example', ({ body, value }) => {
    expect(decodeResponse(JSON.stringify(body))).toEqual({ ok: true, message: value });
  });

  it.each(responses)('encodes $example, as it is defined', ({ body, value, strict }) => {
    const decoded = decodeResponse(JSON.stringify(body));
    const sent = decoded.ok ? encodeResponse(decoded.message) : '';
    expect(JSON.parse(sent)).toEqual(strict);
    expect(responseRoot.safeParse(strict).success).toBe(true);
    expect(decodeResponse(sent)).toEqual({ ok: true, message: value });
  });
});

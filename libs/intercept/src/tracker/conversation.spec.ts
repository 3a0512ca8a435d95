import * as fc from 'fast-check';
import { encodeRequest, encodeResponse } from '@weir/ppstp';
import { answered, cut, overhear, posted, type Overheard } from './conversation.testing';
import { headBytesMax, requestBodyBytesMax, responseBodyBytesMax } from './limits';
import type { PassReason } from './message-reader';

const find = encodeRequest({ type: 'FIND', transactionId: '7', peerId: 'ab', swarmId: '11' });
const found = encodeResponse({ transactionId: '7', errorCode: 0, results: [] });

const words = fc.constantFrom(
  ...[
    'POST / HTTP/1.1\r\n',
    'POST /ppstp HTTP/1.0\r\n',
    'GET / HTTP/1.1\r\n',
    'HTTP/1.1 200 OK\r\n',
    'HTTP/1.1 100 \r\n',
  ],
  ...[
    'Content-Length: 3\r\n',
    'Content-Length: 3, 3\r\n',
    'Content-Length: +3\r\n',
    'Content-Length: 999999999999\r\n',
  ],
  ...[
    'Transfer-Encoding: chunked\r\n',
    'Connection: upgrade\r\n',
    ' folded\r\n',
    'bare\n',
    '\r',
    '\0',
    '\r\n',
    '\r\n\r\n',
  ],
  ...['3\r\nabc\r\n', '0\r\n\r\n', '{}', '\x16\x03\x01\x02\x00', posted(find), answered(found), posted('{}')],
);
const talk = fc.array(
  fc.record({ by: fc.constantFrom('subscriber' as const, 'tracker' as const), text: fc.oneof(words, fc.string()) }),
  { maxLength: 20 },
);

describe('Conversation', () => {
  it('sends everything on as it came, whoever says what when', () => {
    fc.assert(
      fc.property(talk, (lines) => {
        const heard = overhear();
        for (const { by, text } of lines) heard[by](text);
        heard.end();
        const meant = lines.filter(({ by }) => by === 'tracker').map(({ text }) => text);
        expect(heard.text()).toBe(Buffer.from(meant.join(''), 'latin1').toString('latin1'));
        expect(heard.conversation.heldBytes).toBe(0);
      }),
      { numRuns: 2_000 },
    );
  });

  it('puts one answer in the place of another, in whatever pieces it comes, and nothing else', () => {
    const exchange = fc.record({
      asked: cut(posted(find, ['X: y'])),
      told: cut(answered(found, ['Server: some'])),
      change: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(exchange, { minLength: 1, maxLength: 4 }), (exchanges) => {
        const changes = exchanges.map(({ change }) => change);
        const heard = overhear({ answer: () => (changes.shift() === true ? '{"grüße": 1}' : undefined) });
        for (const { asked, told } of exchanges) {
          for (const piece of asked) heard.subscriber(piece);
          for (const piece of told) heard.tracker(piece);
        }
        const changed = Buffer.from('{"grüße": 1}').toString('latin1');
        const other = answered(changed, ['Server: some']);
        expect(heard.text()).toBe(exchanges.map(({ change, told }) => (change ? other : told.join(''))).join(''));
        expect(heard.outcomes).toEqual(exchanges.map(({ change }) => (change ? 'rewritten' : 'unchanged')));
        expect(heard.requests).toHaveLength(exchanges.length);
        expect(heard.reasons).toEqual([]);
      }),
    );
  });

  it('holds nothing of a response back that cannot be one of PPSTP', () => {
    for (const text of ['H', 'HTTP/1.1 2', 'HTTP/1.1 200 OK\r\nContent-Le']) {
      const heard = begun();
      heard.tracker(text);
      expect(heard.text()).toBe('');
      heard.tracker('\r\n\r\n');
      expect(heard.text()).toBe(`${text}\r\n\r\n`);
    }
    const heard = begun();
    heard.tracker('X');
    expect(heard.text()).toBe('X');
  });

  const passed: Record<string, [PassReason, (heard: Overheard) => void]> = {
    TLS: ['not-ppstp', ({ subscriber }) => subscriber('\x16\x03\x01')],
    'another method': ['not-ppstp', ({ subscriber }) => subscriber('GET /healthz')],
    'an upgrade': ['not-ppstp', ({ subscriber }) => subscriber(posted(find, ['Connection: Upgrade', 'Upgrade: h2c']))],
    'an expectation': ['not-ppstp', ({ subscriber }) => subscriber(posted(find, ['Expect: 100-continue']))],
    'a chunked request': ['not-ppstp', ({ subscriber }) => subscriber(posted(find, ['Transfer-Encoding: chunked']))],
    'two lengths': ['not-ppstp', ({ subscriber }) => subscriber(posted(find, ['Content-Length: 3']))],
    'JSON of no request': ['not-ppstp', ({ subscriber }) => subscriber(posted('{"PPSPTrackerProtocol":{}}'))],
    'no UTF-8': ['not-ppstp', ({ subscriber }) => subscriber(posted('\xff\xfe'))],
    'an endless head': ['oversized', ({ subscriber }) => subscriber(`POST ${'a'.repeat(headBytesMax)}`)],
    'a long body': [
      'oversized',
      ({ subscriber }) => subscriber(`${head('POST / HTTP/1.1', requestBodyBytesMax + 1)}{`),
    ],
    'the next request before the response': ['pipelined', ({ subscriber }) => subscriber(posted(find) + posted(find))],
    'a response that nobody asked for': ['unexpected-response', ({ tracker }) => tracker(answered(found))],
    'a response before the request is whole': [
      'unexpected-response',
      ({ subscriber, tracker }) => {
        subscriber(posted(find).slice(0, 30));
        tracker('HTTP/1.1 413 Too Large\r\n');
      },
    ],
    'a second response': ['unexpected-response', after(answered(found) + answered(found))],
    'a response that ends with the connection': ['not-ppstp', after('HTTP/1.1 200 OK\r\n\r\n{}')],
    'a chunked response': ['not-ppstp', after('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')],
    'another status': ['not-ppstp', after(answered(found).replace('200 OK', '204 No'))],
    'a response before the last': ['not-ppstp', after('HTTP/1.1 100 Continue\r\n\r\n')],
    'a long response': ['oversized', after(head('HTTP/1.1 200 OK', responseBodyBytesMax + 1))],
    'the end of a request in the middle': [
      'ended',
      (heard) => {
        heard.subscriber('POST /');
        heard.end();
      },
    ],
    'the end of a response in the middle': [
      'ended',
      (heard) => {
        after(answered(found).slice(0, -1))(heard);
        heard.end();
      },
    ],
  };

  it.each(Object.entries(passed))('reads no further after %s', (_, [reason, say]) => {
    const heard = overhear({ answer: () => 'changed' });
    say(heard);
    const before = heard.text();
    expect(heard.reasons).toEqual([reason]);
    heard.subscriber(posted(find));
    heard.tracker(answered(found));
    expect(heard.text()).toBe(before + answered(found));
    expect(heard.conversation.heldBytes).toBe(0);
    expect(heard.reasons).toHaveLength(1);
  });

  it.each([
    ['Content-Encoding: gzip'],
    ['Content-MD5: x'],
    ['Digest: x'],
    ['Signature: x'],
    ['Authentication-Info: x'],
    ['Content-Range: bytes 0-9/10'],
  ])('leaves a body as it is that %s speaks of, and reads on', (field) => {
    const heard = overhear({ answer: () => 'changed' });
    heard.subscriber(posted(find));
    heard.tracker(answered(found, [field]));
    expect(heard.text()).toBe(answered(found, [field]));
    expect(heard.outcomes).toEqual(['unchanged']);
  });

  it('takes messages of the longest kind, at their edge', () => {
    const heard = overhear({ answer: (text) => text.toUpperCase() });
    const long = find + ' '.repeat(requestBodyBytesMax - find.length);
    heard.subscriber(posted(long));
    const told = found + ' '.repeat(responseBodyBytesMax - found.length);
    heard.tracker(answered(told));
    expect(heard.outcomes).toEqual(['rewritten']);
    const padded = 'X: '.padEnd(headBytesMax - posted(find).length + find.length - 2, 'x');
    heard.subscriber(posted(find, [padded]));
    expect(heard.requests).toHaveLength(2);
  });

  it('passes what there is no time to parse', () => {
    const heard = overhear({ hasTime: () => false });
    heard.subscriber(posted(find));
    expect(heard.reasons).toEqual(['load']);
    const times = [true, false];
    const changing = overhear({ answer: () => 'changed', hasTime: () => times.shift() ?? false });
    changing.subscriber(posted(find));
    changing.tracker(answered(found));
    expect(changing.outcomes).toEqual(['unchanged']);
  });

  it('holds no more than one message at a time', () => {
    const heard = overhear();
    expect(heard.conversation.heldBytes).toBe(0);
    heard.subscriber(posted(find).slice(0, 100));
    expect(heard.conversation.heldBytes).toBe(100);
    heard.subscriber(posted(find).slice(100));
    expect(heard.conversation.heldBytes).toBe(0);
    heard.tracker('HTTP/1.1');
    expect(heard.conversation.heldBytes).toBe(8);
    heard.end();
    expect(heard.conversation.heldBytes).toBe(0);
  });

  it('ends quietly between two exchanges', () => {
    const heard = overhear();
    heard.subscriber(posted(find));
    heard.tracker(answered(found));
    heard.end();
    heard.end();
    expect(heard.reasons).toEqual([]);
  });
});

function begun(): Overheard {
  const heard = overhear({ answer: () => 'changed' });
  heard.subscriber(posted(find));
  return heard;
}

function after(response: string): (heard: Overheard) => void {
  return ({ subscriber, tracker }) => {
    subscriber(posted(find));
    tracker(response);
  };
}

function head(start: string, length: number): string {
  return `${start}\r\nContent-Length: ${String(length)}\r\n\r\n`;
}

import * as fc from 'fast-check';

import { Transactions } from './transactions';

const options = { keptMicros: 1_000, answersMax: 3, charsMax: 100 };

/** Ten characters with its key, request and answer. */
const small = { body: 'body', answer: 'answ' };

describe('repeated transactions, RFC 7846 section 4.3', () => {
  it('are answered as before, if all of their content is identical', () => {
    const transactions = new Transactions(options);
    transactions.keep('k1', small, 0);
    expect(transactions.answerTo('k1', 'body', 999)).toBe('answ');
    expect(transactions.answerTo('k1', 'bodY', 999)).toBeUndefined();
    expect(transactions.answerTo('k2', 'body', 999)).toBeUndefined();
  });

  it('are forgotten in time, which begins anew with a new answer', () => {
    const transactions = new Transactions(options);
    transactions.keep('k1', small, 0);
    transactions.keep('k2', small, 1);
    transactions.keep('k1', { body: 'body', answer: 'new!' }, 2);
    expect(transactions.answerTo('k2', 'body', 1_001)).toBeUndefined();
    expect(transactions.answerTo('k1', 'body', 1_001)).toBe('new!');
    expect(transactions.answerTo('k1', 'body', 1_002)).toBeUndefined();
    expect(transactions.size).toBe(0);
  });

  it('push out the oldest where there are too many, or too long ones', () => {
    const transactions = new Transactions(options);
    for (const [at, key] of ['k1', 'k2', 'k3', 'k4'].entries()) transactions.keep(key, small, at);
    expect(['k1', 'k2', 'k3', 'k4'].map((key) => transactions.answerTo(key, 'body', 4))).toEqual([
      undefined,
      'answ',
      'answ',
      'answ',
    ]);
    // With its key it is 85 characters, and leaves room for one of ten.
    transactions.keep('k5', { body: 'b', answer: 'a'.repeat(82) }, 5);
    expect(transactions.size).toBe(2);
    expect(transactions.answerTo('k4', 'body', 5)).toBe('answ');
  });

  it('are not kept at all where one is too long, and cost others nothing', () => {
    const transactions = new Transactions(options);
    transactions.keep('k1', small, 0);
    transactions.keep('k2', { body: 'b', answer: 'a'.repeat(98) }, 1);
    expect(transactions.answerTo('k2', 'b', 1)).toBeUndefined();
    expect(transactions.answerTo('k1', 'body', 1)).toBe('answ');
  });

  it('take no more room than they may, whatever comes', () => {
    const step = fc.record({ key: fc.nat({ max: 5 }), chars: fc.nat({ max: 110 }), wait: fc.nat({ max: 600 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const transactions = new Transactions(options);
        const kept = new Map<string, number>();
        let now = 0;
        for (const { key, chars, wait } of steps) {
          now += wait;
          const name = `k${String(key)}`;
          transactions.keep(name, { body: '', answer: 'a'.repeat(chars) }, now);
          kept.set(name, chars);
          const there = [...kept.keys()].filter((one) => transactions.answerTo(one, '', now) !== undefined);
          const room = there.reduce((sum, one) => sum + one.length + (kept.get(one) ?? 0), 0);
          expect(transactions.size).toBe(there.length);
          expect(there.length <= options.answersMax && room <= options.charsMax).toBe(true);
          expect(there.includes(name)).toBe(name.length + chars <= options.charsMax);
        }
      }),
    );
  });
});

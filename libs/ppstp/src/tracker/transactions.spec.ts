import * as fc from 'fast-check';

import { Transactions } from './transactions';

const options = { keptMicros: 1_000, answersMax: 4, charsMax: 100 };

describe('repeated transactions, RFC 7846 section 4.3', () => {
  it('are answered as before, if all of their content is identical', () => {
    const transactions = new Transactions<string>(options);
    transactions.keep('anna body', { answer: 'one', chars: 3 }, 0);
    expect(transactions.answerTo('anna body', 999)).toBe('one');
    expect(transactions.answerTo('anna bodY', 999)).toBeUndefined();
    expect(transactions.answerTo('otto body', 999)).toBeUndefined();
  });

  it('are kept for their time, and forgotten within twice of it', () => {
    const transactions = new Transactions<string>(options);
    transactions.keep('k1', { answer: 'one', chars: 3 }, 500);
    transactions.keep('k2', { answer: 'two', chars: 3 }, 999);
    expect(transactions.answerTo('k1', 1_500)).toBe('one');
    expect(transactions.answerTo('k2', 1_998)).toBe('two');
    expect(transactions.answerTo('k2', 2_999)).toBeUndefined();
    expect(transactions.size).toBe(0);
    transactions.keep('k3', { answer: 'three', chars: 5 }, 3_000);
    expect(transactions.answerTo('k3', 5_500)).toBeUndefined();
    expect(transactions.size).toBe(0);
  });

  it('push out those of before where there are too many, or too long ones', () => {
    const transactions = new Transactions<number>(options);
    for (let at = 1; at <= 5; at++) transactions.keep(`k${String(at)}`, { answer: at, chars: 0 }, 0);
    const there = () => [1, 2, 3, 4, 5, 6].filter((at) => transactions.answerTo(`k${String(at)}`, 0) === at);
    expect(there()).toEqual([3, 4, 5]);
    transactions.keep('k6', { answer: 6, chars: 48 }, 0);
    expect(there()).toEqual([5, 6]);
  });

  it('are not kept at all where one is too long, and cost others nothing', () => {
    const transactions = new Transactions<string>(options);
    transactions.keep('k1', { answer: 'one', chars: 3 }, 0);
    transactions.keep('k2', { answer: 'two', chars: 49 }, 1);
    expect(transactions.answerTo('k2', 1)).toBeUndefined();
    expect(transactions.answerTo('k1', 1)).toBe('one');
  });

  it('take no more room than they may, whatever comes, and the last one is there', () => {
    const step = fc.record({ key: fc.nat({ max: 8 }), chars: fc.nat({ max: 60 }), wait: fc.nat({ max: 600 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const transactions = new Transactions<number>(options);
        let now = 0;
        for (const { key, chars, wait } of steps) {
          now += wait;
          const name = `k${String(key)}`;
          transactions.keep(name, { answer: chars, chars }, now);
          const there = Array.from({ length: 9 }, (_, at) => `k${String(at)}`).flatMap((one) => {
            const kept = transactions.answerTo(one, now);
            return kept === undefined ? [] : [one.length + kept];
          });
          expect(transactions.size).toBeLessThanOrEqual(options.answersMax);
          expect(there.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(options.charsMax);
          if (name.length + chars <= options.charsMax / 2) expect(transactions.answerTo(name, now)).toBe(chars);
        }
      }),
    );
  });
});

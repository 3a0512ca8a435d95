import fc from 'fast-check';
import * as marks from './marks';

const named = [marks.divertedMark, marks.passedContentMark, marks.passedOtherMark, marks.relayedMark];

it('has no two marks alike', () => {
  expect(new Set(named).size).toBe(named.length);
});

it('has no epoch that is one of the marks, whenever it begins', () => {
  const last = marks.epochBase + 2 ** marks.epochBits - 1;
  for (const mark of named) expect(mark < marks.epochBase || mark > last).toBe(true);
  fc.assert(
    fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (now) => {
      const epoch = marks.epochAt(now);
      expect(epoch).toBeGreaterThanOrEqual(marks.epochBase);
      expect(epoch).toBeLessThanOrEqual(last);
    }),
  );
});

it('has another epoch a tick later', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 50), (now) => {
      expect(marks.epochAt(now)).not.toBe(marks.epochAt(now + marks.epochTickMillis * 1_000));
    }),
  );
});

it('lets a stalled thread know of its stall before its epoch ends', () => {
  expect(marks.signOfLifeMillis).toBeLessThan(marks.lifeLostMillis);
  expect(marks.lifeLostMillis + marks.heartbeatMillis).toBeLessThan(marks.epochTimeoutMillis);
});

import fc from 'fast-check';
import { lifeLostMillis } from '@weir/datagram';
import { FlowWatch } from './flow-watch';

const lost = lifeLostMillis * 1_000;

describe('FlowWatch', () => {
  it('keeps its flows as long as it looks often enough', () => {
    const watch = new FlowWatch(7, 0);
    expect([1, 2, 3].map((turn) => watch.look(7, turn * lost))).toEqual([undefined, undefined, undefined]);
    expect(watch.keeps(0)).toBe(true);
  });

  it('loses them when it did not look for too long, once', () => {
    const watch = new FlowWatch(7, 0);
    expect(watch.look(7, lost + 1)).toBe('stalled');
    expect(watch.look(7, lost + 1)).toBeUndefined();
    expect([lost, lost + 1].map((arrival) => watch.keeps(arrival))).toEqual([false, true]);
  });

  it('loses them when they are revoked, and says so though it stalled as well', () => {
    const watch = new FlowWatch(7, 0);
    expect(watch.look(8, 1)).toBe('revoked');
    expect(watch.look(8, 2)).toBeUndefined();
    expect(watch.look(9, 3 * lost)).toBe('revoked');
    expect(watch.look(9, 3 * lost)).toBeUndefined();
  });

  it('never keeps what came before a loss, whatever happens when', () => {
    const looks = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 2 * lost })));
    fc.assert(
      fc.property(looks, (steps) => {
        const watch = new FlowWatch(0, 0);
        let now = 0;
        let lostAt = 0;
        for (const [generation, pause] of steps) {
          now += pause;
          if (watch.look(generation, now) !== undefined) lostAt = now;
          expect(watch.keeps(now)).toBe(true);
          expect(watch.keeps(lostAt - 1)).toBe(false);
        }
      }),
    );
  });
});

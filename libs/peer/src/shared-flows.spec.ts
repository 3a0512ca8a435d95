import fc from 'fast-check';
import type { Address } from '@weir/ppspp';
import { SharedFlows } from './shared-flows';

const address = fc.record({ ip: fc.oneof(fc.ipV4(), fc.ipV6()), port: fc.integer({ min: 1, max: 65_535 }) });

describe('SharedFlows', () => {
  const from = { ip: '192.0.2.1', port: 6_778 };
  const origin = { ip: '198.51.100.7', port: 6_778 };

  function pair(): [SharedFlows, SharedFlows] {
    const one = new SharedFlows(0, 2);
    return [one, new SharedFlows(1, 2, one.memory)];
  }

  it('tells every thread of the flows of all', () => {
    const [one, other] = pair();
    one.add(from, origin);
    other.add(from, origin);
    one.remove(from, origin);
    expect([one, other].map((flows) => flows.has(from, origin))).toEqual([true, true]);
    other.remove(from, origin);
    expect([one, other].map((flows) => flows.has(from, origin))).toEqual([false, false]);
  });

  it('tells the two directions and the ports apart', () => {
    const [one] = pair();
    one.add(from, origin);
    const others: [Address, Address][] = [
      [origin, from],
      [{ ...from, port: 6_779 }, origin],
      [from, { ...origin, port: 6_779 }],
    ];
    expect(others.map(([a, b]) => one.has(a, b))).toEqual([false, false, false]);
  });

  it('forgets the flows of a thread that ended, and no others', () => {
    const [one, other] = pair();
    one.add(from, origin);
    other.add(origin, from);
    one.clear(0);
    expect([one.has(from, origin), one.has(origin, from)]).toEqual([false, true]);
  });

  it('tells every thread for two seconds what any of them passed, whether or not the clock turns over', () => {
    for (const start of [5, 2 ** 31 - 1, 2 ** 32 - 1]) {
      let millis = start;
      const clock = () => millis * 1_000;
      const one = new SharedFlows(0, 2, undefined, clock);
      const other = new SharedFlows(1, 2, one.memory, clock);
      expect([one.passes(from, origin), other.passes(from, origin)]).toEqual([false, false]);
      one.pass(from, origin);
      millis += 1_999;
      expect([one.passes(from, origin), other.passes(from, origin)]).toEqual([true, true]);
      expect([other.passes(origin, from), other.has(from, origin)]).toEqual([false, false]);
      millis += 1;
      expect([one.passes(from, origin), other.passes(from, origin)]).toEqual([false, false]);
    }
  });

  it('never denies a flow that is held', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(address, address), { maxLength: 50 }), fc.nat(50), (flows, ended) => {
        const [one, other] = pair();
        flows.forEach(([a, b], at) => (at % 2 === 0 ? one : other).add(a, b));
        flows.slice(0, ended).forEach(([a, b], at) => (at % 2 === 0 ? one : other).remove(a, b));
        for (const [a, b] of flows.slice(ended)) expect(one.has(a, b) && other.has(a, b)).toBe(true);
      }),
    );
  });

  it('keeps a bucket that overflowed held for ever', () => {
    const [one] = pair();
    for (let count = 0; count < 300; count++) one.add(from, origin);
    for (let count = 0; count < 300; count++) one.remove(from, origin);
    expect(one.has(from, origin)).toBe(true);
  });
});

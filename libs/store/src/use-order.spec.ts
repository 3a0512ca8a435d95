import fc from 'fast-check';
import { UseOrder } from './use-order';

describe('the order of use', () => {
  it('is that of a list, whatever is appended, touched and removed', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.constant({ act: 'append' as const, at: 0 }) },
      { weight: 2, arbitrary: fc.record({ act: fc.constant('touch' as const), at: fc.nat(3000) }) },
      { weight: 1, arbitrary: fc.record({ act: fc.constant('remove' as const), at: fc.nat(3000) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const order = new UseOrder();
        const list: { slot: number; index: number }[] = [];
        steps.forEach(({ act, at }, index) => {
          if (act === 'append') list.push({ slot: order.append(7, index), index });
          const [entry] = act !== 'append' && list.length > 0 ? list.splice(at % list.length, 1) : [];
          if (entry !== undefined && act === 'touch') {
            order.touch(entry.slot);
            list.push(entry);
          } else if (entry !== undefined) order.remove(entry.slot);
          expect(order.oldest()).toEqual(list[0] && { swarm: 7, index: list[0].index });
        });
      }),
    );
  });

  it('grows, and keeps the order', () => {
    const order = new UseOrder();
    const slots = Array.from({ length: 5000 }, (_, index) => order.append(1, index));
    for (const [index, slot] of slots.entries()) {
      expect(order.oldest()).toEqual({ swarm: 1, index });
      order.remove(slot);
    }
    expect(order.oldest()).toBeUndefined();
  });
});

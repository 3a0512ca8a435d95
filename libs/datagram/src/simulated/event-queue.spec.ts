import fc from 'fast-check';
import { EventQueue } from './event-queue';

it('returns events by time, those of one time in the order in which they came', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), (times) => {
      const queue = new EventQueue<{ due: number; order: number }>();
      times.forEach((due, order) => queue.add({ due, order }));
      const taken = times.map(() => queue.takeDue(Infinity));
      const expected = times
        .map((due, order) => ({ due, order }))
        .sort((one, other) => one.due - other.due || one.order - other.order);
      expect(taken).toEqual(expected);
      expect(queue.size).toBe(0);
    }),
  );
});

it('keeps what is not due', () => {
  const queue = new EventQueue();
  queue.add({ due: 10 });
  expect(queue.takeDue(9)).toBeUndefined();
  expect(queue.nextDue).toBe(10);
  expect(queue.takeDue(10)).toEqual({ due: 10 });
  expect(queue.nextDue).toBeUndefined();
});

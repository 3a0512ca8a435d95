import * as fc from 'fast-check';
import { limits } from '../limits';
import { RequestQueue } from './request-queue';

function drained(queue: RequestQueue): number[] {
  const taken: number[] = [];
  for (let chunk = queue.peek(); chunk !== undefined; chunk = queue.peek()) {
    queue.take(chunk);
    taken.push(chunk);
  }
  return taken;
}

describe('RequestQueue', () => {
  it('gives chunks in the order in which they were asked for', () => {
    const queue = new RequestQueue();
    queue.push({ first: 10, last: 12 });
    queue.push({ first: 3, last: 4 });
    expect(queue.empty).toBe(false);
    expect(drained(queue)).toEqual([10, 11, 12, 3, 4]);
    expect(queue.empty).toBe(true);
  });

  it('gives a chunk once that was asked for twice', () => {
    const queue = new RequestQueue();
    queue.push({ first: 0, last: 5 });
    queue.push({ first: 3, last: 8 });
    expect(drained(queue)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('gives what was lost before all others, and says so', () => {
    const queue = new RequestQueue();
    queue.push({ first: 0, last: 1 });
    queue.retransmit(7);
    expect(queue.peek()).toBe(7);
    expect(queue.take(7)).toBe(true);
    expect(queue.take(0)).toBe(false);
    expect(drained(queue)).toEqual([1]);
  });

  it('forgets what is cancelled, parked or lost as it may be', () => {
    const queue = new RequestQueue();
    queue.push({ first: 0, last: 9 });
    queue.push({ first: 64, last: 70 });
    queue.retransmit(100);
    queue.park(1);
    queue.cancel({ first: 2, last: 68 });
    queue.cancel({ first: 100, last: 100 });
    queue.unpark(1);
    expect(drained(queue)).toEqual([69, 70, 0, 1]);
  });

  it('sets aside what is not at hand, and goes on with it first once it is', () => {
    const queue = new RequestQueue();
    queue.push({ first: 60, last: 130 });
    queue.park(0);
    queue.park(1);
    expect(queue.peek()).toBe(128);
    expect([0, 1, 2].map((extent) => queue.waitsFor(extent))).toEqual([true, true, false]);
    expect(queue.unpark(1)).toBe(true);
    expect(queue.unpark(1)).toBe(false);
    expect(queue.peek()).toBe(64);
    queue.unpark(0);
    expect(drained(queue)).toEqual([...range(60, 127), ...range(128, 130)]);
  });

  it('tells which extents come next', () => {
    const queue = new RequestQueue();
    queue.push({ first: 300, last: 301 });
    queue.push({ first: 0, last: 200 });
    expect(queue.upcoming(3)).toEqual([4, 0, 1]);
    expect(queue.upcoming(9)).toEqual([4, 0, 1, 2, 3]);
  });

  it('is bounded: ranges beyond it are refused, and can be asked for again later', () => {
    const queue = new RequestQueue();
    for (let at = 0; at < limits.requestRangesMax; at++) expect(queue.push({ first: at * 2, last: at * 2 })).toBe(true);
    expect(queue.push({ first: 1_000_000, last: 1_000_000 })).toBe(false);
    const [first] = drained(queue);
    expect(first).toBe(0);
    expect(queue.push({ first: 1_000_000, last: 1_000_000 })).toBe(true);
  });

  it('is not torn into pieces without end', () => {
    const queue = new RequestQueue();
    queue.push({ first: 0, last: 1_000_000 });
    for (let chunk = 1; chunk < 20_000; chunk += 2) queue.cancel({ first: chunk, last: chunk });
    expect(queue.peek()).toBe(0);
    const kept = Array.from({ length: 10_000 }, (_, at) => 2 * at + 1).filter((chunk) => {
      queue.park(Math.floor(chunk / 64));
      return queue.waitsFor(Math.floor(chunk / 64));
    });
    expect(kept.length).toBeGreaterThan(0);
  });

  it('gives a chunk once that was asked for again while it was parked', () => {
    const queue = new RequestQueue();
    queue.push({ first: 0, last: 0 });
    queue.park(0);
    queue.push({ first: 0, last: 0 });
    queue.take(0);
    queue.unpark(0);
    expect(queue.peek()).toBeUndefined();
  });

  it('holds each chunk that was asked for and not cancelled, whatever is done, until it is taken', () => {
    const chunk = fc.nat(255);
    const span = fc.tuple(chunk, fc.nat(40)).map(([first, more]) => ({ first, last: Math.min(255, first + more) }));
    const step = fc.oneof(
      fc.record({ kind: fc.constantFrom('push', 'cancel'), span }),
      fc.record({ kind: fc.constantFrom('park', 'unpark'), span }),
      fc.record({ kind: fc.constant('take'), span }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const queue = new RequestQueue();
        const wanted = new Set<number>();
        for (const {
          kind,
          span: { first, last },
        } of steps) {
          if (kind === 'push' && queue.push({ first, last })) range(first, last).forEach((at) => wanted.add(at));
          if (kind === 'cancel') queue.cancel({ first, last });
          if (kind === 'cancel') range(first, last).forEach((at) => wanted.delete(at));
          if (kind === 'park') queue.park(first % 4);
          if (kind === 'unpark') queue.unpark(first % 4);
          const next = kind === 'take' ? queue.peek() : undefined;
          if (next === undefined) continue;
          expect(wanted.delete(next)).toBe(true);
          queue.take(next);
        }
        for (const extent of [0, 1, 2, 3]) queue.unpark(extent);
        expect(drained(queue).sort((one, other) => one - other)).toEqual([...wanted].sort((one, other) => one - other));
      }),
    );
  });
});

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

describe('under hostile requests', () => {
  const farthest = Number.MAX_SAFE_INTEGER;

  it('keeps its bound on ranges, however far apart, and forgets all that is cancelled at once', () => {
    const queue = new RequestQueue();
    const taken = Array.from({ length: 10_000 }, (_, at) => queue.push({ first: at * 1_000, last: at * 1_000 }));
    expect(taken.filter(Boolean)).toHaveLength(limits.requestRangesMax);
    queue.cancel({ first: 0, last: farthest });
    expect(queue.peek()).toBeUndefined();
  });

  it('goes on after everything was asked for, torn, set aside and cancelled', () => {
    const queue = new RequestQueue();
    queue.push({ first: 0, last: farthest });
    for (let chunk = 1; chunk < 20_000; chunk += 2) queue.cancel({ first: chunk, last: chunk });
    for (let extent = 0; extent < 200; extent++) queue.park(extent);
    expect(queue.peek()).toBe(200 * 64);
    for (let extent = 0; extent < 200; extent++) queue.unpark(extent);
    expect(queue.peek()).toBeDefined();
    queue.cancel({ first: 0, last: farthest });
    queue.clear();
    expect(queue.push({ first: 5, last: 6 })).toBe(true);
    expect(drained(queue)).toEqual([5, 6]);
  });
});

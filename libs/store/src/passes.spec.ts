import { passPlaces, passSpanSeconds } from './limits';
import { Passes } from './passes';

it('takes the extents of one segment for one pass, of each subscriber, until a while has gone by', () => {
  const passes = new Passes();
  const at = 1_000_000_000;
  expect([1, 1, 2, 1].map((by) => passes.isNew(2 ** 50, 7, by, at))).toEqual([true, false, true, false]);
  expect([passes.isNew(2 ** 50, 8, 1, at), passes.isNew(2 ** 49, 7, 1, at)]).toEqual([true, true]);
  // Two positions of two viewers behind one address do not disturb each other.
  expect([7, 8, 7, 8].map((segment) => passes.isNew(2 ** 50, segment, 1, at + 1))).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect(passes.isNew(2 ** 50, 7, 1, at + 1 + passSpanSeconds)).toBe(true);
});

it('knows a next pass though the clock was set back meanwhile', () => {
  const passes = new Passes();
  expect([2_000_000_000, 1_000_000_000, 1_000_000_001].map((at) => passes.isNew(2 ** 50, 7, 1, at))).toEqual([
    true,
    true,
    false,
  ]);
});

it('counts each request of nobody in particular', () => {
  const passes = new Passes();
  expect([passes.isNew(1, 1, 0, 5), passes.isNew(1, 1, 0, 5)]).toEqual([true, true]);
});

it('remembers most of as many as come within the span', () => {
  const passes = new Passes();
  const few = passPlaces / 8;
  for (let segment = 0; segment < few; segment++) passes.isNew(3, segment, 9, 100);
  let again = 0;
  for (let segment = 0; segment < few; segment++) if (passes.isNew(3, segment, 9, 101)) again++;
  expect(again / few).toBeLessThan(0.1);
});

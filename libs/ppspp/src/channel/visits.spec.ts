import { limits } from '../limits';
import { Visits } from './visits';

function visited(...extents: readonly number[]): readonly number[] {
  const visits = new Visits();
  for (const extent of extents) visits.note(extent);
  return visits.take();
}

it('tells of each extent once, in the order it was come to', () => {
  expect(visited(3, 3, 4, 4, 5)).toEqual([3, 4, 5]);
});

it('tells nothing twice to whom takes twice', () => {
  const visits = new Visits();
  visits.note(0);
  expect(visits.take()).toEqual([0]);
  expect(visits.take()).toEqual([]);
  visits.note(0);
  expect(visits.take()).toEqual([]);
});

it('takes going back and forth for one visit', () => {
  expect(visited(7, 8, 7, 8, 9, 7, 8, 9)).toEqual([7, 8, 9]);
});

it('takes a second pass for another visit', () => {
  const pass = [...Array(limits.visitsMax + 1).keys()];
  const visits = new Visits();
  pass.forEach((extent) => visits.note(extent));
  visits.take();
  visits.note(0);
  expect(visits.take()).toEqual([0]);
});

it('keeps no more than it may, however far a peer jumps between two looks', () => {
  const visits = new Visits();
  for (let extent = 0; extent < 10 * limits.visitsMax; extent++) visits.note(extent);
  expect(visits.take()).toHaveLength(limits.visitsMax);
});

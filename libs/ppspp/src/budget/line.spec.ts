import { limits } from '../limits';
import { Line } from './line';

const { budgetTurn: turn, budgetQuantum: quantum } = limits;

it('gives whatever there is to whom asks while nobody waits', () => {
  const line = new Line<string>();
  expect(line.part('a', 100, 0)).toBe(100);
});

it('gives nothing to whom asks while others wait', () => {
  const line = new Line<string>();
  line.join('a', 0);
  expect(line.part('b', 100, 0)).toBe(0);
});

it('divides what there is among those who wait', () => {
  const line = new Line<string>();
  line.join('a', 0);
  line.join('b', 0);
  expect(line.turn(4 * quantum, turn)).toEqual(['a', 'b']);
  expect(line.part('a', 4 * quantum, turn)).toBe(2 * quantum);
  line.took('a', quantum);
  expect(line.part('a', 4 * quantum, turn)).toBe(quantum);
});

it('lets everybody have a turn before anybody has two', () => {
  const line = new Line<number>();
  const all = [...Array(10).keys()];
  for (const key of all) line.join(key, 0);
  const served: number[] = [];
  for (let at = 1; at <= 5; at++) {
    for (const key of line.turn(2 * quantum, at * turn)) {
      served.push(key);
      // It wants more.
      line.join(key, at * turn);
    }
  }
  expect(served).toEqual(all);
});

it('gives nobody a turn that is too short', () => {
  const line = new Line<string>();
  line.join('a', 0);
  line.join('b', 0);
  expect(line.turn(quantum + 3, turn)).toEqual(['a']);
  line.join('a', turn);
  expect(line.turn(quantum + 3, 2 * turn)).toEqual(['b']);
});

it('takes back what was not used with the next turn', () => {
  const line = new Line<string>();
  line.join('a', 0);
  line.turn(quantum, 0);
  expect(line.part('b', quantum, turn - 1)).toBe(0);
  expect(line.part('b', quantum, turn)).toBe(quantum);
});

it('tells how long somebody has been waiting, turns that were not enough included', () => {
  const line = new Line<string>();
  expect(line.waits(0)).toBe(0);
  for (let at = 10; at < 20; at++) {
    line.join('a', at * turn);
    line.turn(quantum, at * turn);
  }
  line.join('a', 20 * turn);
  expect(line.waits(21 * turn)).toBe(11 * turn);
  line.turn(quantum, 21 * turn);
  expect(line.waits(30 * turn)).toBe(0);
  expect(line.waited(30 * turn)).toBe(11 * turn);
});

it('has no place for one that is gone', () => {
  const line = new Line<string>();
  for (const key of ['a', 'b', 'c']) line.join(key, 0);
  line.leave('a', 0);
  expect(line.turn(quantum, turn)).toEqual(['b']);
  line.leave('b', turn);
  expect(line.has('b')).toBe(false);
  line.leave('c', 2 * turn);
  expect(line.empty).toBe(true);
  expect(line.waited(100 * turn)).toBe(2 * turn);
});

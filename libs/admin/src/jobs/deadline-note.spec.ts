import { deadlineNote } from './deadline-note';

const free = { rate: undefined, fetchRate: undefined, link: { total: Infinity, background: Infinity } };
const remaining = { bytes: 1_000_000, seconds: 100, bytesPerSecond: undefined };

it.each([
  [{ ...free, rate: 9_999 }, 'its own rate allows 9999'],
  [{ ...free, rate: 9_999, fetchRate: 5_000 }, 'the fetchRate of its swarm allows 5000'],
  [{ ...free, link: { total: 2_000, background: 2_000 } }, 'fetch.rate (now) allows 2000'],
  [{ ...free, rate: 20_000, link: { total: 20_000, background: 0 } }, 'fetch.backgroundRate (now) allows 0'],
])('names what bounds a pre-fetch that will be late (%#)', (bounds, words) => {
  expect(deadlineNote(remaining, bounds)).toContain(`takes 10000 bytes/s, and ${words}`);
});

it('names the peers where nothing of ours bounds it, and says nothing where it will be in time', () => {
  expect(deadlineNote({ ...remaining, bytesPerSecond: 9_000 }, free)).toContain('peers that are known send 9000');
  expect(deadlineNote({ ...remaining, bytesPerSecond: 10_000 }, { ...free, rate: 10_000 })).toBeUndefined();
  expect(deadlineNote(remaining, free)).toBeUndefined();
});

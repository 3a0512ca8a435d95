import { second } from '../limits';
import { Playback } from './playback';

const begin = 10 * second;

/** Asks for so many chunks at each interval, for ten seconds; when that is over. */
function play(playback: Playback, chunks: number, interval: number, from = begin): number {
  let now = from;
  for (; now < from + 10 * second; now += interval) playback.ask(chunks, now);
  return now;
}

it('knows nothing of a peer that has just come', () => {
  const playback = new Playback(begin);
  playback.ask(64, begin);
  expect(playback.rate).toBeUndefined();
});

it.each([
  ['a chunk at a time', 1, second / 100],
  ['a second ahead at a time', 100, second],
])('measures the rate of a player that asks for %s', (_, chunks, interval) => {
  const playback = new Playback(begin);
  play(playback, chunks, interval);
  expect(playback.rate).toBeGreaterThan(90);
  expect(playback.rate).toBeLessThan(110);
});

it('does not take a pause for slowness', () => {
  const playback = new Playback(begin);
  const paused = play(playback, 100, second);
  play(playback, 100, second, paused + 600 * second);
  expect(playback.rate).toBeGreaterThan(90);
});

it('takes no REQUEST for more than a peer can mean', () => {
  const playback = new Playback(begin);
  playback.ask(Number.MAX_SAFE_INTEGER, begin);
  playback.ask(1, begin + 3 * second);
  expect(playback.rate).toBeLessThanOrEqual(2 ** 20);
});

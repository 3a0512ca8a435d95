import { second } from '../limits';
import { segmentBytes, simulate, type Arrival, type Link } from './bottleneck.testing';
import { Ledbat } from './ledbat';

/** 10 Mbit/s, 40 ms there and back, a deep queue: the home access link that LEDBAT was made for. */
const access: Link = { bytesPerSecond: 1_250_000, propagation: 20_000, queueBytesMax: 1_000_000 };
const windowBytesMax = 4 * 1024 * 1024;
const target = 100_000;

function flow(): Ledbat {
  return new Ledbat({ segmentBytes, windowBytesMax });
}

function between(arrivals: readonly Arrival[], from: number, to: number): Arrival[] {
  return arrivals.filter(({ at }) => at >= from * second && at < to * second);
}

function meanQueueing(arrivals: readonly Arrival[]): number {
  return arrivals.reduce((sum, { queueing }) => sum + queueing, 0) / arrivals.length;
}

/** Share of the link that was used. */
function utilisation(arrivals: readonly Arrival[], seconds: number): number {
  return (arrivals.length * segmentBytes) / (access.bytesPerSecond * seconds);
}

it.each([
  ['one segment at a time', 1],
  ['trains of 16', 16],
  ['trains of 64', 64],
])('fills the link and lets the queue settle below the target, sending %s', (_, train) => {
  const settled = between(simulate(access, [{ ledbat: flow(), train }], 30 * second), 15, 30);
  expect(utilisation(settled, 15)).toBeGreaterThan(0.98);
  expect(meanQueueing(settled)).toBeGreaterThan(0.4 * target);
  expect(meanQueueing(settled)).toBeLessThan(target);
});

it('fills the link within two seconds, and its queue does not stay above the target for longer than one', () => {
  const arrivals = simulate(access, [{ ledbat: flow() }], 5 * second);
  expect(utilisation(between(arrivals, 2, 5), 3)).toBeGreaterThan(0.98);
  expect(Math.max(...between(arrivals, 2, 5).map(({ queueing }) => queueing))).toBeLessThan(target);
});

it('does the same with clocks that do not agree', () => {
  const plain = simulate(access, [{ ledbat: flow() }], 5 * second);
  const offset = simulate(access, [{ ledbat: flow(), reported: (delay) => delay - 3_600 * second }], 5 * second);
  expect(offset).toEqual(plain);
});

it('keeps most of a link with a queue too short to show its target, by halving on loss', () => {
  const shallow: Link = { ...access, queueBytesMax: 30 * segmentBytes };
  const arrivals = between(simulate(shallow, [{ ledbat: flow() }], 30 * second), 10, 30);
  expect(utilisation(arrivals, 20)).toBeGreaterThan(0.9);
});

it('shares the link with a second flow, and both together stay below twice the target', () => {
  const flows = [{ ledbat: flow() }, { ledbat: flow(), startsAt: 5 * second }];
  const shared = between(simulate(access, flows, 60 * second), 20, 60);
  expect(utilisation(shared, 40)).toBeGreaterThan(0.97);
  expect(meanQueueing(shared)).toBeLessThan(2 * target);
  for (const index of [0, 1]) {
    const share = shared.filter((arrival) => arrival.flow === index).length / shared.length;
    expect(share).toBeGreaterThan(0.25);
  }
});

it('is held by its largest window when the receiver denies every delay', () => {
  const ledbat = new Ledbat({ segmentBytes, windowBytesMax: 300 * segmentBytes });
  const arrivals = simulate({ ...access, queueBytesMax: Infinity }, [{ ledbat, reported: () => 0 }], 20 * second);
  expect(ledbat.window).toBe(300 * segmentBytes);
  const longest = (300 * segmentBytes * second) / access.bytesPerSecond;
  expect(Math.max(...arrivals.map(({ queueing }) => queueing))).toBeLessThanOrEqual(longest);
});

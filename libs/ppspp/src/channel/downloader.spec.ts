import { limits, second } from '../limits';
import { Downloader, type ChunkSource } from './downloader';

/** Gives out what it has in ascending order, and takes back. */
class TestSource implements ChunkSource {
  wanting = true;
  doubtful = false;
  hamperings = 0;
  readonly open = new Set<number>();

  constructor(count: number) {
    for (let chunk = 0; chunk < count; chunk++) this.open.add(chunk);
  }

  pick({ available }: Downloader, count: number): number[] {
    const open = [...this.open].filter((chunk) => available.has(chunk));
    const picked = open.sort((one, other) => one - other).slice(0, count);
    for (const chunk of picked) this.open.delete(chunk);
    return picked;
  }

  release(chunks: readonly number[]): void {
    for (const chunk of chunks) this.open.add(chunk);
  }

  hampered(): void {
    this.hamperings++;
  }
}

let now: number;
let source: TestSource;
let downloader: Downloader;

beforeEach(() => {
  now = 10 * second;
  source = new TestSource(10_000);
  downloader = new Downloader(now);
  downloader.offered({ first: 0, last: 9_999 }, now);
});

function deliver(first: number, last: number): void {
  for (let chunk = first; chunk <= last; chunk++) downloader.delivered(chunk, 1_024, now);
}

/** Lets time pass to the next deadline; what then happens, if the peer was last heard at `heardAt`. */
function wait(heardAt: number): ReturnType<Downloader['expire']> {
  now = downloader.deadline(source) ?? now;
  return downloader.expire(source, now, heardAt);
}

describe('Downloader', () => {
  it('asks for a little first, and for as much as came in the last second later', () => {
    expect(downloader.topUp(source, now)).toEqual([{ first: 0, last: 31 }]);
    expect(downloader.topUp(source, now)).toEqual([]);
    now += second / 10;
    deliver(0, 31);
    expect(downloader.topUp(source, now)).toEqual([{ first: 32, last: 95 }]);
    deliver(32, 95);
    downloader.topUp(source, now);
    expect(downloader.outstanding).toBe(32 + 96);
    now += second / 2;
    deliver(96, 96);
    downloader.topUp(source, now);
    now += second / 2;
    deliver(97, 97);
    expect(downloader.pace.window(now, false)).toBe(16 + 2);
  });

  it('asks for no more than its bound', () => {
    for (let turn = 0; turn < 200; turn++) {
      for (const { first, last } of downloader.topUp(source, now)) deliver(first, last);
      now += 1_000;
    }
    source = new TestSource(10_000);
    downloader.acknowledgements.delivered.clear();
    downloader.topUp(source, now);
    expect(downloader.outstanding).toBe(limits.outstandingChunksMax);
  });

  it('asks in batches', () => {
    downloader.topUp(source, now);
    deliver(0, 0);
    expect(downloader.topUp(source, now)).toEqual([]);
    deliver(1, 7);
    expect(downloader.topUp(source, now)).not.toEqual([]);
  });

  it('asks for what the peer offers alone', () => {
    const picky = new Downloader(now);
    picky.offered({ first: 3, last: 4 }, now);
    picky.offered({ first: 9, last: 9 }, now);
    expect(picky.topUp(source, now)).toEqual([
      { first: 3, last: 4 },
      { first: 9, last: 9 },
    ]);
    expect([picky.requests.has(3), picky.requests.has(5)]).toEqual([true, false]);
  });

  it('asks nothing of a peer that chokes, and gives back what it was asked for', () => {
    downloader.topUp(source, now);
    downloader.choke(source, now);
    expect(source.open.size).toBe(10_000);
    expect(downloader.topUp(source, now)).toEqual([]);
    expect([downloader.hampered, source.hamperings]).toEqual([true, 1]);
    downloader.unchoke();
    expect(downloader.topUp(source, now)).toHaveLength(1);
    expect(downloader.hampered).toBe(false);
  });

  it('leaves a peer that chokes for long, as long as something is wanted', () => {
    downloader.choke(source, now);
    const begin = now;
    const said = [];
    while (said.at(-1) !== 'leave') said.push(wait(now));
    // An UNCHOKE may have been lost: it is told that somebody waits for it.
    expect(said.slice(0, 3)).toEqual(['nudge', 'nudge', 'nudge']);
    expect(now - begin).toBe(limits.chokeMax);
    source.wanting = false;
    expect(downloader.deadline(source)).toBeUndefined();
  });

  it('leaves a peer that is silent, having asked whether it is there', () => {
    const begin = now;
    const said = [];
    for (let turn = 0; turn < 20 && said.at(-1) !== 'leave'; turn++) {
      downloader.topUp(source, now);
      said.push(wait(begin));
    }
    expect(said.filter((what) => what !== undefined)).toEqual(['nudge', 'nudge', 'nudge', 'leave']);
    // Nothing was measured: the first timeout is a second.
    expect((now - begin) / second).toBe(2 + 4 + 4 + 4);
    expect(source.open.size).toBe(10_000);
  });

  it('is more patient with a peer that is heard, but does not wait for ever', () => {
    const begin = now;
    for (let turn = 0; turn < 50; turn++) {
      downloader.topUp(source, now);
      if (wait(now + 1) === 'leave') break;
    }
    expect((now - begin) / second).toBe(2 + 6 * 4);
  });

  it('never leaves a peer that delivers, however slowly', () => {
    for (let chunk = 0; chunk < 200; chunk++) {
      downloader.topUp(source, now);
      for (let turn = 0; turn < 3; turn++) expect(wait(now)).not.toBe('leave');
      deliver(chunk, chunk);
    }
  });

  it('asks for less after a stall', () => {
    downloader.topUp(source, now);
    while (downloader.outstanding > 0) wait(now);
    expect(downloader.topUp(source, now)).toEqual([{ first: 0, last: 3 }]);
  });

  it('takes late what it was asked for, and tells others when it need not come any more', () => {
    const { requests } = downloader;
    downloader.topUp(source, now);
    while (downloader.outstanding > 0) wait(now);
    expect(requests.has(3)).toBe(true);
    expect([downloader.cancel(4, now), downloader.cancel(4, now)]).toEqual([true, false]);
    expect(requests.has(4)).toBe(false);
    deliver(3, 3);
    expect(requests.has(3)).toBe(false);
    downloader.cancel(5, now);
    downloader.cancel(7, now);
    expect(downloader.takeCancels()).toEqual([
      { first: 4, last: 5 },
      { first: 7, last: 7 },
    ]);
    expect(downloader.takeCancels()).toEqual([]);
  });

  it('does not cancel what it asks for anew', () => {
    downloader.topUp(source, now);
    downloader.yield([30, 31], now);
    expect([downloader.requests.failed(30), downloader.outstanding]).toEqual([true, 30]);
    source.open.clear();
    source.open.add(30);
    deliver(0, 29);
    expect(downloader.topUp(source, now)).toEqual([{ first: 30, last: 30 }]);
    expect(downloader.takeCancels()).toEqual([{ first: 31, last: 31 }]);
  });

  it('is late after one timeout, and gives all back after two', () => {
    downloader.pace.learn(second / 20);
    downloader.topUp(source, now);
    const begin = now;
    expect(downloader.deadline(source)).toBe(begin + limits.requestTimeoutMin);
    wait(now);
    expect([source.hamperings, downloader.outstanding, downloader.hampered]).toEqual([1, 32, true]);
    expect(downloader.deadline(source)).toBe(begin + 2 * limits.requestTimeoutMin);
    wait(now);
    expect([source.hamperings, downloader.outstanding]).toEqual([2, 0]);
    expect(source.open.size).toBe(10_000);
  });

  it('is patient with a peer that delivers seldom', () => {
    downloader.pace.learn(second / 20);
    for (let chunk = 0; chunk < 60; chunk++) {
      downloader.topUp(source, now);
      now += second;
      deliver(chunk, chunk);
    }
    expect(downloader.pace.timeout).toBeGreaterThan(1.5 * second);
    expect(downloader.pace.window(now, false)).toBeLessThan(20);
  });

  it('tells from its rate how long a chunk takes', () => {
    expect(downloader.delay(1, now)).toBe(Number.POSITIVE_INFINITY);
    for (let chunk = 0; chunk < 100; chunk++) {
      downloader.topUp(source, now);
      now += second / 100;
      deliver(chunk, chunk);
    }
    expect(downloader.delay(50, now) / second).toBeCloseTo(0.5, 1);
    downloader.choke(source, now);
    now += 10 * second;
    downloader.unchoke();
    // Time in which nothing was awaited does not count.
    expect(downloader.delay(50, now) / second).toBeCloseTo(0.5, 1);
  });

  it('leaves a peer that lets more be passed over than it delivers', () => {
    let left = false;
    for (let turn = 0; turn < 100 && !left; turn++) {
      const asked = downloader.topUp(source, now).flatMap(({ first, last }) => range(first, last));
      now += second;
      // Of four it has one.
      for (const chunk of asked) if (chunk % 4 === 0) deliver(chunk, chunk);
      left = downloader.expire(source, now, now) === 'leave';
      // Others are asked for the rest.
      for (const chunk of source.open) if (downloader.requests.failed(chunk)) source.open.delete(chunk);
    }
    expect([left, downloader.faithless]).toEqual([true, true]);
  });

  it('asks again for what was passed over', () => {
    downloader.topUp(source, now);
    deliver(1, 31);
    downloader.topUp(source, now);
    deliver(32, 63);
    now += 2 * second;
    downloader.expire(source, now, now);
    expect(source.open.has(0)).toBe(true);
    expect([downloader.requests.has(0), downloader.requests.failed(0)]).toEqual([true, true]);
  });

  it('nudges a peer that has nothing for us, ever less often', () => {
    source.open.clear();
    const times: number[] = [];
    for (let turn = 0; turn < 12; turn++) {
      const before = now;
      expect(wait(now)).toBe('nudge');
      times.push((now - before) / second);
    }
    expect(times).toEqual([1, 1, 2, 2, 4, 4, 8, 8, 16, 16, 32, 32]);
    downloader.offered({ first: 0, last: 9_999 }, now);
    expect(downloader.deadline(source)).toBe(now + limits.nudgeFirst);
    source.wanting = false;
    expect(downloader.deadline(source)).toBeUndefined();
  });

  it('asks for a chunk though none is needed, once, while the content has no certain size', () => {
    source.open.clear();
    source.doubtful = true;
    expect(downloader.topUp(source, now)).toEqual([{ first: 0, last: 0 }]);
    downloader.settled(0, now);
    expect(downloader.topUp(source, now)).toEqual([]);
  });

  it('notices that it needs again what this peer delivered, whose hashes it would not send', () => {
    downloader.topUp(source, now);
    deliver(0, 31);
    downloader.acknowledgements.add(0, 0n);
    source.release([0]);
    expect(downloader.topUp(source, now)).toEqual([]);
    expect(downloader.exhausted).toBe(true);
    expect(source.open.has(0)).toBe(true);
  });

  it('counts how often a chunk came without its proof', () => {
    const told = [];
    for (let time = 1; time <= limits.unprovenTriesMax; time++) told.push(downloader.unproven(5));
    expect(told.filter((isTooMuch) => isTooMuch)).toHaveLength(1);
    expect(told.at(-1)).toBe(true);
    deliver(5, 5);
    expect(downloader.unproven(5)).toBe(false);
    for (let chunk = 0; chunk < 3 * limits.outstandingChunksMax; chunk++)
      expect(downloader.unproven(chunk + 6)).toBe(false);
  });
});

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

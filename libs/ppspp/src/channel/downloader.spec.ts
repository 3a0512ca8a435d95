import type { ChunkSet } from '../addressing/chunk-set';
import { limits, second } from '../limits';
import { Downloader, type ChunkSource } from './downloader';

/** Gives out what it has in ascending order, and takes back. */
class TestSource implements ChunkSource {
  wanting = true;
  doubtful = false;
  readonly open = new Set<number>();

  constructor(count: number) {
    for (let chunk = 0; chunk < count; chunk++) this.open.add(chunk);
  }

  pick(available: ChunkSet, count: number): number[] {
    const open = [...this.open].filter((chunk) => available.has(chunk));
    const picked = open.sort((one, other) => one - other).slice(0, count);
    for (const chunk of picked) this.open.delete(chunk);
    return picked;
  }

  release(chunks: readonly number[]): void {
    for (const chunk of chunks) this.open.add(chunk);
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
    expect(downloader.topUp(source, now)).toEqual([{ first: 0, last: 63 }]);
    expect(downloader.topUp(source, now)).toEqual([]);
    now += second / 10;
    deliver(0, 63);
    expect(downloader.topUp(source, now)).toEqual([{ first: 64, last: 191 }]);
    deliver(64, 191);
    downloader.topUp(source, now);
    expect(downloader.outstanding).toBe(64 + 192);
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
    deliver(1, 15);
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
    expect([picky.awaits(3), picky.awaits(5)]).toEqual([true, false]);
  });

  it('asks nothing of a peer that chokes, and gives back what it was asked for', () => {
    downloader.topUp(source, now);
    downloader.choke(source, now);
    expect(source.open.size).toBe(10_000);
    expect(downloader.topUp(source, now)).toEqual([]);
    downloader.unchoke();
    expect(downloader.topUp(source, now)).toHaveLength(1);
  });

  it('leaves a peer that chokes for long, as long as something is wanted', () => {
    downloader.choke(source, now);
    expect(downloader.deadline(source)).toBe(now + limits.chokeMax);
    expect(wait(now)).toBe('leave');
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
    expect(said.filter((what) => what !== undefined)).toEqual(['nudge', 'nudge', 'leave']);
    expect((now - begin) / second).toBe(7);
    expect(source.open.size).toBe(10_000);
  });

  it('is more patient with a peer that is heard, but does not wait for ever', () => {
    const begin = now;
    for (let turn = 0; turn < 50; turn++) {
      downloader.topUp(source, now);
      if (wait(now + 1) === 'leave') break;
    }
    expect((now - begin) / second).toBe(19);
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
    expect(downloader.topUp(source, now)).toEqual([{ first: 0, last: 15 }]);
  });

  it('takes late what it was asked for, and tells others when it need not come any more', () => {
    downloader.topUp(source, now);
    while (downloader.outstanding > 0) wait(now);
    expect(downloader.awaits(3)).toBe(true);
    expect(downloader.cameElsewhere(4)).toBe(true);
    expect(downloader.cameElsewhere(4)).toBe(false);
    expect(downloader.awaits(4)).toBe(false);
    deliver(3, 3);
    expect(downloader.awaits(3)).toBe(false);
  });

  it('asks again for what was passed over', () => {
    downloader.topUp(source, now);
    deliver(1, 63);
    now += 2 * second;
    downloader.expire(source, now, now);
    expect(source.open.has(0)).toBe(true);
    expect(downloader.awaits(0)).toBe(true);
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
    downloader.settled(0);
    expect(downloader.topUp(source, now)).toEqual([]);
  });

  it('notices that it needs again what this peer delivered, whose hashes it would not send', () => {
    downloader.topUp(source, now);
    deliver(0, 63);
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

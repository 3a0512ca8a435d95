import { Downloader, type ChunkSource } from '../channel/downloader';
import { second } from '../limits';
import { Rescue, type Source } from './rescue';

const chunks = 10_000;
let now: number;
let peers: Source[];
let touched: Source[];
let rescue: Rescue<Source>;

beforeEach(() => {
  now = 10 * second;
  peers = [];
  touched = [];
  rescue = new Rescue({ sources: () => peers }, (peer) => touched.push(peer));
});

/** Gives out chunks from one on, and takes none back. */
function from(next: number): ChunkSource {
  return {
    wanting: true,
    doubtful: false,
    pick: (_, count) => Array.from({ length: count }, () => next++),
    release: () => undefined,
    hampered: () => undefined,
  };
}

/** A peer that sent so many chunks a second for two seconds, and was asked for chunks from `first` on. */
function peer(rate: number, first: number): Downloader {
  const downloader = new Downloader(now);
  downloader.offered({ first: 0, last: chunks - 1 }, now);
  downloader.pace.learn(second / 20);
  const source = from(first);
  let next = first;
  for (const end = now + 2 * second; now < end; now += second / rate) {
    downloader.topUp(source, now);
    downloader.delivered(next++, 1_024, now);
  }
  downloader.topUp(source, now);
  now -= 2 * second;
  peers.push({ downloader, phase: 'open' });
  return downloader;
}

/** Nothing is awaited of it any more. */
function finish(downloader: Downloader): Downloader {
  for (const chunk of [...downloader.requests.awaited()]) downloader.settled(chunk, now);
  return downloader;
}

describe('Rescue', () => {
  it('takes over what another would send much later, and tells it by CANCEL', () => {
    const slow = peer(20, 0);
    const fast = finish(peer(1_000, 2_000));
    now += 2 * second;
    const awaited = [...slow.requests.awaited()];
    const taken = rescue.takeOver(fast, { count: 1_000 }, now);
    expect(taken.length).toBeGreaterThan(awaited.length / 2);
    expect(taken).toEqual(awaited.slice(awaited.length - taken.length));
    expect(slow.takeCancels()).toEqual([{ first: taken[0], last: taken.at(-1) }]);
    expect(slow.outstanding).toBe(awaited.length - taken.length);
    expect(touched.map(({ downloader }) => downloader)).toEqual([slow]);
    // The next chunks come from the slow one as soon as from the fast one, or nearly so.
    expect(rescue.takeOver(fast, { count: 1_000 }, now)).toEqual([]);
  });

  it('takes no more than is wanted, and nothing that is not', () => {
    const slow = peer(20, 0);
    const fast = finish(peer(1_000, 2_000));
    now += 2 * second;
    const last = Math.max(...slow.requests.awaited());
    expect(rescue.takeOver(fast, { count: 2 }, now)).toEqual([last - 1, last]);
    expect(rescue.takeOver(fast, { count: 9, of: (chunk) => chunk < 0 }, now)).toEqual([]);
  });

  it('takes everything from a peer that chokes or is late, if it has it', () => {
    const late = peer(500, 0);
    const other = finish(peer(500, 4_000));
    now += 2 * second;
    const awaited = [...late.requests.awaited()];
    late.expire(from(9_000), now + second / 4, now);
    expect(late.hampered).toBe(true);
    expect(rescue.takeOver(other, { count: chunks }, now)).toEqual(awaited);
    // What one failed to send it is not asked for again, as long as there is another.
    expect(rescue.skips(late, awaited[0] ?? 0)).toBe(true);
    peers.splice(1);
    expect(rescue.skips(late, awaited[0] ?? 0)).toBe(false);
  });

  it('leaves equal peers what they were asked for', () => {
    const one = peer(500, 0);
    const other = peer(500, 4_000);
    now += 2 * second;
    const before = one.outstanding;
    expect(rescue.takeOver(other, { count: chunks }, now)).toEqual([]);
    expect(one.outstanding).toBe(before);
  });

  it('asks nothing of a peer of which it does not know how fast it is', () => {
    peer(20, 0);
    const unknown = new Downloader(now);
    unknown.offered({ first: 0, last: chunks - 1 }, now);
    expect(rescue.takeOver(unknown, { count: 10 }, now + 2 * second)).toEqual([]);
    expect(rescue.isLate(unknown, now + 2 * second)).toBe(false);
  });

  it('knows who is too slow for what is urgent', () => {
    const slow = peer(10, 0);
    const fast = finish(peer(1_000, 4_000));
    now += 2 * second;
    expect([rescue.isLate(slow, now), rescue.isLate(fast, now)]).toEqual([true, false]);
    peers.splice(1);
    expect(rescue.isLate(slow, now)).toBe(false);
    slow.choke(from(0), now);
    expect(rescue.isLate(slow, now)).toBe(true);
  });
});

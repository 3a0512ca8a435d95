import { ChunkSet } from '../addressing/chunk-set';
import type { Want } from '../endpoint/effects';
import { Demand } from './demand';
import { Holdings } from './holdings';
import type { Subscriber } from './needs';
import { SparseTree } from './sparse.testing';

/** 10 GiB in chunks of 1 KiB. */
const chunkCount = 10 * 2 ** 20;
const extents = chunkCount / 64;
const tree = new SparseTree(chunkCount, { hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 });
const everything = new ChunkSet();
everything.add({ first: 0, last: chunkCount - 1 });

let holdings: Holdings;
let subscribers: Subscriber[];

function demanding(want: Want): Demand {
  holdings = new Holdings(tree.metadata);
  holdings.tree.adoptPeaks(chunkCount, tree.peaks);
  holdings.learnChunkSize(0, 1_024);
  subscribers = [];
  const members = {
    someSubscribers: (count: number) => subscribers.slice(0, count),
    sources: () => [{ downloader: { available: everything } }],
  };
  return new Demand({ holdings, members, want: () => want, backgroundBytesMax: 8 * 2 ** 30, random: 2 ** 31 });
}

/** A subscriber that has all in front of an extent, and asked for what is before it. */
function subscriber(at: number): Subscriber {
  const known = new ChunkSet();
  known.add({ first: 0, last: at * 64 - 1 });
  const made = { uploader: { known, announced: new ChunkSet(), position: at * 64 } };
  subscribers.push(made);
  return made;
}

describe('Demand for a content of 10 GiB', () => {
  it('is none, told at once, when all was here and had to leave', () => {
    const demand = demanding('all');
    expect(demand.any).toBe(true);
    for (let extent = 0; extent < extents; extent++) {
      holdings.hold(extent, true);
      holdings.drop(extent);
    }
    expect(demand.any).toBe(false);
    // It goes by runs, not by extents.
    expect(holdings.everHeld.runCount).toBe(1);
    demand.add(7);
    expect([demand.any, [...demand.pressed()]]).toEqual([true, [7]]);
  });

  it('looks at little of the rest for each extent that is begun', () => {
    const demand = demanding('all');
    let looks = 0;
    const begun = new Set<number>();
    const isBegun = (extent: number): boolean => ++looks > 0 && begun.has(extent);
    for (const extent of demand.rest(everything, isBegun)) if (begun.add(extent).size >= 200) break;
    expect(begun.size).toBe(200);
    expect(looks).toBeLessThan(200 * 8 + 200 * 200);
  });

  it('is for what subscribers are about to ask for, the nearest first, and not for what they were told of', () => {
    const demand = demanding('demand');
    subscriber(100);
    subscriber(5_000).uploader.announced.add({ first: 5_001, last: 5_001 });
    demand.outdate();
    const needed = [...demand.needed()];
    expect(needed.slice(0, 4)).toEqual([100, 5_000, 101, 102]);
    expect(needed).toHaveLength(32 + 31);
    expect([...demand.rest(everything, () => false)]).toEqual([]);
  });

  it('looks anew at the positions when something changed, or after a moment', () => {
    const demand = demanding('demand');
    demand.turn(1_000_000);
    expect(demand.any).toBe(false);
    subscriber(100);
    expect(demand.any).toBe(false);
    demand.turn(1_005_000);
    expect([...demand.needed()][0]).toBe(100);
    holdings.hold(100, true);
    expect([...demand.needed()][0]).toBe(101);
  });

  it('shows at once what one subscriber needs, without looking at all others', () => {
    const demand = demanding('demand');
    demand.turn(1_000_000);
    subscriber(100);
    demand.outdate();
    expect([...demand.needed()][0]).toBe(100);
    const other = subscriber(5_000);
    demand.include(other);
    const needed = [...demand.needed()];
    expect(needed.slice(0, 2)).toEqual([5_000, 5_001]);
    expect(needed).toHaveLength(2 * 32);
    demand.include(other);
    expect([...demand.needed()]).toEqual(needed);
  });
});

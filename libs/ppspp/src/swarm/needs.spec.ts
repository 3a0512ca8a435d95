import { ChunkSet } from '../addressing/chunk-set';
import { limits, second } from '../limits';
import { Holdings } from './holdings';
import { Needs, type Subscriber } from './needs';
import { SparseTree } from './sparse.testing';

const chunkCount = 2 ** 20;
const tree = new SparseTree(chunkCount, { hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 });
const horizon = 10 * second;

let holdings: Holdings;
let subscribers: Subscriber[];
let needs: Needs;

beforeEach(() => {
  holdings = new Holdings(tree.metadata);
  holdings.tree.adoptPeaks(chunkCount, tree.peaks);
  holdings.learnChunkSize(0, 1_024);
  subscribers = [];
  needs = new Needs(holdings, { someSubscribers: (count) => subscribers.slice(0, count) }, horizon);
});

/** One who plays from an extent on, at so many chunks a second, and has what is before it. */
function plays(at: number, rate?: number): Subscriber {
  const known = new ChunkSet();
  if (at > 0) known.add({ first: 0, last: at * 64 - 1 });
  const made = { uploader: { known, announced: new ChunkSet(), position: at * 64, playback: { rate } } };
  subscribers.push(made);
  return made;
}

function extents(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => from + at);
}

it('reaches as far as a subscriber plays within the horizon', () => {
  // Ten extents a second, and one in ten seconds.
  plays(1_000, 640);
  expect(needs.list()).toEqual(extents(1_000, 100));
});

it('reaches so far at least, however slow he is, and so far at most, however fast', () => {
  plays(1_000, 1);
  expect(needs.list().filter((extent) => extent < 1_000 + limits.readAheadMin)).toEqual(
    extents(1_000, limits.readAheadMin),
  );
  subscribers = [];
  needs.outdate();
  plays(2_000, 1_000_000);
  expect(needs.list()).toEqual(extents(2_000, limits.readAheadExtents));
});

it('has first what is needed first, whoever plays faster', () => {
  // The fast one needs ten extents in the time in which the slow one needs one.
  plays(1_000, 640);
  plays(5_000, 64);
  const list = needs.list();
  const slow = list.indexOf(5_001);
  expect(slow).toBeGreaterThanOrEqual(10);
  expect(slow).toBeLessThanOrEqual(13);
  expect(list.indexOf(1_099)).toBeGreaterThan(list.indexOf(5_009));
});

it('goes with whoever seeks, and leaves what he skipped for later', () => {
  const known = new ChunkSet();
  known.add({ first: 0, last: 10 * 64 - 1 });
  subscribers.push({
    uploader: { known, announced: new ChunkSet(), position: 8_000 * 64, playback: { rate: 640 } },
  });
  const list = needs.list();
  expect(list.slice(0, 100)).toEqual(extents(8_000, 100));
  expect(list.slice(100)).toEqual(extents(10, limits.demandExtents));
});

it('leaves out what is here', () => {
  plays(1_000, 640);
  for (const extent of extents(1_000, 5)) holdings.hold(extent, true);
  needs.outdate();
  expect(needs.list()[0]).toBe(1_005);
});

it('stays within its bound with many who play fast', () => {
  for (let count = 0; count < limits.positionsMax; count++) plays(count * 60, 1_000_000);
  expect(needs.list().length).toBeLessThanOrEqual(2 * limits.needsMax);
});

import { ChunkSet } from '../addressing/chunk-set';
import { limits } from '../limits';
import { Holdings } from './holdings';
import { Picker, type Asker } from './picker';
import { chunkOf, published } from './published.testing';
import { SparseTree } from './sparse.testing';

const source = published(300 * 1_024);
const { chunkCount, peaks } = source.content.record;

let holdings: Holdings;
let wanted: number[];
let picker: Picker;
let pressed: number[];

/** A picker for which `pressed` is waited for and `wanted` needed soon. */
function picking(rest: () => Iterable<number>): Picker {
  return new Picker(holdings, {
    pressed: () => pressed,
    presses: (extent) => pressed.includes(extent),
    urgencyOf: (extent) => (pressed.includes(extent) ? 'demand' : wanted.includes(extent) ? 'ahead' : 'background'),
    needed: () => wanted,
    rest,
  });
}

beforeEach(() => {
  holdings = new Holdings(source.metadata);
  wanted = [0, 1, 2, 3, 4];
  pressed = [];
  picker = picking(() => []);
});

/** The content's size is known from now on. */
function sized(): void {
  holdings.tree.adoptPeaks(chunkCount, peaks);
  holdings.learnChunkSize(0, 1_024);
}

function offer(first: number, last: number, isLate = false): Asker {
  const available = new ChunkSet();
  available.add({ first, last });
  return { available, isLate, skips: () => false };
}

function put(first: number, last: number): number[] {
  const completed: number[] = [];
  for (let chunk = first; chunk <= last; chunk++) {
    const assembly = picker.put(chunk, chunkOf(source, chunk));
    if (assembly !== undefined) completed.push(assembly.extent);
  }
  return completed;
}

describe('Picker', () => {
  it('asks a few peers for one chunk each as long as the size is unknown', () => {
    const all = offer(0, 299);
    expect([1, 2, 3, 4].map(() => picker.pick(all, 100))).toEqual([[0], [1], [2], []]);
    picker.release([1]);
    expect(picker.pick(all, 100)).toEqual([1]);
  });

  it('does not ask for the last chunk first, which tells no chunk size', () => {
    holdings.tree.adoptPeaks(chunkCount, peaks);
    expect(picker.pick(offer(299, 299), 5)).toEqual([]);
    expect(picker.pick(offer(298, 299), 5)).toEqual([298]);
  });

  it('goes by demand, and asks nobody for what another was asked for', () => {
    sized();
    wanted = [3, 0];
    expect(picker.pick(offer(0, 299), 100)).toEqual([...range(192, 255), ...range(0, 35)]);
    expect(picker.pick(offer(0, 299), 100)).toEqual(range(36, 63));
    expect(picker.pick(offer(0, 299), 100)).toEqual([]);
  });

  it('finishes what was begun before it begins anew', () => {
    sized();
    wanted = [4];
    picker.pick(offer(256, 260), 10);
    wanted = [0, 1];
    expect(picker.pick(offer(0, 299), 10)).toEqual(range(261, 270));
  });

  it('begins with what somebody waits for, unless others send it sooner', () => {
    sized();
    wanted = [0];
    picker.pick(offer(0, 299), 10);
    pressed = [3];
    expect(picker.pick(offer(0, 299, true), 10)).toEqual(range(10, 19));
    expect(picker.pick(offer(0, 299), 66)).toEqual([...range(192, 255), 20, 21]);
    pressed = [2];
    wanted = [];
    expect(picker.pick(offer(70, 130, true), 5)).toEqual([128, 129, 130]);
  });

  it('leaves out what had better be asked of another', () => {
    sized();
    expect(picker.pick({ ...offer(0, 299), skips: (chunk) => chunk < 62 }, 4)).toEqual([62, 63, 64, 65]);
    picker = picking(() => []);
    expect(picker.pick({ ...offer(0, 299), skips: () => true }, 4)).toEqual([]);
    expect(picker.inProgress).toBe(0);
  });

  it('asks a peer for what it has alone', () => {
    sized();
    expect(picker.pick(offer(70, 72), 100)).toEqual([70, 71, 72]);
  });

  it('asks others for what one gave back', () => {
    sized();
    const picked = picker.pick(offer(0, 299), 64);
    picker.release(picked.slice(10));
    expect(picker.pick(offer(0, 299), 64)).toEqual([...picked.slice(10), ...range(64, 73)]);
  });

  it('tells the extent that a chunk completed, once', () => {
    sized();
    picker.pick(offer(0, 299), 64);
    expect(put(0, 62)).toEqual([]);
    expect(put(63, 63)).toEqual([0]);
    const assembly = picker.assembly(0);
    if (assembly !== undefined) assembly.phase = 'checking';
    expect(put(63, 63)).toEqual([]);
    expect([picker.has(0), picker.has(64)]).toEqual([true, false]);
    holdings.hold(0, true);
    picker.drop(0);
    expect([picker.has(0), picker.inProgress]).toEqual([true, 0]);
    expect(put(0, 63)).toEqual([]);
  });

  it('does not keep an extent begun of which nobody has anything', () => {
    sized();
    const picked = picker.pick(offer(0, 299), 64);
    expect(picker.inProgress).toBe(1);
    picker.release(picked);
    expect(picker.inProgress).toBe(0);
  });

  it('begins no more extents than memory allows', () => {
    const large = published(400 * 64 * 16, { chunkSize: 16 });
    holdings = new Holdings(large.metadata);
    holdings.tree.adoptPeaks(large.content.record.chunkCount, large.content.record.peaks);
    holdings.learnChunkSize(0, 16);
    wanted = [];
    const rest = large.content.extents.slice(1);
    picker = picking(() => rest);
    // What somebody waits for finds room.
    expect(picker.pick(offer(0, 400 * 64), 400 * 64)).toHaveLength((limits.assembliesMax - limits.demandExtents) * 64);
    expect(picker.pick(offer(0, 400 * 64), 64)).toEqual([]);
    pressed = [399];
    expect(picker.pick(offer(0, 400 * 64), 99)).toHaveLength(64);
    wanted = rest;
    expect(picker.pick(offer(0, 400 * 64), 400 * 64)).toHaveLength((limits.demandExtents - 1) * 64);
    expect(picker.pick(offer(0, 400 * 64), 64)).toEqual([]);
  });

  it('begins fewer extents the larger they are', () => {
    const large = new SparseTree(400 * 64, { hash: 'sha256', addressing: 'chunk32', chunkSize: limits.chunkSizeMax });
    holdings = new Holdings(large.metadata);
    holdings.tree.adoptPeaks(large.chunkCount, large.peaks);
    holdings.learnChunkSize(0, limits.chunkSizeMax);
    picker = picking(() => Array.from({ length: 400 }, (_, extent) => extent));
    pressed = Array.from({ length: 400 }, (_, extent) => extent);
    picker.pick(offer(0, 400 * 64), 400 * 64);
    expect(picker.inProgress).toBeGreaterThan(8);
    expect(picker.inProgress * 64 * limits.chunkSizeMax).toBeLessThanOrEqual(limits.assembliesBytesMax);
  });

  it('asks for the last chunk first while only the root vouches for their number', () => {
    const even = published(128 * 1_024);
    holdings = new Holdings(even.metadata);
    holdings.tree.adoptPeaks(128, even.content.record.peaks);
    holdings.learnChunkSize(0, 1_024);
    wanted = [0, 1];
    picker = picking(() => []);
    expect(picker.pick(offer(0, 127), 3)).toEqual([127, 64, 65]);
    expect(picker.pick(offer(0, 127), 3)).toEqual([66, 67, 68]);
  });

  it('begins an extent anew that ends otherwise than was thought', () => {
    const { root } = holdings.tree;
    holdings.tree.adoptPeaks(512, [root]);
    holdings.learnChunkSize(0, 1_024);
    wanted = [0, 4, 7];
    picker.pick(offer(0, 511), 300);
    expect(picker.inProgress).toBe(3);
    holdings.tree.adoptPeaks(chunkCount, peaks);
    picker.resize();
    expect(picker.inProgress).toBe(1);
  });
});

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

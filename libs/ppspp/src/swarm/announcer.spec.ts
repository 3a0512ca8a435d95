import type { Message } from '../wire/message';
import { limits, second } from '../limits';
import { ChunkSet } from '../addressing/chunk-set';
import { Announcer, type Told } from './announcer';
import { Holdings } from './holdings';
import { published } from './published.testing';

const content = published(20 * 64 * 16, { chunkSize: 16 });

class Listener implements Told {
  readonly serves = true;
  readonly fetches = false;
  readonly uploader = { known: new ChunkSet(), announced: new ChunkSet(), announcedAt: Number.NEGATIVE_INFINITY };
  readonly heard: Message[] = [];

  tell(...messages: readonly Message[]): void {
    this.heard.push(...messages);
  }

  /** The ranges it heard of since the last call. */
  take(): number[][] {
    return this.heard.splice(0).map((one) => (one.type === 'have' ? [one.range.first, one.range.last] : []));
  }
}

let holdings: Holdings;
let listeners: Listener[];
let announcer: Announcer<Listener>;

function begin(count: number): void {
  holdings = new Holdings(content.metadata);
  holdings.tree.adoptPeaks(content.content.record.chunkCount, content.content.record.peaks);
  holdings.tree.confirmSize();
  holdings.learnChunkSize(0, 16);
  listeners = Array.from({ length: count }, () => new Listener());
  announcer = new Announcer(holdings, { readers: () => listeners }, () => undefined);
}

function come(...extents: readonly number[]): void {
  for (const extent of extents) {
    holdings.hold(extent, true);
    announcer.announce(extent);
  }
}

describe('Announcer', () => {
  it('tells what came together in one HAVE for each interval, the biggest around it', () => {
    begin(1);
    come(3, 4, 5, 9);
    expect(announcer.tend(second)).toBeUndefined();
    expect(listeners[0]?.take()).toEqual([
      [192, 383],
      [576, 639],
    ]);
    come(6);
    announcer.tend(2 * second);
    expect(listeners[0]?.take()).toEqual([[192, 447]]);
    expect(announcer.tend(3 * second)).toBeUndefined();
    expect(listeners[0]?.take()).toEqual([]);
  });

  it('leaves out who has it, and what is gone again', () => {
    begin(2);
    listeners[0]?.uploader.known.add({ first: 0, last: 63 });
    come(0, 5);
    holdings.drop(5);
    announcer.tend(second);
    expect(listeners.map((one) => one.take())).toEqual([[], [[0, 63]]]);
  });

  it('lets news wait where thousands are to be told, and then tells all of it at once', () => {
    begin(5_000);
    come(0);
    announcer.tend(second);
    const at = second + 5_000 * limits.haveShare;
    for (let extent = 1; extent < 20; extent++) {
      come(extent);
      expect(announcer.tend(second + 1_000 * extent)).toBe(at);
    }
    announcer.tend(at);
    expect(new Set(listeners.map((one) => JSON.stringify(one.take())))).toEqual(new Set(['[[0,63],[0,1279]]']));
    begin(50_000);
    come(0);
    announcer.tend(second);
    come(1);
    expect(announcer.tend(second + 1)).toBe(second + limits.haveDelayMax);
  });
});

import { rangeOfNode } from '../addressing/node';
import { limits, second } from '../limits';
import type { Message } from '../wire/message';
import { Uploader } from './uploader';
import { TestShelf } from './uploader.testing';

const roundTrip = 40_000;
let shelf: TestShelf;
let uploader: Uploader;
let now: number;

beforeEach(() => {
  shelf = new TestShelf(1_000);
  uploader = new Uploader({ windowBytesMax: 64 * 1_024, segmentBytes: 1_024 }, shelf);
  now = second;
});

function pump(): Message[][] {
  return uploader.pump(now, BigInt(now));
}

function chunksOf(groups: readonly (readonly Message[])[]): number[] {
  return groups.flat().flatMap((message) => (message.type === 'data' ? [message.range.first] : []));
}

function hashesOf(groups: readonly (readonly Message[])[]): string[] {
  return groups
    .flat()
    .flatMap((message) => (message.type === 'integrity' ? [`${message.range.first}-${message.range.last}`] : []));
}

/** A round trip in which all that was sent is acknowledged. */
function acknowledged(groups: readonly (readonly Message[])[]): void {
  now += roundTrip;
  for (const chunk of chunksOf(groups)) uploader.acknowledge({ first: chunk, last: chunk }, 20_000n, now);
}

/** Opens the window. */
function warmUp(): void {
  uploader.request({ first: 500, last: 999 }, now);
  for (let turn = 0; turn < 5; turn++) acknowledged(pump());
  uploader.cancel({ first: 0, last: 999 });
  while (chunksOf(pump()).length > 0) acknowledged(pump());
}

describe('Uploader', () => {
  it('sends what is asked for and there, in order, within the window, which grows with each ACK', () => {
    uploader.request({ first: 10, last: 400 }, now);
    const first = pump();
    expect(chunksOf(first)).toEqual([10, 11]);
    expect(pump()).toEqual([]);
    acknowledged(first);
    expect(chunksOf(pump())).toEqual([12, 13, 14, 15]);
  });

  it('takes nothing beyond the content', () => {
    expect(uploader.request({ first: 1_000, last: 1_005 }, now)).toBe(false);
    expect(uploader.request({ first: 999, last: Number.MAX_SAFE_INTEGER }, now)).toBe(true);
    expect(chunksOf(pump())).toEqual([999]);
    expect(uploader.position).toBe(1_000);
  });

  it('never has more in flight than its bound, whatever is acknowledged', () => {
    uploader.request({ first: 0, last: 999 }, now);
    for (let turn = 0; turn < 20; turn++) {
      const sent = pump();
      expect(sent.length).toBeLessThanOrEqual(64);
      acknowledged(sent);
    }
  });

  it('sends a bounded burst a turn, and says that it could go on', () => {
    uploader = new Uploader({ windowBytesMax: 4 * 2 ** 20, segmentBytes: 1_024 }, shelf);
    uploader.request({ first: 0, last: 999 }, now);
    for (let turn = 0; turn < 7; turn++) {
      const sent = [...pump(), ...pump(), ...pump()];
      acknowledged(sent);
    }
    expect(pump()).toHaveLength(limits.burstDatagrams);
    expect(uploader.eager).toBe(true);
  });

  it('puts the hashes before each chunk that its receiver lacks: the peaks first, then uncles from the top', () => {
    uploader.request({ first: 0, last: 1 }, now);
    const [first = [], second = []] = pump();
    const peaks = [512, 256, 128, 64, 32, 8];
    let from = 0;
    const ranges = peaks.map((width) => {
      from += width;
      return `${from - width}-${from - 1}`;
    });
    const uncles = [8, 7, 6, 5, 4, 3, 2, 1, 0].map((height) => {
      const { first: left, last } = rangeOfNode(height, 1);
      return `${left}-${last}`;
    });
    expect(hashesOf([first])).toEqual([...ranges, ...uncles]);
    expect(first.at(-1)?.type).toBe('data');
    // The first chunk is on its way, and tells the second's.
    expect(hashesOf([second])).toEqual([]);
  });

  it('sends each hash once while nothing is lost, and none that the receiver can compute', () => {
    uploader.request({ first: 0, last: 63 }, now);
    const hashes: string[] = [];
    for (let sent = pump(); sent.length > 0; sent = pump()) {
      hashes.push(...hashesOf(sent));
      acknowledged(sent);
    }
    for (const hash of hashes) expect(hashes.filter((other) => other === hash).length).toBe(1);
    // Chunk 2 came after 0 and 1: their hashes tell the node above them.
    expect(hashes).not.toContain('0-1');
  });

  it('leaves aside what is not at hand, goes on with the rest, and comes back to it', () => {
    shelf.away.add(0);
    uploader.request({ first: 60, last: 70 }, now);
    expect(chunksOf(pump())).toEqual([64, 65]);
    expect(shelf.asked).toEqual([0]);
    expect(uploader.queue.waitsFor(0)).toBe(true);
    shelf.away.clear();
    uploader.queue.unpark(0);
    acknowledged([[{ type: 'data', range: { first: 64, last: 64 }, timestamp: 0n, bytes: new Uint8Array(1) }]]);
    expect(chunksOf(pump())).toEqual([60, 61]);
  });

  it('has the next extents read ahead', () => {
    uploader.request({ first: 0, last: 999 }, now);
    pump();
    expect(shelf.ahead).toEqual([0, 1, 2]);
  });

  it('sends no chunk that is cancelled, or that the peer has meanwhile', () => {
    uploader.request({ first: 0, last: 9 }, now);
    uploader.cancel({ first: 1, last: 5 });
    uploader.has({ first: 6, last: 8 }, now);
    expect(chunksOf(pump())).toEqual([0, 9]);
  });

  it('takes a HAVE for an arrival: some peers answer so', () => {
    uploader.request({ first: 0, last: 9 }, now);
    const sent = pump();
    now += roundTrip;
    for (const chunk of chunksOf(sent)) uploader.has({ first: chunk, last: chunk }, now);
    expect(chunksOf(pump())).toEqual([2, 3]);
  });

  it('grows its window by an ACK whose HAVE came first, as much as by one without', () => {
    uploader.request({ first: 0, last: 99 }, now);
    const sent = pump();
    now += roundTrip;
    for (const chunk of chunksOf(sent)) {
      uploader.has({ first: chunk, last: chunk }, now);
      uploader.acknowledge({ first: chunk, last: chunk }, 20_000n, now);
    }
    expect(chunksOf(pump())).toEqual([2, 3, 4, 5]);
  });

  it('sends again what a later arrival overtook, with its hashes, and says that it did', () => {
    warmUp();
    uploader.request({ first: 0, last: 9 }, now);
    expect(chunksOf(pump())).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    now += roundTrip;
    uploader.acknowledge({ first: 1, last: 9 }, 20_000n, now);
    expect(pump()).toEqual([]);
    expect(uploader.deadline()).toBeLessThanOrEqual(now + roundTrip / 4);
    now += roundTrip / 4;
    const again = pump();
    expect(chunksOf(again)).toEqual([0]);
    expect(shelf.repeatedBytes).toBe(1_024);
    acknowledged(again);
    expect(uploader.deadline()).toBeUndefined();
  });

  it('probes the end of a burst after two round trips, long before it takes all for lost', () => {
    warmUp();
    uploader.request({ first: 0, last: 1 }, now);
    pump();
    now = uploader.deadline() ?? now;
    uploader.expire(now);
    expect(chunksOf(pump())).toEqual([0]);
    expect(now).toBeLessThan(second * 2);
    // The probe arrives, the other does not: it is overtaken.
    now += roundTrip;
    uploader.acknowledge({ first: 0, last: 0 }, 20_000n, now);
    now += roundTrip;
    expect(chunksOf(pump())).toEqual([1]);
  });

  it('takes all for lost after a timeout, and waits twice as long for the next', () => {
    uploader.request({ first: 0, last: 1 }, now);
    pump();
    const silences: number[] = [];
    for (let turn = 0; turn < 4; turn++) {
      const before = now;
      now = uploader.deadline() ?? now;
      uploader.expire(now);
      expect(chunksOf(pump())).toHaveLength(1);
      silences.push((now - before) / second);
    }
    expect(silences).toEqual([1, 2, 4, 8]);
  });

  it('sends the hashes again that a lost chunk carried, and not the chunks that rest on them', () => {
    warmUp();
    uploader.request({ first: 0, last: 9 }, now);
    const [carrier = []] = pump();
    now += roundTrip;
    uploader.acknowledge({ first: 8, last: 9 }, 20_000n, now);
    now += roundTrip / 4;
    const again = pump();
    expect(chunksOf(again)).toEqual([0]);
    expect(hashesOf([carrier])).toEqual(expect.arrayContaining(['8-15', '4-7', '2-3', '1-1']));
    expect(hashesOf(again)).toEqual(['4-7', '2-3', '1-1']);
    expect(chunksOf(pump())).toEqual([]);
    now += roundTrip;
    uploader.acknowledge({ first: 0, last: 9 }, 20_000n, now);
    expect(uploader.deadline()).toBeUndefined();
  });

  it('sends two chunks a second to a peer that asks for more and acknowledges nothing, and none of them again', () => {
    const sent: number[] = [];
    for (let turn = 0; turn < 20; turn++) {
      uploader.request({ first: 2 * turn, last: 2 * turn + 1 }, now);
      sent.push(...chunksOf(pump()));
      now += second / 2;
      uploader.expire(now);
    }
    expect(sent).toEqual(Array.from({ length: sent.length }, (_, chunk) => chunk));
    expect(sent.length).toBeGreaterThanOrEqual(18);
    expect(sent.length).toBeLessThanOrEqual(20);
  });

  it('gives up on a peer that is silent for long', () => {
    uploader.request({ first: 0, last: 99 }, now);
    pump();
    for (let turn = 0; turn < 20; turn++) {
      now = uploader.deadline() ?? now;
      uploader.expire(now);
      pump();
    }
    expect(uploader.deadline()).toBeUndefined();
    expect(now).toBeLessThan(200 * second);
  });

  it('does not send again what was cancelled on its way', () => {
    uploader.request({ first: 0, last: 1 }, now);
    pump();
    uploader.cancel({ first: 0, last: 1 });
    now += second;
    uploader.expire(now);
    expect(pump()).toEqual([]);
    expect(uploader.deadline()).toBeUndefined();
  });

  it('sends at once what is asked for again: it is needed, whatever we think', () => {
    warmUp();
    uploader.request({ first: 0, last: 3 }, now);
    pump();
    now += 3 * roundTrip;
    uploader.request({ first: 0, last: 3 }, now);
    expect(chunksOf(pump())).toEqual([0, 1, 2, 3]);
  });

  it('sends the hashes again of a chunk that is asked for though it was acknowledged', () => {
    uploader.request({ first: 4, last: 5 }, now);
    acknowledged(pump());
    uploader.request({ first: 4, last: 5 }, now);
    expect(hashesOf(pump())).toContain('5-5');
  });

  it('takes a peer that was restarted to know nothing, unless something is on its way', () => {
    uploader.request({ first: 4, last: 5 }, now);
    const sent = pump();
    uploader.known.add({ first: 0, last: 3 });
    uploader.reintroduced();
    expect(uploader.known.runCount).toBe(1);
    acknowledged(sent);
    uploader.reintroduced();
    expect(uploader.known.runCount).toBe(0);
  });
});

import fc from 'fast-check';
import { trafficSwarmsMax } from './limits';
import { streamStatsOf } from './stream-stats';
import { TrafficMeter, TrafficTotals } from './swarm-traffic';
import { Uplink } from './uplink';

const step = fc.record({
  kind: fc.constantFrom('serve', 'fetch', 'close', 'report', 'die'),
  swarm: fc.nat(3),
  thread: fc.nat(1),
  bytes: fc.nat(1_000),
});

interface Open {
  swarmId: string;
  servedBytes: number;
  fetchedBytes: number;
}

/** A thread's swarms, and what it tells of them. */
class Thread {
  private readonly meter = new TrafficMeter();
  private readonly open = new Map<string, Open>();

  act(kind: string, swarmId: string, bytes: number): void {
    const open = this.open.get(swarmId) ?? { swarmId, servedBytes: 0, fetchedBytes: 0 };
    this.open.set(swarmId, open);
    if (kind === 'serve') open.servedBytes += bytes;
    if (kind === 'fetch') open.fetchedBytes += bytes;
    if (kind !== 'close') return;
    this.meter.close(swarmId, open);
    this.open.delete(swarmId);
  }

  report(totals: TrafficTotals): void {
    totals.add(this.meter.take(this.open.values()));
  }
}

it('adds up what was done, over closed swarms, several threads and those that ended', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const totals = new TrafficTotals();
      const threads = [new Thread(), new Thread()];
      const truth = new Map<string, number>();
      for (const { kind, swarm, thread: at, bytes } of steps) {
        const swarmId = String(swarm);
        const thread = threads[at] ?? new Thread();
        thread.act(kind, swarmId, bytes);
        if (kind === 'serve') truth.set(swarmId, (truth.get(swarmId) ?? 0) + bytes);
        if (kind !== 'report' && kind !== 'die') continue;
        thread.report(totals);
        // It told what it did, a second ago at most; its successor begins anew.
        if (kind === 'die') threads[at] = new Thread();
      }
      for (const thread of threads) thread.report(totals);
      const told = new Map([...totals.all()].map(([swarmId, { servedBytes }]) => [swarmId, servedBytes]));
      for (const [swarmId, bytes] of truth) expect(told.get(swarmId) ?? 0).toBe(bytes);
    }),
  );
});

it('forgets the idlest of too many swarms', () => {
  const totals = new TrafficTotals();
  const one = { servedBytes: 1, fetchedBytes: 0 };
  for (let swarm = 0; swarm < trafficSwarmsMax; swarm++) totals.add([{ swarmId: String(swarm), ...one }]);
  totals.add([
    { swarmId: '0', ...one },
    { swarmId: 'new', ...one },
  ]);
  const kept = new Map(totals.all());
  expect(kept.size).toBe(trafficSwarmsMax);
  expect([kept.get('0')?.servedBytes, kept.has('1'), kept.has('new')]).toEqual([2, false, true]);
});

it('tells trackers of open swarms, and of closed ones in which anything was done', () => {
  const metadata = { swarmId: 'a', hash: 'sha256', addressing: 'chunk32', chunkSize: 1024 } as const;
  const sizes = { chunkCount: 1, contentBytes: 1, extentCount: 1, extentsHeld: 1, complete: true, fetching: false };
  const live = { metadata, ...sizes, subscribers: 3, guests: 2, sources: 1, servedBytes: 0, fetchedBytes: 0 };
  const other = { ...live, metadata: { ...metadata, swarmId: 'c' } };
  const traffic = [
    ['a', { servedBytes: 7, fetchedBytes: 8 }],
    ['b', { servedBytes: 9, fetchedBytes: 0 }],
  ] as const;
  expect(streamStatsOf([live, other], traffic, 5)).toEqual([
    { swarmId: 'a', uploadedBytes: 7, downloadedBytes: 8, availableBandwidth: 5, concurrentLinks: 6 },
    { swarmId: 'c', uploadedBytes: 0, downloadedBytes: 0, availableBandwidth: 5, concurrentLinks: 6 },
    { swarmId: 'b', uploadedBytes: 9, downloadedBytes: 0, availableBandwidth: 5, concurrentLinks: 0 },
  ]);
});

describe('the uplink', () => {
  const second = 1_000_000;

  it('has left what was not used within the last ten seconds, over all threads and their successors', () => {
    const uplink = new Uplink(1_000_000);
    expect(uplink.available).toBe(1_000_000);
    for (let at = 0; at <= 60; at++) uplink.note(0, at * 50_000, at * second);
    // 400 kbit/s of a megabit.
    expect(uplink.available).toBe(600_000);
    // Another thread joins in, and the first is replaced.
    for (let at = 61; at <= 90; at++) {
      uplink.note(0, (at - 60) * 50_000, at * second);
      uplink.note(1, (at - 60) * 25_000, at * second);
    }
    expect(uplink.available).toBeGreaterThan(380_000);
    expect(uplink.available).toBeLessThan(420_000);
  });

  it('has nothing left when more is sent than it is said to carry, and when that is not known', () => {
    const uplink = new Uplink(100);
    uplink.note(0, 0, 0);
    uplink.note(0, 1_000_000, second);
    expect(uplink.available).toBe(0);
    expect(new Uplink(0).available).toBe(0);
  });
});

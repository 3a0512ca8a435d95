import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreError } from '../errors';
import { IntegrityLog } from '../integrity/integrity-log';
import { scrubSliceBytes } from '../limits';
import type { ScrubDamage, ScrubReport, ScrubTask } from './scrub-task';
import { Scrubber } from './scrubber';

const mebibyte = 2 ** 20;
const day = 24 * 3600;

describe('the scrubber', () => {
  let directory: string;
  let scrubber: Scrubber | undefined;
  let log: IntegrityLog | undefined;
  /** What was asked for, and when. */
  let asked: { readonly task: ScrubTask; readonly at: number }[];
  let told: string[];
  /** A slice's time and what it finds; a pass has so many. */
  let disk: { millis: number; damage: ScrubDamage[]; fails: number };
  let slices: number;
  let isUsable: boolean;

  beforeEach(() => {
    jest.useFakeTimers({ now: 1_700_000_000_000 });
    directory = mkdtempSync(join(tmpdir(), 'weir-scrubber-'));
    [asked, told, slices, isUsable] = [[], [], 100, true];
    disk = { millis: 100, damage: [], fails: 0 };
  });

  afterEach(async () => {
    await stop();
    jest.useRealTimers();
    await rm(directory, { recursive: true });
  });

  it('keeps to its rate', async () => {
    begin(4 * mebibyte).start(true);
    await pass(59);
    // 16 MiB each four seconds.
    expect(intervals()).toEqual(Array.from({ length: 14 }, () => 4_000));
  });

  it('is at work a tenth of the time on a disk that is slow, whatever its rate', async () => {
    disk.millis = 2_000;
    begin(1_000 * mebibyte).start(true);
    await pass(99);
    expect(intervals()).toEqual([20_000, 20_000, 20_000, 20_000]);
  });

  it('is at work a third of the time where somebody waits for it, and ends its haste with the pass', async () => {
    slices = 5;
    disk.millis = 1_000;
    const hurried = begin(mebibyte);
    hurried.start(false);
    hurried.hurry();
    await pass(20);
    expect(intervals()).toEqual([3_000, 3_000, 3_000, 3_000]);
    expect(hurried.progress()).toMatchObject({ running: false, lastPass: { extents: 5, bytes: 5 * scrubSliceBytes } });
    await pass(day + 60);
    expect(intervals().at(-1)).toBe(16_000);
  });

  it('goes on after a restart where it was', async () => {
    begin(16 * mebibyte).start(true);
    await pass(40);
    await stop();
    const before = asked.splice(0).length;
    expect(before).toBeGreaterThan(20);
    begin(16 * mebibyte).start(false);
    await pass(2);
    expect(asked[0]?.task.cursor.after).toBe(String(before));
    await pass(100);
    expect(scrubber?.progress().lastPass).toMatchObject({ extents: slices });
  });

  it('checks again what it checked last, where it was killed', async () => {
    begin(16 * mebibyte).start(true);
    await pass(40);
    const before = asked.splice(0).length;
    jest.clearAllTimers();
    await log?.saved();
    begin(16 * mebibyte).start(false);
    await pass(2);
    const at = Number(asked[0]?.task.cursor.after);
    expect(at).toBeLessThanOrEqual(before);
    expect(at).toBeGreaterThan(before - 16);
  });

  it('begins a day after the last pass ended, and no pass at all with a rate of nothing', async () => {
    slices = 3;
    begin(16 * mebibyte).start(false);
    await pass(60);
    expect(asked).toHaveLength(3);
    await pass(day - 120);
    expect(asked).toHaveLength(3);
    await pass(240);
    expect(asked).toHaveLength(6);
    await stop();
    await rm(join(directory, 'integrity.json'));
    begin(0).start(false);
    await pass(2 * day);
    expect(asked).toHaveLength(6);
  });

  it('has removed, and written anew, what is damaged before it tells of it', async () => {
    const swarmId = 'ab'.repeat(32);
    const metadata = { swarmId, hash: 'sha256', addressing: 'chunk32', chunkSize: 1024 } as const;
    const record = { metadata, chunkCount: 640, peaks: [], contentBytes: undefined };
    const anew = { record, extents: [], blocks: [] };
    disk.damage = [
      { kind: 'extent', remedy: 'erased', detail: 'a', swarmId, extent: 7 },
      { kind: 'record', remedy: 'erased', detail: 'b', swarmId },
      { kind: 'hashes', remedy: 'mended', detail: 'c', swarmId, anew },
      { kind: 'pages', remedy: 'lost', detail: 'd' },
    ];
    slices = 1;
    begin(16 * mebibyte).start(true);
    await pass(1);
    const gone = JSON.stringify([{ swarmId, index: 7 }, { swarmId }]);
    expect(told).toEqual([`erase ${gone}`, `renew ${swarmId}`, 'found extent record hashes pages']);
    expect(scrubber?.progress().lastPass).toMatchObject({ damaged: 4 });
  });

  it('counts what the disk does not give up as lost at the second attempt, a minute later', async () => {
    disk.fails = 1;
    begin(16 * mebibyte).start(true);
    await pass(70);
    expect(asked.slice(0, 3).map(({ task }) => task.insists)).toEqual([false, true, false]);
    expect(asked[1]?.task.cursor).toEqual(asked[0]?.task.cursor);
    expect(intervals()[0]).toBeGreaterThanOrEqual(60_000);
  });

  it('gives a pass up that cannot go on, and begins the next a day later', async () => {
    disk.fails = 5;
    begin(16 * mebibyte).start(true);
    await pass(600);
    expect(asked).toHaveLength(5);
    expect(scrubber?.progress()).toMatchObject({ running: false });
    await pass(day);
    expect(asked.length).toBeGreaterThan(50);
  });

  it('waits while the store is left alone', async () => {
    isUsable = false;
    begin(16 * mebibyte).start(true);
    await pass(300);
    expect(asked).toEqual([]);
    isUsable = true;
    await pass(61);
    expect(asked.length).toBeGreaterThan(0);
  });

  it('ends a pass that is cancelled', async () => {
    begin(16 * mebibyte).start(true);
    await pass(10);
    scrubber?.cancel();
    const before = asked.length;
    await pass(3_600);
    expect(scrubber?.progress()).toMatchObject({ running: false, pass: undefined });
    // No pass has ended yet: the next is due at once, and begins at the beginning.
    expect(asked[before]?.task.cursor).toEqual({ phase: 'pages', after: '' });
  });

  function begin(bytesPerSecond: number): Scrubber {
    log = new IntegrityLog(directory);
    const listener = {
      isUsable: () => isUsable,
      storedBytes: () => slices * scrubSliceBytes,
      erase: (erasures: unknown) => note(`erase ${JSON.stringify(erasures)}`),
      renew: (writes: readonly { record: { metadata: { swarmId: string } } }[]) =>
        note(`renew ${writes.map(({ record }) => record.metadata.swarmId).join()}`),
      onFindings: (findings: readonly { kind: string }[]) =>
        void note(`found ${findings.map(({ kind }) => kind).join(' ')}`),
      onChecked: () => undefined,
      onFailure: () => undefined,
    };
    const checker = { run: (task: ScrubTask) => check(task), destroy: () => Promise.resolve() };
    const surroundings = { now: () => Date.now(), checker };
    scrubber = new Scrubber({ directory, bytesPerSecond }, log, listener, surroundings);
    return scrubber;
  }

  /** It waits for the slice that is being checked. */
  async function stop(): Promise<void> {
    const stopped = scrubber?.stop();
    await pass(disk.millis / 1000);
    await stopped;
  }

  function note(what: string): Promise<void> {
    told.push(what);
    return Promise.resolve();
  }

  /** As a disk does that takes its time. */
  async function check(task: ScrubTask): Promise<ScrubReport> {
    asked.push({ task, at: Date.now() });
    await new Promise((resolve) => setTimeout(resolve, disk.millis));
    if (disk.fails-- > 0) throw new StoreError('STORE_UNREADABLE', 'not now');
    const nth = Number(task.cursor.after) + 1;
    const next = nth < slices ? ({ phase: 'swarms', after: String(nth) } as const) : undefined;
    return { next, bytes: scrubSliceBytes, extents: 1, damage: disk.damage };
  }

  /** Time passes. */
  async function pass(seconds: number): Promise<void> {
    await jest.advanceTimersByTimeAsync(1000 * seconds);
  }

  function intervals(): number[] {
    return asked.slice(1).map(({ at }, nth) => at - (asked[nth]?.at ?? 0));
  }
});

import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { transactionGrowthMax } from './file-bound';
import { Ballast, ballastBytes } from './ballast';
import { TestContent } from './content.testing';
import type { DiskSpace } from './disk';
import { guardAddon } from './guard-addon';
import { inspectPages, inspectSource } from './integrity/inspect-pages';
import { diskReserve, fileExcess } from './limits';
import { openForReading } from './lmdb-environment';
import { openLmdbReader, openLmdbWriter } from './lmdb-store';
import { pageBytes } from './footprint';
import { takenBytesOf } from './page-return';
import type { StoreWriter } from './store';

/** It is what the file takes that matters, not that it is durable. */
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const totalBytes = 16 * 2 ** 20;
const reserveBytes = totalBytes * diskReserve;
/** Far more than the disk has. */
const capacityBytes = 2 ** 30;

/** Without it nothing can be given back to a disk. */
const canReturn = guardAddon()?.release !== undefined;

(canReturn ? describe : describe.skip)('a store on a small disk', () => {
  const content = new TestContent(1, { chunkCount: 64 * 100_000 });
  const sample = content.extent(0);
  let directory: string;
  let writer: StoreWriter;
  let next: number;
  /** What other files take of the disk. */
  let others: number;
  let now: number;

  beforeEach(() => {
    directory = mkdtempSync(join(memory, 'weir-room-'));
    others = 0;
    next = 0;
    now = 1_000;
    writer = open();
  });
  afterEach(async () => {
    await writer.close();
    await rm(directory, { recursive: true });
  });

  function open(capacity = capacityBytes): StoreWriter {
    return openLmdbWriter({ directory, capacityBytes: capacity }, space);
  }

  const file = (): string => join(directory, 'data.mdb');
  const takenBytes = (): number => takenBytesOf(statSync(file()));

  /** A disk with nothing on it but the store and what the test says. */
  function space(): DiskSpace {
    const ballast = statSync(join(directory, 'weir.ballast'), { throwIfNoEntry: false })?.size ?? 0;
    const { size } = statSync(file());
    const freeBytes = Math.max(0, totalBytes - takenBytes() - ballast - others);
    return { freeBytes, totalBytes, fileBytes: size, reusableBytes: 0, takenBytes: Math.min(size, takenBytes()) };
  }

  /** Writes as many extents, one by one; how many were taken, and the least that was free meanwhile. */
  function write(count: number) {
    let [taken, freeBytes] = [0, totalBytes];
    for (let turn = 0; turn < count; turn++) {
      const write = { ...content.write([]), extents: [{ ...sample, index: next++ }] };
      taken += writer.commit([{ erase: [], touched: [], writes: [write] }], now++)[0]?.written.length ?? 0;
      freeBytes = Math.min(freeBytes, space().freeBytes);
    }
    return { taken, freeBytes };
  }

  function tend(): void {
    while (writer.tend());
  }

  async function expectReadable(): Promise<void> {
    const reader = openLmdbReader(directory);
    const { extents = [] } = (await reader.open(content.swarmId)) ?? {};
    expect(extents).toHaveLength(writer.usage().extents);
    for (const index of extents) {
      const read = await reader.read(content.swarmId, index);
      expect(Buffer.compare(read?.bytes ?? new Uint8Array(), sample.bytes)).toBe(0);
    }
    await reader.close();
    expect(inspectPages(file())).toMatchObject({ verdict: 'whole', lostPages: 0 });
  }

  it('leaves 5 % free, whatever is asked of it, and turns over what it has', async () => {
    const { taken, freeBytes } = write(400);
    expect(freeBytes).toBeGreaterThanOrEqual(reserveBytes);
    expect(taken).toBe(400);
    expect(writer.usage().storedBytes).toBeGreaterThan(totalBytes * 0.75);
    expect(writer.usage().usableBytes).toBeLessThan(totalBytes);
    await expectReadable();
  });

  it('leaves them free with memory for probation, from which more is written than a commit brings', async () => {
    await writer.close();
    writer = openLmdbWriter({ directory, capacityBytes: totalBytes, probationBytes: 2 ** 21 }, space);
    let freeBytes = totalBytes;
    for (let turn = 0; turn < 300; turn++) {
      freeBytes = Math.min(freeBytes, write(1).freeBytes);
      const touched = [1, 2, 3].map((by) => ({ swarmId: content.swarmId, index: next - 1, by }));
      writer.commit([{ erase: [], writes: [], touched }], now++);
      freeBytes = Math.min(freeBytes, space().freeBytes);
    }
    expect(freeBytes).toBeGreaterThanOrEqual(reserveBytes);
    expect(writer.usage().totals.persistedExtents).toBeGreaterThan(0);
  });

  it('makes way for others until as much is free again, and grows when they leave', async () => {
    write(300);
    tend();
    const before = writer.usage();
    others = space().freeBytes + 2 ** 20;
    expect(space().freeBytes).toBe(0);
    tend();
    expect(space().freeBytes).toBeGreaterThanOrEqual(reserveBytes);
    expect(writer.usage().storedBytes).toBeLessThan(before.storedBytes);
    expect(writer.usage().storedBytes).toBeGreaterThan(before.storedBytes - 4 * 2 ** 20);
    await expectReadable();
    expect(write(50)).toMatchObject({ taken: 50 });
    others = 0;
    expect(write(300).freeBytes).toBeGreaterThanOrEqual(reserveBytes);
    expect(writer.usage().storedBytes).toBeGreaterThan(totalBytes * 0.75);
    await expectReadable();
  });

  it('gives all it has to a disk that others fill, and then takes nothing', () => {
    write(200);
    others = totalBytes;
    tend();
    expect(writer.usage().storedBytes).toBe(0);
    expect(takenBytes()).toBeLessThan(2 ** 20);
    expect(write(10).taken).toBe(0);
    others = 0;
    expect(write(10).taken).toBe(10);
  });

  it('never takes a page from under a reader, nor from the snapshot before the last', async () => {
    write(150);
    const environment = openForReading(directory);
    if (environment === undefined) throw new TypeError('there is a store');
    const read = () =>
      [...environment.extents.getRange()].map(({ key, value }) => `${key.toString('hex')} ${value.toString('base64')}`);
    const transaction = environment.root.useReadTransaction();
    const seen = read();
    others = 8 * 2 ** 20;
    write(150);
    tend();
    // The reader's snapshot is all there, though nearly all of it was replaced.
    const inSnapshot = [...environment.extents.getRange({ transaction })];
    expect(inSnapshot.map(({ key, value }) => `${key.toString('hex')} ${value.toString('base64')}`)).toEqual(seen);
    transaction.done();
    await environment.root.close();
    environment.guard.close();
    tend();
    const bytes = readFileSync(file());
    const source = {
      pages: bytes.length / pageBytes,
      read: (first: number, count: number) => bytes.subarray(first * pageBytes, (first + count) * pageBytes),
    };
    const { slot } = inspectSource(source, bytes.length);
    // Without the newest root, the one before leads to whole pages.
    bytes.fill(0, (slot ?? 0) * pageBytes, (slot ?? 0) * pageBytes + 200);
    expect(inspectSource(source, bytes.length)).toMatchObject({ verdict: 'previous', slot: 1 - (slot ?? 0) });
  });

  it('takes no more of the disk than a capacity that was lowered, and 5 %', async () => {
    write(150);
    const { size } = statSync(file());
    await writer.close();
    const lowered = 4 * 2 ** 20;
    writer = open(lowered);
    tend();
    expect(writer.usage().storedBytes).toBeLessThanOrEqual(lowered);
    expect(takenBytes()).toBeLessThanOrEqual(lowered * (1 + fileExcess));
    let most = 0;
    for (let turn = 0; turn < 200; turn++) {
      write(1);
      most = Math.max(most, takenBytes());
    }
    expect(most).toBeLessThanOrEqual(lowered * (1 + fileExcess));
    expect(writer.usage().storedBytes).toBeGreaterThan(lowered * 0.7);
    expect(statSync(file()).size).toBeLessThanOrEqual(size + lowered * fileExcess);
    await expectReadable();
  });

  it('keeps to the older rule where the file system knows no holes: grows no more below 5 %, takes nothing below half of that', async () => {
    const addon = guardAddon() ?? {};
    const before = { release: Reflect.get(addon, 'release'), stored: 0, size: 0 };
    const refused = jest.fn(() => constants.errno.EOPNOTSUPP);
    Reflect.set(addon, 'release', refused);
    try {
      write(100);
      const freeTo = (share: number): void => {
        others += space().freeBytes - totalBytes * share;
      };
      freeTo(0.04);
      before.stored = writer.usage().storedBytes;
      before.size = statSync(file()).size;
      const { taken, freeBytes } = write(40);
      expect(taken).toBeGreaterThan(0);
      expect(freeBytes).toBeGreaterThanOrEqual(reserveBytes / 2 - transactionGrowthMax(0));
      expect(writer.usage().storedBytes).toBeLessThanOrEqual(before.stored);
      expect(statSync(file()).size - before.size).toBeLessThan(2 ** 20);
      freeTo(0.02);
      expect(write(10).taken).toBe(0);
      expect(writer.usage().storedBytes).toBeLessThanOrEqual(before.stored);
      tend();
      others = 0;
      expect(write(10).taken).toBe(10);
      await expectReadable();
      // It was tried once.
      expect(refused).toHaveBeenCalledTimes(1);
    } finally {
      Reflect.set(addon, 'release', before.release);
    }
  });

  it('throws off its ballast where not even an erasure finds room, and takes it up again', () => {
    write(50);
    tend();
    const ballast = join(directory, 'weir.ballast');
    expect(takenBytesOf(statSync(ballast))).toBeGreaterThanOrEqual(ballastBytes);
    others = totalBytes - takenBytes() - ballastBytes;
    writer.commit([{ erase: [{ swarmId: content.swarmId }], touched: [], writes: [] }], now);
    expect(existsSync(ballast)).toBe(false);
    while (writer.sweep());
    tend();
    expect(new Ballast(directory).isHeld).toBe(true);
    expect(writer.usage().storedBytes).toBe(0);
  });

  it('lives without a ballast that cannot be held', () => {
    writeFileSync(join(directory, 'file'), '');
    const ballast = new Ballast(join(directory, 'file'));
    ballast.hold();
    expect(ballast.isHeld).toBe(false);
    ballast.drop();
  });
});

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Extent } from '@weir/ppspp';
import fc from 'fast-check';
import { asked, forgetPages } from './cold-file.testing';
import { TestContent } from './content.testing';
import { DirectReader } from './direct-reader';
import { type GuardAddon, guardAddon, lookUpAnswers } from './guard-addon';
import { placesIn } from './integrity/pages.testing';
import { openLmdbReader, openLmdbWriter } from './lmdb-store';
import { type StoreWriter, emptyBatch } from './store';

const capacityBytes = 64 * 1024 * 1024;
/** The last extent is a chunk of 64 short, and its last chunk whole. */
const content = new TestContent(1, { chunkCount: 64 * 100 - 1 });
const other = new TestContent(2, { hash: 'sha1', chunkSize: 100, chunkCount: 200 });
const indexes = Array.from({ length: 100 }, (_, index) => index);
const addon = guardAddon();
const describeNative = addon === undefined ? describe.skip : describe;

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weir-direct-'));
  file = join(directory, 'data.mdb');
});
afterEach(() => rm(directory, { recursive: true }));

async function withStore(work: (writer: StoreWriter) => void): Promise<void> {
  const writer = openLmdbWriter({ directory, capacityBytes, judgement: { swarmShareMax: 1 } });
  writer.commit([content.batch(indexes, [content.block(1, 0)]), other.batch([0, 1, 3])], 1);
  work(writer);
  await writer.close();
}

/** What an extent is: all right, something else, or nothing. Comparing their bytes one by one would take the test's time. */
function verdict(extent: Extent | undefined, of: TestContent, index: number): 'right' | 'wrong' | 'nothing' {
  if (extent === undefined) return 'nothing';
  const right = of.extent(index);
  const isSame = Buffer.compare(extent.bytes, right.bytes) === 0 && Buffer.compare(extent.hashes, right.hashes) === 0;
  return isSame && extent.index === index ? 'right' : 'wrong';
}

async function verdicts(reader: Pick<DirectReader, 'read'>, of: TestContent, some: readonly number[]) {
  const extents = await Promise.all(some.map((index) => reader.read(of.swarmId, index)));
  return extents.map((extent, at) => verdict(extent, of, some[at] ?? 0));
}

async function reading<Result>(work: (reader: DirectReader) => Promise<Result>, by = addon): Promise<Result> {
  const reader = DirectReader.open(file, by);
  if (reader === undefined) throw new RangeError('there is no addon');
  try {
    return await work(reader);
  } finally {
    reader.close();
  }
}

describeNative('DirectReader', () => {
  it('finds everything that was written, and nothing else', async () => {
    await withStore(() => undefined);
    await reading(async (reader) => {
      expect(new Set(await verdicts(reader, content, indexes))).toEqual(new Set(['right']));
      const some = await verdicts(reader, other, [0, 1, 2, 3, 4]);
      expect(some).toEqual(['right', 'right', 'nothing', 'right', 'nothing']);
      expect(await reader.read(content.swarmId, 100)).toBeUndefined();
      expect(await reader.read('00'.repeat(32), 0)).toBeUndefined();
      expect(await reader.read('no swarm ID', 0)).toBeUndefined();
      expect(await reader.read(content.swarmId, 0.5)).toBeUndefined();
    });
  });

  it('sees what a writer does as soon as it is done', async () => {
    const answers: Promise<Extent | undefined>[] = [];
    await withStore((writer) => {
      const reader = DirectReader.open(file);
      const look = (): void => void answers.push(reader?.read(content.swarmId, 5) ?? Promise.reject(new RangeError()));
      writer.commit([{ ...emptyBatch, erase: [{ swarmId: content.swarmId, index: 5 }] }], 2);
      look();
      writer.commit([content.batch([5])], 3);
      look();
      writer.commit([{ ...emptyBatch, erase: [{ swarmId: content.swarmId }] }], 4);
      look();
      reader?.close();
    });
    const seen = (await Promise.all(answers)).map((extent) => verdict(extent, content, 5));
    expect(seen).toEqual(['nothing', 'right', 'nothing']);
  });

  it('believes no bit that flipped in an extent or a record', async () => {
    await withStore(() => undefined);
    const whole = readFileSync(file);
    const places = placesIn(file).filter(({ tree }) => tree === 'extents' || tree === 'swarms');
    const damaged = fc.tuple(fc.constantFrom(...places), fc.nat(), fc.nat(7));
    await fc.assert(
      fc.asyncProperty(damaged, async ([{ tree, key, offset, valueBytes }, at, bit]) => {
        const bytes = Buffer.from(whole);
        const place = offset + (at % valueBytes);
        bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
        writeFileSync(file, bytes);
        await reading(async (reader) => {
          const swarm = tree === 'swarms' && key.toString('hex') === other.swarmId ? other : undefined;
          const number = tree === 'extents' ? key.readUInt32BE(0) : undefined;
          const hit = swarm ?? (number === 2 ? other : content);
          const index = tree === 'extents' ? key.readUIntBE(4, 6) : 3;
          expect(await reader.read(hit.swarmId, index)).toBeUndefined();
        });
      }),
      { numRuns: 60 },
    );
  });

  it('answers right or not at all, whatever the pages hold, and ends', async () => {
    await withStore(() => undefined);
    const whole = readFileSync(file);
    const pages = whole.length / 4096;
    const spoilt = fc.array(fc.tuple(fc.nat(pages - 1), fc.nat(4095), fc.uint8Array({ minLength: 1, maxLength: 8 })), {
      minLength: 1,
      maxLength: 40,
    });
    const copied = fc.array(fc.tuple(fc.nat(pages - 1), fc.nat(pages - 1)), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(spoilt, copied, async (spots, copies) => {
        const bytes = Buffer.from(whole);
        for (const [page, at, change] of spots) bytes.set(change.subarray(0, 4096 - at), page * 4096 + at);
        for (const [from, to] of copies) bytes.copy(bytes, to * 4096, from * 4096, (from + 1) * 4096);
        writeFileSync(file, bytes);
        await reading(async (reader) => {
          expect(await verdicts(reader, content, [0, 1, 50, 99])).not.toContain('wrong');
        });
      }),
      { numRuns: 40 },
    );
  });

  it('leaves it to LMDB where the file is short, empty, or none of its own', async () => {
    await withStore(() => undefined);
    const whole = readFileSync(file);
    for (const bytes of [
      whole.subarray(0, 40_000),
      whole.subarray(0, 5000),
      Buffer.alloc(0),
      Buffer.alloc(99_999, 7),
    ]) {
      writeFileSync(file, bytes);
      await reading(async (reader) => expect(await reader.read(content.swarmId, 99)).toBeUndefined());
    }
  });

  it('leaves it to LMDB once the file system does not say what is in memory', async () => {
    await withStore(() => undefined);
    let calls = 0;
    const lookUp = (): number => lookUpAnswers.unsupported + 0 * ++calls;
    await reading(async (reader) => {
      expect([await reader.read(content.swarmId, 0), await reader.read(content.swarmId, 1)]).toEqual([
        undefined,
        undefined,
      ]);
    }, stubbed({ lookUp }));
    expect(calls).toBe(1);
  });
});

describeNative('the thread that asks for what only the disk has', () => {
  it('asks another thread to read it, when it is read beside LMDB', async () => {
    await withStore(() => undefined);
    forgetPages(file);
    let elsewhere = 0;
    const lookUpElsewhere: GuardAddon['lookUpElsewhere'] = (...value) => {
      elsewhere++;
      return native().lookUpElsewhere(...value);
    };
    const before = asked();
    const seen = await reading((reader) => verdicts(reader, content, indexes), stubbed({ lookUpElsewhere }));
    expect(asked()).toEqual(before);
    // Otherwise all of it was in memory, and this says nothing.
    expect(elsewhere).toBeGreaterThan(0);
    expect(new Set(seen)).toEqual(new Set(['right']));
  });

  it('asks another thread to read it, when LMDB has to be asked', async () => {
    await withStore(() => undefined);
    const reader = openLmdbReader(directory);
    // What opening it takes is read here.
    expect(reader.holds(other.swarmId)).toBe(true);
    const unsupported = jest.spyOn(native(), 'lookUp').mockReturnValue(lookUpAnswers.unsupported);
    forgetPages(file);
    const before = asked();
    const seen = await verdicts(reader, content, indexes);
    expect(asked()).toEqual(before);
    expect(unsupported).toHaveBeenCalled();
    unsupported.mockRestore();
    expect(new Set(seen)).toEqual(new Set(['right']));
    await reader.close();
  });
});

function native(): GuardAddon {
  if (addon === undefined) throw new RangeError('there is no addon');
  return addon;
}

function stubbed(instead: Partial<GuardAddon>): GuardAddon {
  return { ...native(), ...instead };
}

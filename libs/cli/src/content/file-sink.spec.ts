import { existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { samplesIn, smallFormat, temporaryFolder, writeOf } from './content.testing';
import { FileSink } from './file-sink';
import { FileSource } from './file-source';

const folder = temporaryFolder();
const sample = samplesIn(folder);
const extent = 64 * smallFormat.chunkSize;

describe('FileSink', () => {
  it.each([1, 64, extent, extent + 1, 3 * extent - 1, 65 * extent + 7])('puts %d bytes together', async (size) => {
    const content = await sample(size);
    const { out, record, extents, bytes } = content;
    const sink = await FileSink.open(out, record.metadata);
    expect(await sink.open(record.metadata.swarmId)).toBeUndefined();
    for (const one of extents.toReversed()) {
      expect(sink.isComplete).toBe(false);
      expect(await sink.write(writeOf(content, [one]))).toEqual({ written: [one.index], evicted: [] });
    }
    await sink.completed;
    expect(sink.progress()).toEqual({ heldBytes: size, contentBytes: size });
    await sink.finish();
    expect(readFileSync(out).equals(bytes)).toBe(true);
    expect(existsSync(`${out}.weir`)).toBe(false);
  });

  it('serves what it holds, and nothing else', async () => {
    const content = await sample(2 * extent + 5);
    const { out, record, extents } = content;
    const sink = await FileSink.open(out, record.metadata);
    await sink.write(writeOf(content, extents.slice(1)));
    for (const { index, bytes, hashes } of extents.slice(1)) {
      expect(await sink.read(record.metadata.swarmId, index)).toMatchObject({ index, hashes });
      expect((await sink.read(record.metadata.swarmId, index))?.bytes).toEqual(new Uint8Array(bytes));
    }
    expect(await sink.read(record.metadata.swarmId, 0)).toBeUndefined();
    expect(await sink.read('00'.repeat(32), 1)).toBeUndefined();
    await sink.close();
    expect(await sink.read(record.metadata.swarmId, 1)).toBeUndefined();
  });

  it('continues what any earlier run left, whatever it was', async () => {
    const content = await sample(70 * extent + 100);
    const { record, extents, bytes } = content;
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.subarray([...extents]), async (first) => {
        const out = folder.path(`run-${String(runs++)}.out`);
        const one = await FileSink.open(out, record.metadata);
        await one.write(writeOf(content, first));
        await one.close();
        const other = await FileSink.open(out, record.metadata);
        const opened = await other.open(record.metadata.swarmId);
        expect(opened?.extents).toEqual(first.map(({ index }) => index));
        expect(opened?.record.peaks).toEqual(record.peaks);
        const held = new Set(opened?.extents);
        await other.write(
          writeOf(
            content,
            extents.filter(({ index }) => !held.has(index)),
          ),
        );
        await other.completed;
        await other.finish();
        expect(readFileSync(out).equals(bytes)).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  it('offers the hashes that a resumed part was proven with, and no others', async () => {
    const content = await sample(8 * extent);
    const { out, record, extents, blocks } = content;
    const one = await FileSink.open(out, record.metadata);
    await one.write(writeOf(content, extents.slice(0, 1)));
    await one.close();
    const other = await FileSink.open(out, record.metadata);
    const opened = await other.open(record.metadata.swarmId);
    const whole = Buffer.from(blocks[0]?.hashes ?? []);
    const proven = Buffer.from(opened?.blocks[0]?.hashes ?? []);
    const nonzero = (position: number) => proven.subarray(position * 32, position * 32 + 32).some((byte) => byte !== 0);
    const known = Array.from({ length: 127 }, (_, position) => position).filter(nonzero);
    // The extent, its sibling and their parents' siblings, up to the root: local nodes 0, 2, 1, 5, 3, 11 and 7.
    expect(known).toEqual([0, 1, 2, 3, 5, 7, 11]);
    for (const position of known) {
      expect(proven.subarray(position * 32, position * 32 + 32)).toEqual(
        whole.subarray(position * 32, position * 32 + 32),
      );
    }
    await other.close();
  });

  it.each([
    ['the file was changed', (out: string) => writeFileSync(out, Buffer.from('x'), { flag: 'r+' }), [1, 2]],
    ['the file was cut', (out: string) => truncateSync(out, extent + 1), [0]],
    ['the file was lost', (out: string) => truncateSync(out, 0), []],
    // The last extent's root is a peak: it needs no other hash.
    ['hashes were lost', (out: string) => truncateSync(`${out}.weir`, 8193), [2]],
    ['claims were lost', (out: string) => truncateSync(`${out}.weir`, 8192), []],
  ])('believes only what it can prove when %s', async (_, damage, left) => {
    const content = await sample(3 * extent);
    const { out, record, extents, bytes } = content;
    const one = await FileSink.open(out, record.metadata);
    await one.write(writeOf(content, extents));
    await one.close();
    damage(out);
    const other = await FileSink.open(out, record.metadata);
    expect((await other.open(record.metadata.swarmId))?.extents).toEqual(left);
    await other.write(writeOf(content, extents));
    await other.finish();
    expect(readFileSync(out).equals(bytes)).toBe(true);
  });

  it('forgets what changes while it is open, until it is fetched again', async () => {
    const content = await sample(2 * extent);
    const { out, record, extents } = content;
    const sink = await FileSink.open(out, record.metadata);
    await sink.write(writeOf(content, extents));
    writeFileSync(out, Buffer.from('x'), { flag: 'r+' });
    expect(await sink.read(record.metadata.swarmId, 0)).toBeUndefined();
    expect(sink.isComplete).toBe(false);
    await sink.write(writeOf(content, extents.slice(0, 1)));
    expect(await sink.read(record.metadata.swarmId, 0)).toMatchObject({ index: 0 });
    await sink.close();
  });

  it('takes a complete file as such, and refuses any other', async () => {
    const { out, record, bytes } = await sample(2 * extent + 1);
    writeFileSync(out, bytes);
    const sink = await FileSink.open(out, record.metadata);
    await sink.completed;
    await sink.finish();
    expect(readFileSync(out).equals(bytes)).toBe(true);
    writeFileSync(out, 'something of value');
    const refused = FileSink.open(out, record.metadata);
    await expect(refused).rejects.toMatchObject({ code: 'OUTPUT_EXISTS', message: expect.stringContaining(out) });
    expect(readFileSync(out, 'utf8')).toBe('something of value');
  });

  it('keeps the number of chunks that peers corrected, and what it holds', async () => {
    const content = await sample(3 * extent);
    const { out, record, extents, bytes } = content;
    const sink = await FileSink.open(out, record.metadata);
    const implied = { ...record, chunkCount: 256, peaks: [Buffer.from(record.metadata.swarmId, 'hex')] };
    await sink.write({
      record: { ...implied, contentBytes: undefined },
      blocks: content.blocks,
      extents: extents.slice(0, 2),
    });
    expect(sink.progress().contentBytes).toBe(256 * 64);
    await sink.write(writeOf(content, extents.slice(2)));
    await sink.completed;
    await sink.finish();
    expect(readFileSync(out).equals(bytes)).toBe(true);
  });

  it('refuses the record of another swarm, and one that is none', async () => {
    const content = await sample(extent);
    const { out, record, extents } = content;
    const sink = await FileSink.open(out, record.metadata);
    await sink.write(writeOf(content, []));
    await sink.close();
    expect(extents).toHaveLength(1);
    const other = FileSink.open(out, { ...record.metadata, chunkSize: 128 });
    await expect(other).rejects.toMatchObject({
      code: 'PARTIAL_FOREIGN',
      message: expect.stringContaining('chunkSize 64, not 128'),
    });
    writeFileSync(`${out}.weir`, 'no record');
    await expect(FileSink.open(out, record.metadata)).rejects.toMatchObject({ code: 'PARTIAL_DAMAGED' });
  });

  it('refuses places that cannot be written', async () => {
    const { record } = await sample(10);
    mkdirSync(folder.path('folder.out'));
    for (const out of [folder.path('folder.out'), folder.path('missing/file.out')]) {
      await expect(FileSink.open(out, record.metadata)).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    }
  });

  it('leaves nothing behind when nothing came, and removes no file of others', async () => {
    const { out, record } = await sample(10);
    await (await FileSink.open(out, record.metadata)).close();
    expect(existsSync(out)).toBe(false);
    writeFileSync(out, '');
    await (await FileSink.open(out, record.metadata)).close();
    expect(statSync(out).size).toBe(0);
  });

  it('explains a failing disk', async () => {
    const content = await sample(extent);
    const sink = await FileSink.open(content.out, content.record.metadata);
    mkdirSync(`${content.out}.weir`);
    const failed = sink.write(writeOf(content, content.extents));
    await expect(failed).rejects.toMatchObject({
      code: 'OUTPUT_FAILED',
      message: expect.stringContaining(content.out),
    });
    await sink.close();
  });

  it('is read by a source of the same content', async () => {
    const content = await sample(2 * extent);
    const { out, record, extents } = content;
    const sink = await FileSink.open(out, record.metadata);
    await sink.write(writeOf(content, extents));
    await sink.finish();
    const source = await FileSource.open(out, smallFormat);
    expect(source.record).toEqual(record);
    await source.close();
  });
});

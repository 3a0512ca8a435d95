import { closeSync, existsSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { samplesIn, smallFormat, temporaryFolder, writeOf } from './content.testing';
import { FileSink } from './file-sink';

const folder = temporaryFolder();
const sample = samplesIn(folder);
const extent = 64 * smallFormat.chunkSize;

describe('FileSink, of content that is unusual,', () => {
  it('writes beyond 4 GiB where it should', async () => {
    const chunkSize = 8192;
    const metadata = { swarmId: 'ab'.repeat(32), hash: 'sha256', addressing: 'chunk64', chunkSize } as const;
    const out = folder.path('large');
    const sink = await FileSink.open(out, metadata);
    const index = 2 ** 14 + 1;
    const bytes = Buffer.alloc(64 * chunkSize, 'large');
    const record = { metadata, chunkCount: 64 * (index + 1), peaks: [], contentBytes: undefined };
    await sink.write({ record, extents: [{ index, bytes, hashes: new Uint8Array(127 * 32) }], blocks: [] });
    expect(sink.progress()).toEqual({ heldBytes: bytes.length, contentBytes: 2 ** 33 + 2 * bytes.length });
    const file = openSync(out, 'r');
    const read = Buffer.alloc(bytes.length);
    readSync(file, read, 0, read.length, 2 ** 33 + bytes.length);
    closeSync(file);
    expect(read.equals(bytes)).toBe(true);
    expect(statSync(out).size).toBe(2 ** 33 + 2 * bytes.length);
    await sink.close();
  });

  it('is complete at once where there are no bytes', async () => {
    const out = folder.path('nothing');
    const sink = await FileSink.open(out, { ...smallFormat, swarmId: '00'.repeat(32) });
    await sink.completed;
    expect(sink.progress()).toEqual({ heldBytes: 0, contentBytes: 0 });
    await sink.finish();
    expect(statSync(out).size).toBe(0);
    expect(existsSync(`${out}.weir`)).toBe(false);
  });

  it('is one for each file at a time', async () => {
    const content = await sample(100);
    const { out, record } = content;
    const sink = await FileSink.open(out, record.metadata);
    await expect(FileSink.open(out, record.metadata)).rejects.toMatchObject({ code: 'OUTPUT_BUSY' });
    await sink.write(writeOf(content, content.extents));
    await sink.finish();
    expect(existsSync(`${out}.weir.lock`)).toBe(false);
    await (await FileSink.open(out, record.metadata)).close();
  });

  it.each([65 * 64 + 1, 2 * extent])('fails when the size that was stated is not that of %d bytes', async (size) => {
    const content = await sample(size);
    const { metadata } = content.record;
    for (const contentBytes of [size + 1, size - 1, 3 * size]) {
      const sink = await FileSink.open(content.out, { ...metadata, contentBytes });
      const written = sink.write(writeOf(content, content.extents));
      await expect(written).rejects.toMatchObject({ code: 'CONTENT_OTHER_SIZE' });
      await sink.close();
      rmSync(content.out, { force: true });
      rmSync(`${content.out}.weir`, { force: true });
    }
    const right = await FileSink.open(content.out, { ...metadata, contentBytes: size });
    await right.write(writeOf(content, content.extents));
    await right.finish();
    const complete = FileSink.open(content.out, { ...metadata, contentBytes: size + 1 });
    await expect(complete).rejects.toMatchObject({ code: 'CONTENT_OTHER_SIZE' });
  });

  it('continues content that nothing protects, and takes no file that may be another', async () => {
    const { bytes, extents, out } = await sample(3 * extent + 5);
    const named = { ...smallFormat, swarmId: 'abcd', integrity: 'none', contentBytes: bytes.length } as const;
    const record = { metadata: named, chunkCount: 193, peaks: [], contentBytes: bytes.length };
    const bare = extents.map((one) => ({ ...one, hashes: new Uint8Array(0) }));
    const first = await FileSink.open(out, named);
    await first.write({ record, extents: bare.slice(1, 3), blocks: [] });
    await first.close();
    const second = await FileSink.open(out, named);
    expect((await second.open('abcd'))?.extents).toEqual([1, 2]);
    expect((await second.read('abcd', 1))?.bytes).toEqual(new Uint8Array(extents[1]?.bytes ?? []));
    await second.write({ record, extents: [...bare.slice(0, 1), ...bare.slice(3)], blocks: [] });
    await second.finish();
    expect(readFileSync(out).equals(bytes)).toBe(true);
    await expect(FileSink.open(out, named)).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
  });
});

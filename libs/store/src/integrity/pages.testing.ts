import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestContent } from '../content.testing';
import { pageBytes } from '../footprint';
import { openLmdbWriter } from '../lmdb-store';
import { emptyBatch } from '../store';
import { type EntryPlace, placeOf } from './entry-place';
import { walkNewest } from './inspect-pages';
import type { PageSource } from './tree-walk';

/** A data file in memory. */
export class MemoryPages implements PageSource {
  /** Pages that were read: an endless walk would show here. */
  reads = 0;

  constructor(readonly bytes: Uint8Array) {}

  get pages(): number {
    return Math.floor(this.bytes.length / pageBytes);
  }

  read(first: number, count: number): Uint8Array | undefined {
    this.reads += count;
    if (first + count > this.pages) return undefined;
    return this.bytes.slice(first * pageBytes, (first + count) * pageBytes);
  }
}

/** The data file of a store in which things came and went, so that it has branches and free pages. */
export async function churnedFile(): Promise<Uint8Array> {
  const directory = mkdtempSync(join(tmpdir(), 'weir-pages-'));
  const writer = openLmdbWriter({ directory, capacityBytes: 2 ** 30 });
  const contents = [1, 2, 3, 4].map((seed) => new TestContent(seed, { chunkCount: 64 * 100, chunkSize: 8 }));
  for (let index = 0; index < 90; index += 3) {
    const batches = contents.map((content) => content.batch([index, index + 1, index + 2], [content.block(1, index)]));
    writer.commit(batches, 1_700_000_000 + index);
    const erase = contents.map(({ swarmId }) => ({ swarmId, index: Math.floor(index / 2) }));
    if (index % 9 === 0) writer.commit([{ ...emptyBatch, erase }], 1_700_000_000 + index);
  }
  writer.commit([{ ...emptyBatch, erase: [{ swarmId: contents[3]?.swarmId ?? '' }] }], 1_700_001_000);
  while (writer.sweep());
  await writer.close();
  const bytes = new Uint8Array(readFileSync(join(directory, 'data.mdb')));
  rmSync(directory, { recursive: true });
  return bytes;
}

/** Where everything is that a data file's databases hold. */
export function placesIn(file: string): (EntryPlace & { readonly tree: string })[] {
  const places: (EntryPlace & { readonly tree: string })[] = [];
  const source = new MemoryPages(new Uint8Array(readFileSync(file)));
  if (walkNewest(source, (tree, page, at) => places.push({ tree, ...placeOf(page, at) })) === undefined)
    throw new RangeError('the file is damaged already');
  return places;
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pageBytes } from '../footprint';
import { churnedFile, placesIn } from '../integrity/pages.testing';
import { headTriesMin, supplyHead } from './head-supply';
import { TestContent } from '../content.testing';
import { openLmdbWriter } from '../lmdb-store';

const directory = mkdtempSync(join(tmpdir(), 'weir-heads-'));
const file = join(directory, 'data.mdb');
beforeAll(async () => {
  const content = new TestContent(1, { chunkCount: 64 * 20 });
  const writer = openLmdbWriter({ directory, capacityBytes: 2 ** 26 });
  writer.commit([content.batch(Array.from({ length: 20 }, (_, index) => index))], 1);
  await writer.close();
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Somebody waits for a page; what is made in its place is kept. */
function waitingFor(page: number, tries = headTriesMin) {
  const supplied: { page: number; bytes: Uint8Array }[] = [];
  const supply = (to: number, bytes: Uint8Array): boolean => supplied.push({ page: to, bytes }) > 0;
  return { awaited: () => ({ page, tries }), supply, supplied };
}

const heads = () => placesIn(file).flatMap(({ overflow }) => (overflow === undefined ? [] : [overflow.first]));

it('makes every head of a value as it was', () => {
  const bytes = readFileSync(file);
  expect(heads().length).toBeGreaterThanOrEqual(20);
  for (const page of heads()) {
    const waiting = waitingFor(page);
    expect(supplyHead(file, waiting)).toBe(true);
    const [made] = waiting.supplied;
    expect(made?.page).toBe(page);
    // But for two unused bytes, its header; the rest is lost.
    expect(Buffer.from(made?.bytes.subarray(0, 16) ?? [])).toEqual(
      bytes.subarray(page * pageBytes, page * pageBytes + 16),
    );
    expect(Buffer.from(made?.bytes.subarray(18, 24) ?? [])).toEqual(
      bytes.subarray(page * pageBytes + 18, page * pageBytes + 24),
    );
    expect(made?.bytes).toHaveLength(pageBytes);
  }
});

it('makes nothing of any other page, nor at the first attempts', () => {
  const pages = readFileSync(file).length / pageBytes;
  const known = new Set(heads());
  for (let page = 0; page < pages; page++) if (!known.has(page)) expect(supplyHead(file, waitingFor(page))).toBe(false);
  expect(supplyHead(file, waitingFor(heads()[0] ?? 0, headTriesMin - 1))).toBe(false);
  expect(supplyHead(file, { awaited: () => undefined, supply: () => true })).toBe(false);
  expect(supplyHead(file, undefined)).toBe(false);
});

it('makes nothing where what leads to the page cannot be followed', async () => {
  const broken = join(directory, 'broken.mdb');
  writeFileSync(broken, (await churnedFile()).subarray(0, 2 * pageBytes));
  expect(supplyHead(broken, waitingFor(5))).toBe(false);
});

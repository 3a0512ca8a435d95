import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chaptersOf, complaintsAbout, type Subject } from './rfc-coverage';
import { plantedCounts, plantedFiles, plantedPages, soundPage } from './rfc-coverage.plants';

const root = resolve(__dirname, '..');

interface Page extends Subject {
  readonly path: string;
}

const pages: readonly Page[] = [
  // RFC 7574; chapter 6 is on live streams.
  { path: 'docs/rfc-coverage.md', counted: { 2: 0, 3: 68, 4: 10, 5: 25, 7: 18, 8: 31, 12: 3 }, home: 'libs/ppspp/src' },
  // RFC 7846. Chapters 5 and 8 demand nothing; the definition of the key words does not count.
  { path: 'docs/rfc-coverage-7846.md', counted: { 1: 1, 2: 1, 3: 7, 4: 24, 6: 6, 7: 14 }, home: 'libs/ppstp/src' },
];

function read(path: string): string | undefined {
  const whole = join(root, path);
  return statSync(whole, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(whole, 'utf8') : undefined;
}

describe.each(pages)('$path', ({ path, ...subject }) => {
  const page = read(path) ?? '';

  it('has a row for every requirement, and names files and tests that exist', () => {
    expect(complaintsAbout(page, subject, read)).toEqual([]);
  });

  it('is no empty page', () => {
    const rows = chaptersOf(page).flatMap(({ parts }) => parts.flatMap(({ rows: those }) => those));
    expect(rows.length).toBeGreaterThanOrEqual(Object.values(subject.counted).reduce((sum, count) => sum + count));
    expect(rows.filter(({ tests }) => tests.length > 0).length).toBeGreaterThan(rows.length / 2);
  });
});

describe('the check of a page', () => {
  function complaints(page: string, home = 'libs/ppspp/src'): string[] {
    return complaintsAbout(page, { counted: plantedCounts, home }, (path) => plantedFiles[path]);
  }

  it('has nothing to say of one that is in order', () => {
    expect(complaints(soundPage)).toEqual([]);
  });

  it('looks for files where the page says that they are', () => {
    expect(complaints(soundPage, 'libs/ppstp/src')).toContain('3.1/1: there is no wire/decode.ts');
  });

  it.each(plantedPages)('finds $name', ({ page, complaint }) => {
    expect(page).not.toBe(soundPage);
    expect(complaints(page)).toContain(complaint);
  });
});

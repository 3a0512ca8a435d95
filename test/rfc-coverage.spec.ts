import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chaptersOf, complaintsAbout } from './rfc-coverage';
import { plantedCounts, plantedFiles, plantedPages, soundPage } from './rfc-coverage.plants';

const root = resolve(__dirname, '..');

/** How often RFC 7574 uses RFC 2119's key words, by chapter. Chapter 6 is on live streams. */
const counted = { 2: 0, 3: 68, 4: 10, 5: 25, 7: 18, 8: 31, 12: 3 };

function read(path: string): string | undefined {
  const whole = join(root, path);
  return statSync(whole, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(whole, 'utf8') : undefined;
}

describe('docs/rfc-coverage.md', () => {
  const page = read('docs/rfc-coverage.md') ?? '';

  it('has a row for every requirement, and names files and tests that exist', () => {
    expect(complaintsAbout(page, counted, read)).toEqual([]);
  });

  it('is no empty page', () => {
    const rows = chaptersOf(page).flatMap(({ parts }) => parts.flatMap(({ rows: those }) => those));
    expect(rows.length).toBeGreaterThanOrEqual(Object.values(counted).reduce((sum, count) => sum + count));
    expect(rows.filter(({ tests }) => tests.length > 0).length).toBeGreaterThan(rows.length / 2);
  });
});

describe('the check of a page', () => {
  function complaints(page: string): string[] {
    return complaintsAbout(page, plantedCounts, (path) => plantedFiles[path]);
  }

  it('has nothing to say of one that is in order', () => {
    expect(complaints(soundPage)).toEqual([]);
  });

  it.each(plantedPages)('finds $name', ({ page, complaint }) => {
    expect(page).not.toBe(soundPage);
    expect(complaints(page)).toContain(complaint);
  });
});

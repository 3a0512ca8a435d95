import { closeSync, fstatSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreError } from './errors';
import { BootMark, type LastEnd, mayBeTorn } from './boot-mark';

const monday = '6c1f1a3e-6b5f-4d0e-9d1c-0d2f6a1b2c3d';
const tuesday = '0e2d4c6b-8a9f-4e1d-a2c3-b4d5e6f70819';

/** Opens a store, and says how the run before ended. */
function opened(directory: string, bootId?: string): BootMark {
  const mark = new BootMark(directory, bootId);
  mark.set();
  return mark;
}

describe('the mark of an open store', () => {
  let directory: string;
  const file = (): string => join(directory, 'weir.boot');

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'weir-boot-'));
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  function stored(): void {
    writeFileSync(join(directory, 'data.mdb'), 'anything');
  }

  it('is new where there is no data, whatever a mark says', () => {
    expect(opened(directory, monday).last).toBe('new');
    expect(opened(directory, tuesday).last).toBe('new');
  });

  it('tells a stop from a killed process and from a machine that went down', () => {
    stored();
    const ends: LastEnd[] = [opened(directory, monday).last];
    ends.push(opened(directory, monday).last);
    const crashed = opened(directory, tuesday);
    crashed.clear();
    ends.push(crashed.last, opened(directory, monday).last);
    expect(ends).toEqual(['unknown', 'killed', 'crashed', 'clean']);
  });

  it.each(['', 'open', monday, `${monday} ope`, 'x'.repeat(36), `${monday} open`, `${monday} closed`, '\0\0\0\0'])(
    'is not believed when it is torn: %j',
    (text) => {
      stored();
      writeFileSync(file(), text);
      const { last } = opened(directory, monday);
      expect([last, mayBeTorn(last)]).toEqual(['unknown', true]);
    },
  );

  it('is a sign that the store is ours', () => {
    stored();
    expect(new BootMark(directory).isOurs).toBe(false);
    opened(directory);
    expect(new BootMark(directory).isOurs).toBe(true);
  });

  it('gives up a file that may be torn after three starts that came to nothing, and then begins to count anew', () => {
    stored();
    opened(directory, monday);
    const given = [1, 2, 3, 4, 5].map(() => opened(directory, tuesday)).map(({ isGivenUp, last }) => [isGivenUp, last]);
    expect(given.slice(0, 4)).toEqual([
      [false, 'crashed'],
      [false, 'crashed'],
      [false, 'crashed'],
      [true, 'crashed'],
    ]);
    expect(given[4]).toEqual([false, 'killed']);
  });

  it('believes a file again that proved sound, or was closed', () => {
    stored();
    opened(directory, monday);
    opened(directory, tuesday).settle();
    expect(new BootMark(directory, tuesday).last).toBe('killed');
    opened(directory, monday).clear();
    expect(new BootMark(directory, tuesday).last).toBe('clean');
  });

  it('is written over the one before, so that a full disk has room for it', () => {
    stored();
    const mark = opened(directory, monday);
    const { ino, size } = statSync(file());
    const truncated: number[] = [];
    const watched = openSync(file(), 'r');
    for (const change of [() => mark.clear(), () => mark.settle(), () => opened(directory, tuesday)]) {
      change();
      truncated.push(fstatSync(watched).size);
    }
    closeSync(watched);
    expect(statSync(file())).toMatchObject({ ino, size });
    expect(new BootMark(directory, tuesday).last).toBe('crashed');
    // What an earlier version wrote is no longer than it need be.
    writeFileSync(file(), `${tuesday} closed\n`);
    expect(opened(directory, tuesday).last).toBe('clean');
    expect(truncated).toEqual([size, size, size]);
  });

  it('stays as it is until it is set', () => {
    stored();
    opened(directory, monday);
    expect([1, 2].map(() => new BootMark(directory, tuesday).last)).toEqual(['crashed', 'crashed']);
  });

  it('knows no killed process where machines have no boot ID', () => {
    stored();
    opened(directory, '');
    expect(opened(directory, '').last).toBe('unknown');
  });

  it('reads the boot ID of this machine', () => {
    stored();
    opened(directory);
    expect(opened(directory).last).toBe('killed');
  });

  it('is an error of the store where it cannot be written', () => {
    expect(() => opened(join(directory, 'nowhere'), monday)).toThrow(StoreError);
  });
});

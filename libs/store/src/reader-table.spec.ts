import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardAddon } from './guard-addon';
import { tableBytes, warmReaderTable } from './reader-table';

describe("LMDB's table of readers", () => {
  let directory: string;
  const file = (): string => join(directory, 'lock.mdb');
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'weir-readers-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is made, and then left as it is', () => {
    warmReaderTable(directory);
    expect(readFileSync(file())).toEqual(Buffer.alloc(tableBytes));
    const filled = Buffer.alloc(tableBytes, 7);
    writeFileSync(file(), filled);
    warmReaderTable(directory);
    expect(readFileSync(file())).toEqual(filled);
  });

  // Its first bytes cannot be read: EIO, as from a disk.
  (existsSync('/proc/self/mem') ? it : it.skip)('is made anew where the disk does not give it up', () => {
    symlinkSync('/proc/self/mem', file());
    expect(() => readFileSync(file())).toThrow('EIO');
    warmReaderTable(directory);
    expect(readFileSync(file())).toEqual(Buffer.alloc(tableBytes));
  });

  it('leaves nothing in part where it cannot be made', () => {
    const missing = join(directory, 'missing');
    expect(() => warmReaderTable(missing)).toThrow('can be neither read nor made');
    expect(existsSync(missing)).toBe(false);
  });

  (guardAddon()?.reserve ? it : it.skip)('takes its room on the disk, whatever copied it, before it is mapped', () => {
    writeFileSync(file(), 'what is there');
    truncateSync(file(), tableBytes / 2);
    warmReaderTable(directory);
    expect(readFileSync(file(), 'latin1').replace(/\0*$/, '')).toBe('what is there');
    const { blocks, size } = statSync(file());
    expect([blocks * 512, size]).toEqual([tableBytes, tableBytes]);
  });

  it.each(['ENOSPC', 'EDQUOT'] as const)('is refused where the disk has no room for it: %s', (name) => {
    writeFileSync(file(), 'short');
    const full = { reserve: () => constants.errno[name] };
    expect(() => warmReaderTable(directory, full)).toThrow('the disk is full');
    warmReaderTable(directory, { reserve: () => constants.errno.EOPNOTSUPP });
    warmReaderTable(directory, {});
  });
});

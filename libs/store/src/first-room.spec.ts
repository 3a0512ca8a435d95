import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustHaveRoom } from './first-room';

describe('the room that a start needs', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'weir-room-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** What nothing can be written to, as on a full disk. */
  const refuseBallast = (): void => mkdirSync(join(directory, 'weir.ballast'));

  it.each([undefined, 0, 4096])(
    'is asked for before anything is made, and nothing is left: a file of %s bytes',
    (bytes) => {
      if (bytes !== undefined) writeFileSync(join(directory, 'data.mdb'), Buffer.alloc(bytes));
      const before = readdirSync(directory);
      mustHaveRoom(directory);
      expect(readdirSync(directory)).toEqual(before);
      refuseBallast();
      expect(() => mustHaveRoom(directory)).toThrow(/^store\.path = .*: the disk has no room for a new store/);
    },
  );

  it('is not asked for where a store is there: what it holds is served', () => {
    writeFileSync(join(directory, 'data.mdb'), Buffer.alloc(8192));
    refuseBallast();
    mustHaveRoom(directory);
  });
});

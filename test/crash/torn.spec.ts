import { randomInt } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbReader } from '@weir/store';
import { diceOf } from './dice';
import { inspect } from './inspect';
import { liveAndDie } from './process';
import type { Life } from './scenario';
import { type Tear, tears, tornFile } from './torn-file';

const seed = Number(process.env['WEIR_CRASH_SEED'] ?? randomInt(2 ** 31));
const capacityBytes = 8 * 1024 * 1024;
/** Of each way to fail. */
const rounds = 2;
/** Some damage is found by LMDB alone, which ends the process: three starts may fail of it, and the next begins anew. */
const startsMax = 4;

jest.setTimeout(180_000);

describe(`a machine that went down with its store open (WEIR_CRASH_SEED=${seed})`, () => {
  let folder: string;
  /** The data file before the last transactions, and after them. */
  let before: Buffer;
  let after: Buffer;
  let rules: unknown;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'weir-torn-'));
    const whole = join(folder, 'whole');
    await stoppedAfter(whole, 60, 'one');
    before = readFileSync(join(whole, 'data.mdb'));
    await stoppedAfter(whole, 25, 'two');
    after = readFileSync(join(whole, 'data.mdb'));
    const reader = openLmdbReader(whole);
    rules = reader.rules();
    await reader.close();
    // As a machine leaves it that had another name for that time.
    writeFileSync(join(whole, 'weir.boot'), '01234567-89ab-cdef-0123-456789abcdef open\n');
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(tears)('starts again on a file with %s pages, serves nothing wrong, and knows its rules', async (tear) => {
    for (let round = 0; round < rounds; round++) {
      const directory = tornCopy(tear, round);
      expect(await startsUntilStopped(directory, `${tear}-${round}`)).toBeLessThanOrEqual(startsMax);
      const { faults } = await inspect(directory, { capacityBytes, possible: 'torn' });
      expect(faults).toEqual([]);
      const reader = openLmdbReader(directory);
      expect(reader.rules()).toEqual(rules);
      await reader.close();
    }
  });

  function tornCopy(tear: Tear, round: number): string {
    const directory = join(folder, `${tear}-${round}`);
    cpSync(join(folder, 'whole'), directory, { recursive: true, filter: (source) => !source.endsWith('lock.mdb') });
    writeFileSync(join(directory, 'data.mdb'), tornFile(before, after, tear, diceOf(seed + round)));
    return directory;
  }

  /** As a service manager starts it, again and again. */
  async function startsUntilStopped(directory: string, name: string): Promise<number> {
    for (let start = 1; start <= startsMax; start++) {
      const { phase } = await liveAndDie(
        { ...lifeOf(directory, `${name}-${start}`, 5), hasOperator: false },
        undefined,
      );
      if (phase === 'stopped') return start;
    }
    return Infinity;
  }

  async function stoppedAfter(directory: string, answers: number, name: string): Promise<void> {
    const { phase, said } = await liveAndDie(lifeOf(directory, name, answers), undefined);
    expect([phase, said]).toEqual(['stopped', '']);
    expect(existsSync(join(directory, 'data.mdb'))).toBe(true);
  }

  function lifeOf(directory: string, name: string, answersToStop: number): Life {
    const journal = join(folder, `journal-${name}`);
    return {
      directory,
      journal,
      seed,
      capacityBytes,
      probationBytes: 0,
      killAtPoint: 0,
      killAtRun: 0,
      diskBytes: 0,
      answersToStop,
      hasOperator: true,
      scrubs: false,
      recording: undefined,
    };
  }
});

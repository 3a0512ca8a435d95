import { spawnSync } from 'node:child_process';
import { mkdtempSync, statSync, truncateSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { TestContent } from './content.testing';
import { guardAddon } from './guard-addon';
import { closeEnvironment, openForReading, openForWriting } from './lmdb-environment';
import { LmdbTables } from './lmdb-tables';
import { openLmdbReader, openLmdbWriter } from './lmdb-store';
import { ReadGuard } from './read-guard';
import { emptyBatch } from './store';
import { workerFile } from './worker-file';

const capacityBytes = 64 * 1024 * 1024;
const content = new TestContent(1, { chunkCount: 64 * 100 });
const indexes = Array.from({ length: 100 }, (_, index) => index);
/** `covers.h` has the same. */
const coveredPagesMax = 128;
const describeGuarded = guardAddon() === undefined ? describe.skip : describe;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weir-guard-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('a guard', () => {
  /** Faults at the calls that are named, one each. */
  function addonFaultingAt(...calls: number[]) {
    let faults = 0;
    let call = 0;
    const work = (): number => {
      if (calls.includes(++call)) faults++;
      return call;
    };
    const count = (): number => faults;
    const addon = { version: 1, watch: () => 0, unwatch: () => undefined, faults: count, begin: count };
    const files = {
      openFile: () => 0,
      closeFile: () => undefined,
      lookUp: () => -3,
      lookUpElsewhere: () => Promise.resolve(-3),
    };
    const nothing = { hold: () => -1, letGo: () => false, isTainted: () => false, awaited: () => undefined };
    const silent = { expect: () => undefined, supply: () => false, end: () => undefined };
    return { work, addon: { ...addon, ...files, ...nothing, ...silent } };
  }

  it('tries again what met a fault, which may be another thread’s, and gives up at the third', () => {
    const once = addonFaultingAt(1);
    expect(new ReadGuard('', once.addon).read(once.work)).toBe(2);
    const thrice = addonFaultingAt(1, 2, 3);
    expect(() => new ReadGuard('', thrice.addon).read(thrice.work)).toThrow('does not give up');
  });

  it('believes an error only if nothing was unreadable', () => {
    const { addon, work } = addonFaultingAt(1);
    const failing = (): never => {
      throw new TypeError(`call ${work()}`);
    };
    expect(() => new ReadGuard('', addon).read(failing)).toThrow('call 2');
  });

  it('never does twice what must be done once', () => {
    const { addon, work } = addonFaultingAt(1);
    const run = (): unknown =>
      new ReadGuard('', addon).once((mustBeWhole) => {
        work();
        mustBeWhole();
      });
    expect(run).toThrow('does not give up');
    expect(work()).toBe(2);
  });

  it('has who writes hold out, and does not take others’ faults for its own', () => {
    const { addon, work } = addonFaultingAt(1);
    const calls: string[] = [];
    const holding = {
      ...addon,
      hold: () => calls.push('hold') - 1,
      letGo: () => calls.push('letGo') > 0,
      isTainted: () => false,
    };
    const guard = new ReadGuard('', holding);
    expect(guard.write((mustBeWhole) => (mustBeWhole(), work()))).toBe(1);
    expect(calls).toEqual(['hold', 'letGo']);
    const failing = (): never => {
      throw new TypeError('its own');
    };
    expect(() => guard.write(failing)).toThrow('its own');
    expect(calls).toHaveLength(4);
  });

  it('commits nothing of a file that was cut meanwhile', () => {
    const { addon } = addonFaultingAt();
    const guard = new ReadGuard('', { ...addon, hold: () => 0, isTainted: () => true });
    expect(() => guard.write((mustBeWhole) => mustBeWhole())).toThrow('does not give up');
  });

  it('does without what can be done without, and what that is part of goes on', () => {
    const { addon, work } = addonFaultingAt(1, 2, 3);
    const guard = new ReadGuard('', addon);
    const whole = guard.once((mustBeWhole) => {
      const part = guard.readOr(work);
      mustBeWhole();
      return part;
    });
    expect(whole).toBeUndefined();
    expect(guard.readOr(work)).toBe(4);
  });

  it('has nothing read here that could not be touched elsewhere', async () => {
    const { addon, work } = addonFaultingAt(1, 2);
    await expect(new ReadGuard('', addon).warm(() => Promise.resolve(work()))).rejects.toThrow('does not give up');
  });
});

describeGuarded('a store whose file is cut while it is open', () => {
  it('answers what it cannot read with an error, again and again, and the rest as before', async () => {
    const writer = openLmdbWriter({ directory, capacityBytes });
    writer.commit([content.batch(indexes)], 1);
    const reader = openLmdbReader(directory);
    await expect(reader.read(content.swarmId, 0)).resolves.toEqual(content.extent(0));
    for (const share of [0.5, 0.1, 0]) {
      truncateSync(join(directory, 'data.mdb'), Math.floor(statSync(join(directory, 'data.mdb')).size * share));
      for (const round of ['first', 'second']) {
        const answers = await Promise.allSettled(indexes.map((index) => reader.read(content.swarmId, index)));
        const codes = answers.map((answer) => (answer.status === 'rejected' ? codeOf(answer.reason) : 'read'));
        expect({ round, codes: [...new Set(codes)] }).toMatchObject({
          codes: expect.arrayContaining(['STORE_UNREADABLE']),
        });
        answers.forEach((answer, index) => {
          if (answer.status === 'fulfilled') expect(answer.value).toEqual(content.extent(index));
        });
      }
    }
    await expect(reader.open(content.swarmId)).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
    expect(() => reader.swarms()).toThrow('does not give up');
    expect(() => writer.commit([{ ...emptyBatch, erase: [content] }], 2)).toThrow('shorter than it was');
    await reader.close();
    await writer.close();
  });

  it('tells of more pages at a time than can be covered, and has the rest as it was', async () => {
    const writer = openLmdbWriter({ directory, capacityBytes });
    // Commit by commit the trees take the pages in front.
    for (const index of indexes.slice(0, 30)) writer.commit([content.batch([index])], 1);
    await writer.close();
    const environment = openForReading(directory);
    if (environment === undefined) throw new TypeError('there is a store');
    const { extents, guard } = environment;
    const keys = [...extents.getKeys()];
    const lengths = (): number[] => keys.map((key) => extents.getBinary(key)?.length ?? 0);
    const whole = guard.read(lengths);
    truncateSync(environment.file, Math.floor(statSync(environment.file).size / 5));
    const before = guardAddon()?.faults() ?? 0;
    for (const round of [1, 2]) {
      expect(() => guard.read(lengths)).toThrow('does not give up');
      // Each is counted before and after.
      expect((guardAddon()?.faults() ?? 0) - before).toBeGreaterThan(round * 2 * coveredPagesMax);
    }
    const [first = Buffer.alloc(0)] = keys;
    expect(guard.read(() => extents.getBinary(first)?.length)).toBe(whole[0]);
    await closeEnvironment(environment);
  });

  it('commits nothing that was made while it was cut', async () => {
    const tables = new LmdbTables(openForWriting(directory, capacityBytes));
    const file = join(directory, 'data.mdb');
    const cut = (): void => {
      tables.setNextSwarm(6);
      truncateSync(file, statSync(file).size - 1);
    };
    tables.atomically(() => tables.setNextSwarm(5));
    expect(() => tables.atomically(cut)).toThrow('shorter than it was');
    expect(tables.nextSwarm()).toBe(5);
    await tables.close();
  });

  it('leaves faults of other memory to end the process', () => {
    const script = `
      const { openLmdbWriter } = require(${JSON.stringify(join(dirname(workerFile('writer')), 'lmdb-store.js'))});
      openLmdbWriter({ directory: ${JSON.stringify(directory)}, capacityBytes: ${capacityBytes} });
      process.kill(process.pid, 'SIGBUS');
      setTimeout(() => process.exit(7), 20_000);`;
    expect(spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' })).toMatchObject({ signal: 'SIGBUS' });
  });
});

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : error;
}

import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestContent, seededBytes } from './content.testing';
import { openForWriting } from './lmdb-environment';
import { openLmdbWriter } from './lmdb-store';
import { LmdbTables } from './lmdb-tables';

describe('what the policy remembers', () => {
  const capacityBytes = 8 * 1024 * 1024;
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'weir-policy.d-'));
  });

  afterEach(() => rm(directory, { recursive: true }));

  it('comes back whole, however long it was before, or not at all', async () => {
    const environment = openForWriting(directory, capacityBytes);
    const tables = new LmdbTables(environment);
    expect(tables.policy()).toBeUndefined();
    for (const length of [200_000, 69_604, 10, 69_605, 1]) {
      const state = seededBytes(length, length);
      tables.atomically(() => tables.keepPolicy(state));
      expect(Buffer.compare(tables.policy() ?? Buffer.of(), state)).toBe(0);
    }
    const [row] = environment.policy.getRange();
    if (row === undefined) throw new TypeError('nothing was kept');
    const broken = Buffer.from(row.value);
    broken[0] = (broken[0] ?? 0) ^ 1;
    environment.policy.putSync(row.key, broken);
    expect(tables.policy()).toBeUndefined();
    await tables.close();
  });

  it.each([0, 1, 100, 100_000])('may be any %i bytes: then it is learnt anew, and nothing is lost', async (length) => {
    const content = new TestContent(1);
    const first = openLmdbWriter({ directory, capacityBytes });
    first.commit([content.batch([0, 1, 2, 3, 4])], 1);
    await first.close();
    const tables = new LmdbTables(openForWriting(directory, capacityBytes));
    tables.atomically(() => tables.keepPolicy(seededBytes(length, 7)));
    await tables.close();
    const next = openLmdbWriter({ directory, capacityBytes });
    expect(next.usage()).toMatchObject({ extents: 5, policy: { segments: 2 } });
    await next.close();
  });
});

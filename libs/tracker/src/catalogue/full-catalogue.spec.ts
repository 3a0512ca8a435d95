import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Catalogue } from './catalogue';
import { limits } from './limits';
import { LmdbShelf } from './lmdb-shelf';
import { MemoryShelf, type ShelfChange } from './shelf';

describe('a full catalogue', () => {
  class FullShelf extends MemoryShelf {
    readonly changes: ShelfChange[] = [];

    constructor(private readonly withdrawn: number) {
      super();
    }

    override read() {
      const accessOf = (at: number) => (at < this.withdrawn ? 'withdrawn' : 'open');
      const swarms = Array.from(
        { length: limits.swarmsMax },
        (_, at) => [String(at), { access: accessOf(at), changedAt: 1_000 - at }] as const,
      );
      return { swarms, grants: [] };
    }

    override commit(changes: readonly ShelfChange[] = []): Promise<void> {
      this.changes.push(...changes);
      return Promise.resolve();
    }
  }

  it('forgets the swarm that was withdrawn first for a new one', async () => {
    const shelf = new FullShelf(3);
    const full = new Catalogue(shelf, () => 7);
    expect(await full.publish('new', { access: 'open' })).toBe(true);
    expect(shelf.changes).toMatchObject([
      { kind: 'remove', swarmId: '2' },
      { kind: 'put', swarmId: 'new' },
    ]);
    expect(full.find('2')).toBeUndefined();
    await full.withdraw('other');
    expect(full.find('1')).toBeUndefined();
    expect(full.counts).toEqual({ published: limits.swarmsMax - 2, withdrawn: 2, grants: 0 });
    expect(await full.publish('0', { access: 'open' })).toBe(true);
    expect(full.find('other')?.access).toBe('withdrawn');
  });

  it('takes no more when all that it has is published', async () => {
    const full = new Catalogue(new FullShelf(0));
    await expect(full.publish('new', { access: 'open' })).rejects.toMatchObject({ code: 'CATALOGUE_FULL' });
    expect(await full.publish('5', { access: 'closed' })).toBe(false);
  });

  it('has forgotten on disk, too', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'weir-catalogue-'));
    try {
      const entry = { access: 'withdrawn', changedAt: 1 } as const;
      const shelf = LmdbShelf.open(directory);
      await shelf.commit(['a', 'b'].map((swarmId) => ({ kind: 'put', swarmId, entry })));
      await shelf.commit([{ kind: 'remove', swarmId: 'a' }]);
      await shelf.close();
      const again = LmdbShelf.open(directory);
      expect([...again.read().swarms].map(([swarmId]) => swarmId)).toEqual(['b']);
      await again.close();
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

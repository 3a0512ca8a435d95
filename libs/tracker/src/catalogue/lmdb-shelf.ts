import { chmodSync } from 'node:fs';
import { makeDirectory, refuseForeign, StoreLock } from '@weir/store';
import { type Database, open, type RootDatabase } from 'lmdb';
import { CatalogueError } from './errors';
import { catalogueEntry, type CatalogueEntry, type Grant } from './record';
import type { Shelf, ShelfChange, ShelfContent } from './shelf';

type Table = Database<Buffer, Buffer>;

/**
 *     swarms   swarm ID              JSON of `CatalogueEntry`
 *     grants   swarm ID 00 principal  empty
 *     meta     `format`               the version as a digit
 *
 * Neither of the two has a byte of 0. Whoever changes any of this changes the version.
 */
const formatVersion = '1';
const formatKey = Buffer.from('format');
const separator = '\0';
const nothing = Buffer.alloc(0);

const bytesAsTheyAre = { encoding: 'binary', keyEncoding: 'binary' } as const;

/** The catalogue in a directory of its own. One process at a time has it. */
export class LmdbShelf implements Shelf {
  private readonly swarms: Table;
  private readonly grants: Table;

  private constructor(
    private readonly directory: string,
    private readonly lock: StoreLock,
    private readonly root: RootDatabase<Buffer, Buffer>,
  ) {
    this.swarms = this.table('swarms');
    this.grants = this.table('grants');
  }

  /** Makes the directory if need be. Throws a `CatalogueError` or a `StoreError` where it cannot be used. */
  static open(directory: string): LmdbShelf {
    makeDirectory(directory);
    refuseForeign(directory);
    // Who may watch what is nobody else's business.
    chmodSync(directory, 0o700);
    const lock = StoreLock.take(directory);
    const shelf = new LmdbShelf(directory, lock, opened(directory, lock));
    shelf.requireFormat();
    return shelf;
  }

  read(): ShelfContent {
    return { swarms: this.readSwarms(), grants: this.readGrants() };
  }

  async commit(changes: readonly ShelfChange[]): Promise<void> {
    try {
      await this.root.transaction(() => {
        for (const change of changes) this.apply(change);
      });
    } catch (cause) {
      throw new CatalogueError(
        'CATALOGUE_FAILED',
        `the catalogue in ${this.directory} took no change: check the disk, its space and its permissions`,
        { directory: this.directory },
        { cause },
      );
    }
  }

  async close(): Promise<void> {
    await this.root.close();
    this.lock.release();
  }

  private apply(change: ShelfChange): void {
    switch (change.kind) {
      case 'put':
        void this.swarms.put(Buffer.from(change.swarmId), Buffer.from(JSON.stringify(change.entry)));
        break;
      case 'remove':
        void this.swarms.remove(Buffer.from(change.swarmId));
        break;
      case 'grant':
        void this.grants.put(grantKey(change), nothing);
        break;
      case 'revoke':
        void this.grants.remove(grantKey(change));
    }
  }

  private *readSwarms(): Generator<readonly [string, CatalogueEntry]> {
    for (const { key, value } of this.swarms.getRange()) {
      const swarmId = key.toString();
      const read = catalogueEntry.safeParse(jsonOf(value));
      if (!read.success) throw this.corrupt(`the entry of swarm ${swarmId} cannot be read`);
      yield [swarmId, read.data];
    }
  }

  private *readGrants(): Generator<Grant> {
    for (const key of this.grants.getKeys()) {
      const [swarmId = '', principal, more] = key.toString().split(separator);
      if (principal === undefined || more !== undefined) throw this.corrupt('a grant cannot be read');
      yield { swarmId, principal };
    }
  }

  private table(name: string): Table {
    return this.root.openDB<Buffer, Buffer>(name, bytesAsTheyAre);
  }

  private requireFormat(): void {
    const meta = this.table('meta');
    if (meta.get(formatKey) === undefined && this.swarms.getKeysCount() === 0)
      meta.putSync(formatKey, Buffer.from(formatVersion));
    const version = meta.get(formatKey)?.toString() ?? 'none';
    if (version === formatVersion) return;
    void this.close();
    throw this.corrupt(`it has format ${version}, this version reads ${formatVersion}`);
  }

  private corrupt(what: string): CatalogueError {
    const { directory } = this;
    const message = `the catalogue in ${directory}: ${what}; restore a copy of the directory, or remove it and publish again`;
    return new CatalogueError('CATALOGUE_CORRUPT', message, { directory });
  }
}

/** A commit resolves when it is on disk; the event loop does not wait for it meanwhile. */
function opened(directory: string, lock: StoreLock): RootDatabase<Buffer, Buffer> {
  try {
    return open<Buffer, Buffer>({ ...bytesAsTheyAre, path: directory, noSubdir: false, overlappingSync: false });
  } catch (cause) {
    lock.release();
    const message = `the catalogue in ${directory} cannot be opened: check that it is a directory we may use, and its disk`;
    throw new CatalogueError('CATALOGUE_FAILED', message, { directory }, { cause });
  }
}

function grantKey({ swarmId, principal }: Grant): Buffer {
  return Buffer.from(`${swarmId}${separator}${principal}`);
}

function jsonOf(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString());
  } catch {
    return undefined;
  }
}

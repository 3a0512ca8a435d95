import type { CatalogueEntry, Grant } from './record';

/** One change of what is kept. */
export type ShelfChange =
  | { readonly kind: 'put'; readonly swarmId: string; readonly entry: CatalogueEntry }
  | { readonly kind: 'remove'; readonly swarmId: string }
  | ({ readonly kind: 'grant' | 'revoke' } & Grant);

/** What is kept, when it is opened. */
export interface ShelfContent {
  readonly swarms: Iterable<readonly [swarmId: string, entry: CatalogueEntry]>;
  readonly grants: Iterable<Grant>;
}

/** Where the catalogue is kept. */
export interface Shelf {
  /** All that was committed before. Throws a `CatalogueError` for what cannot be read. */
  read(): ShelfContent;
  /** All changes or none, for good when it resolves. Rejects with a `CatalogueError`. */
  commit(changes: readonly ShelfChange[]): Promise<void>;
  close(): Promise<void>;
}

/** Keeps nothing: what was published ends with the process. */
export class MemoryShelf implements Shelf {
  read(): ShelfContent {
    return { swarms: [], grants: [] };
  }

  commit(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

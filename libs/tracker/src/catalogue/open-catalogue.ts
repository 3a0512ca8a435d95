import { join } from 'node:path';
import { Catalogue } from './catalogue';
import { LmdbShelf } from './lmdb-shelf';
import { MemoryShelf } from './shelf';

/**
 * The catalogue below a tracker's state directory; without one, it ends with the process. Throws a `CatalogueError` or a
 * `StoreError` where the directory cannot be used.
 */
export function openCatalogue(stateDirectory: string | undefined): Catalogue {
  if (stateDirectory === undefined) return new Catalogue(new MemoryShelf());
  const shelf = LmdbShelf.open(join(stateDirectory, 'catalogue'));
  try {
    return new Catalogue(shelf);
  } catch (error) {
    void shelf.close();
    throw error;
  }
}

import { CacheError } from '@weir/ppspp';

/**
 * Why the catalogue did not do what it was asked: `CATALOGUE_FULL`, a bound is reached; `CATALOGUE_BUSY`, too many changes wait
 * for the disk; `CATALOGUE_FAILED`, the disk or the database refused; `CATALOGUE_CORRUPT`, what is on disk is not ours, or of
 * another version; `SWARM_UNPUBLISHED`, there is no such swarm in it.
 */
export type CatalogueErrorCode =
  'CATALOGUE_FULL' | 'CATALOGUE_BUSY' | 'CATALOGUE_FAILED' | 'CATALOGUE_CORRUPT' | 'SWARM_UNPUBLISHED';

/** The catalogue did not do what it was asked. */
export class CatalogueError extends CacheError<CatalogueErrorCode> {}

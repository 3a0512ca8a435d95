import { CacheError } from '@weir/ppspp';

/**
 * `STORE_FORMAT`: the directory holds another format's store. `STORE_CORRUPT`: a value breaks the format.
 * `STORE_CLOSED`: the store, its writer or the way to it has ended. `STORE_FAILED`: the database refused a transaction.
 * `STORE_UNREADABLE`: the disk does not give up what is stored, or the file lost its end.
 * `STORE_LOCKED`: another process writes to the directory. `STORE_BUSY`: more commits wait than the queue holds. `STORE_CAPACITY`: a capacity that cannot work.
 * `STORE_RULES_FULL`: no more rules of an operator's find room. `STORE_NO_ROOM`: the disk has no room for a new store.
 */
export type StoreErrorCode =
  | 'STORE_FORMAT'
  | 'STORE_CORRUPT'
  | 'STORE_CLOSED'
  | 'STORE_FAILED'
  | 'STORE_LOCKED'
  | 'STORE_BUSY'
  | 'STORE_CAPACITY'
  | 'STORE_RULES_FULL'
  | 'STORE_NO_ROOM'
  | 'STORE_UNREADABLE';

/** The store could not do what it was asked. */
export class StoreError extends CacheError<StoreErrorCode> {}

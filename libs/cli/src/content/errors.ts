import { CacheError } from '@weir/ppspp';

/**
 * What can be wrong with files of content.
 *
 * Of the one to be published or seeded: `CONTENT_UNREADABLE`; `CONTENT_TOO_LARGE`
 * for its chunk size or addressing; `CONTENT_CHANGED`, it is no longer what was published.
 * Of the one to be fetched: `CONTENT_OTHER_SIZE`, it is longer or shorter than was stated; `OUTPUT_EXISTS`, with other
 * content; `OUTPUT_BUSY`, another process writes to it; `OUTPUT_UNWRITABLE`, it cannot be opened; `OUTPUT_FAILED`, a
 * write failed later on.
 * Of the record beside it: `PARTIAL_FOREIGN`, it is of another swarm; `PARTIAL_DAMAGED`, it cannot be read.
 */
export type ContentErrorCode =
  | 'CONTENT_UNREADABLE'
  | 'CONTENT_TOO_LARGE'
  | 'CONTENT_CHANGED'
  | 'CONTENT_OTHER_SIZE'
  | 'OUTPUT_EXISTS'
  | 'OUTPUT_BUSY'
  | 'OUTPUT_UNWRITABLE'
  | 'OUTPUT_FAILED'
  | 'PARTIAL_FOREIGN'
  | 'PARTIAL_DAMAGED';

/** A file is not what it should be. The message names it and says what to do. */
export class ContentError extends CacheError<ContentErrorCode> {
  constructor(code: ContentErrorCode, path: string, problem: string, options?: ErrorOptions) {
    super(code, `${path}: ${problem}`, { path }, options);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  ENOTDIR: 'part of the path is a file, not a folder',
  EISDIR: 'it is a folder, not a file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file system allows no file of this size',
  EIO: 'the disk reports an error',
};

/** Turns the platform's error into a sentence, with its own words where we have none. */
export function reasonOf(error: unknown): string {
  return reasons[systemCode(error) ?? ''] ?? (error instanceof Error ? error.message : String(error));
}

/** The platform's code of a failed system call, `ENOENT` and the like; undefined for any other error. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('syscall' in error && 'code' in error)) return undefined;
  return String(error.code);
}

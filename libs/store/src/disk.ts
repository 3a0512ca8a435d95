import { statfsSync } from 'node:fs';
import type { FileSpace } from './file-space';

/** Space of a file system, in bytes; `freeBytes` is what we may still use. With the store's file on it, where there is one. */
export interface DiskSpace extends Partial<FileSpace> {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** The file system that holds `path`, now; one that does not tell has nothing free. */
export function diskSpaceAt(path: string): DiskSpace {
  try {
    const { bavail, blocks, bsize } = statfsSync(path);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return { freeBytes: 0, totalBytes: 1 };
  }
}

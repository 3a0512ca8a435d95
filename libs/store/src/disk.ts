import { statfsSync } from 'node:fs';
import type { FileSpace } from './file-space';
import { diskReserve } from './limits';

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

/**
 * What a write of `bytes` may do to the disk: `grow` it; `turn`, replace what is there without growing, once the free
 * part falls below 5 %; or `nothing`, below half of that, because the file may grow a little even then.
 */
export function diskAllows({ freeBytes, totalBytes }: DiskSpace, bytes: number): 'grow' | 'turn' | 'nothing' {
  const reserveBytes = totalBytes * diskReserve;
  const left = freeBytes - bytes;
  if (left >= reserveBytes) return 'grow';
  return left >= reserveBytes / 2 ? 'turn' : 'nothing';
}

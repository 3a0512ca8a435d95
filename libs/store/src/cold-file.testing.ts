import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Takes a file out of the page cache, but for what a process has mapped and touched. What is dirty is written first. */
export function forgetPages(file: string): void {
  spawnSync('dd', [`of=${file}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], { stdio: 'ignore' });
}

/** What this thread asked of the disk so far. Pages that wait for it in a map, and bytes that it had read itself. */
export function asked(): { readonly faults: number; readonly bytes: number } {
  const stat = readFileSync('/proc/thread-self/stat', 'utf8');
  // The name, the second field, may have spaces and parentheses: the third is what follows the last of them.
  const faults = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[9]);
  const bytes = Number(/^read_bytes: (\d+)/m.exec(readFileSync('/proc/thread-self/io', 'utf8'))?.[1]);
  return { faults, bytes };
}

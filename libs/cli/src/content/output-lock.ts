import { open, readFile, rename, rm, link } from 'node:fs/promises';
import { ContentError, reasonOf, systemCode } from './errors';

/** A process that a lock names is looked for this often before it is told of: the first time it may just have died. */
const triesMax = 3;

/**
 * The right to write to one output, held by a file beside it that names the process: two fetches at a time would write
 * over one another's record. What a process left that was killed counts for nothing.
 */
export class OutputLock {
  /** Locks of this process: one that names it and is not among them is of an earlier process with the same number. */
  private static readonly own = new Set<string>();

  private constructor(private readonly path: string) {
    OutputLock.own.add(path);
  }

  /** Rejects with `OUTPUT_BUSY` while another process writes to the output, or with `OUTPUT_UNWRITABLE`. */
  static async take(output: string): Promise<OutputLock> {
    const path = `${output}.weir.lock`;
    let owner = 0;
    for (let tries = 0; tries < triesMax; tries++) {
      if (await created(output, path)) return new OutputLock(path);
      owner = await ownerOf(path);
      if (owner === process.pid ? OutputLock.own.has(path) : isAlive(owner)) break;
      await removeStale(path, owner);
    }
    const remedy = `wait for it, or choose another --out; if that is no fetch, remove ${path}`;
    throw new ContentError('OUTPUT_BUSY', output, `is being written to by process ${owner}; ${remedy}`);
  }

  async release(): Promise<void> {
    await rm(this.path, { force: true });
    OutputLock.own.delete(this.path);
  }
}

async function created(output: string, path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(`${process.pid}\n`).finally(() => file.close());
    return true;
  } catch (cause) {
    if (systemCode(cause) === 'EEXIST') return false;
    throw new ContentError('OUTPUT_UNWRITABLE', output, `cannot be locked: ${reasonOf(cause)}`, { cause });
  }
}

/** 0 for a lock that is gone by now, or that names nobody. */
async function ownerOf(path: string): Promise<number> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return /^\d{1,10}\n$/.test(text) ? Number(text) : 0;
}

function isAlive(pid: number): boolean {
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is one as well.
    return systemCode(error) === 'EPERM';
  }
}

/** Takes the lock away before it is removed, so that a new one that came meanwhile is seen, and put back. */
async function removeStale(path: string, owner: number): Promise<void> {
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
    if ((await ownerOf(aside)) !== owner) await link(aside, path);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

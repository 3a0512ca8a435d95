import { closeSync, existsSync, fsyncSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from './errors';
import { doubtedStartsMax } from './limits';

/** Beside LMDB's own files. */
const fileName = 'weir.boot';

/** A number that the kernel draws at each boot of the machine. */
const bootIdFile = '/proc/sys/kernel/random/boot_id';

/**
 * All that a mark may say: the boot ID, if the machine has one, and whether the store is open; or that it is open though it may be
 * torn, and how many times it was opened so.
 */
const markText = /^([0-9a-f-]{36})? (open|closed|doubted ([1-9])) *\n$/;

/** Every state takes as much: a mark is written over the one before, for which a full disk has room, too. */
const stateLength = 'doubted 1'.length;

/**
 * How the run before this one ended. `new`: there was none. `clean`: it was stopped. `killed`: the process ended, and the machine
 * did not: what it wrote is in the file, or will be. `crashed`: the machine ended with it, and what was under way to the disk may be
 * there in part and in any order. `unknown`: nothing tells; the worst is to be assumed.
 */
export const lastEnds = ['new', 'clean', 'killed', 'crashed', 'unknown'] as const;

/** One of `lastEnds`. */
export type LastEnd = (typeof lastEnds)[number];

/** Whether a data file may be torn, as no process by itself can leave it. */
export function mayBeTorn(last: LastEnd): boolean {
  return last === 'crashed' || last === 'unknown';
}

/**
 * Says on disk that a store is open, and since which boot of the machine: so that the next one knows, before LMDB maps the file,
 * whether to believe it. A power failure can leave pages that take down the process which maps them.
 */
export class BootMark {
  /** How the run before this one ended. */
  readonly last: LastEnd;
  /** Whether we made what is in the directory: there is a mark, whatever it says. */
  readonly isOurs: boolean;
  private readonly file: string;
  /** Times that it was opened since it may be torn, without running for long. */
  private readonly doubts: number;

  /** Looks at the mark and leaves it as it is: what it says holds until the data file was looked at, too. */
  constructor(
    private readonly directory: string,
    private readonly bootId = machineBootId(),
  ) {
    this.file = join(directory, fileName);
    this.isOurs = existsSync(this.file);
    const { last, doubts } = endIn(this.isOurs ? readFileSync(this.file, 'latin1') : '', bootId);
    const isNew = !existsSync(join(directory, 'data.mdb'));
    this.last = isNew ? 'new' : last;
    this.doubts = isNew ? 0 : doubts;
  }

  /** The process ended again and again with a file that may be torn and looks whole. */
  get isGivenUp(): boolean {
    return this.doubts >= doubtedStartsMax;
  }

  /** The store is opened now; on disk when this returns. Throws STORE_FAILED where that is not possible. */
  set(): void {
    const isDoubted = this.last === 'crashed' && !this.isGivenUp;
    this.write(isDoubted ? `doubted ${this.doubts + 1}` : 'open');
  }

  /** The file proved sound by use. */
  settle(): void {
    this.write('open');
  }

  /** The store was closed, and all that it was told is on disk. */
  clear(): void {
    this.write('closed');
  }

  /** One write of less than a sector: it is there or not. A name that was just made is in its directory only when that is synced, too. */
  private write(state: string): void {
    try {
      const isMade = !existsSync(this.file);
      // One that is not there, or of another length, is written anew.
      const text = `${this.bootId} ${state.padEnd(stateLength)}\n`;
      const isAlike = !isMade && statSync(this.file).size === text.length;
      synced(this.file, isAlike ? 'r+' : 'w', text);
      if (isMade) synced(this.directory, 'r');
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const remedy = `${this.file} cannot be written (${why}). Check that it is ours to write, and its disk.`;
      throw new StoreError('STORE_FAILED', remedy, { file: this.file }, { cause });
    }
  }
}

function endIn(text: string, bootId: string): { readonly last: LastEnd; readonly doubts: number } {
  const [, before, state, doubts = '0'] = markText.exec(text) ?? [];
  return { last: lastEndOf(state, before, bootId), doubts: Number(doubts) };
}

function lastEndOf(state: string | undefined, before: string | undefined, bootId: string): LastEnd {
  if (state === 'closed') return 'clean';
  if (state?.startsWith('doubted') === true) return 'crashed';
  if (before === undefined) return 'unknown';
  return before === bootId ? 'killed' : 'crashed';
}

/** Empty where there is none: then no run can be known to have ended without the machine. */
function machineBootId(): string {
  return existsSync(bootIdFile) ? readFileSync(bootIdFile, 'latin1').trim() : '';
}

function synced(path: string, flags: string, text = ''): void {
  const descriptor = openSync(path, flags);
  try {
    if (text !== '') writeSync(descriptor, text, 0);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

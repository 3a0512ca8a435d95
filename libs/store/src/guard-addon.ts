import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The addon of `libs/store/native`. Its state is the process's: all threads share it. */
export interface GuardAddon {
  readonly version: number;
  /** Watches a file, again for each call; the number is for `unwatch`. Throws what the platform says. */
  watch(path: string): number;
  unwatch(number: number): void;
  /** How many faults there were: between two equal answers, everything that was read was in the file. */
  faults(): number;
  /** The same, when pages that could not be read are given back to be tried again. */
  begin(): number;
  /**
   * This thread writes until `letGo`: where a page cannot be read it waits for the disk. The number is for the two below; -1 where it
   * writes already, or too many do.
   */
  hold(): number;
  /** True if the thread was shown something that is not in its file, because that was cut. */
  letGo(number: number): boolean;
  /** The same, in between. */
  isTainted(number: number): boolean;
  /** The page that a thread waits for, and how often the disk was asked for it; undefined while none does. */
  awaited(): AwaitedPage | undefined;
  /** What is to be written in the place of the page that is waited for; false if that is another one. */
  supply(page: number, bytes: Uint8Array): boolean;
  /** Ends the process with a status, at once, whatever its threads wait for. */
  end(status: number): void;
  /** Has the system begin to read pages of an open file, in ascending order. */
  expect(descriptor: number, pages: Float64Array): void;
  /** A data file to be read beside LMDB. Throws what the platform says. */
  openFile(path: string): unknown;
  closeFile(file: unknown): void;
  /**
   * Copies the beginning of the value of `key` in a database of a data file to `target`, and answers how long it is, or one of
   * `lookUpAnswers`. Takes no lock and waits for no disk: what it finds may be torn.
   */
  lookUp(file: unknown, table: Uint8Array, key: Uint8Array, target: Uint8Array): number;
  /** The same, by a thread of the platform's pool, which waits for the disk. The target must be left alone meanwhile. */
  lookUpElsewhere(file: unknown, table: Uint8Array, key: Uint8Array, target: Uint8Array): Promise<number>;
  /** As the platform's, several times as fast; only where the processor can. */
  readonly crc32?: (bytes: Uint8Array, sum: number) => number;
  /**
   * Copies bytes to a place in others, as `set` does: three times as fast where either is shared. Throws RangeError for what does not fit.
   * Missing in what was built before there was any.
   */
  copy?(target: Uint8Array, source: Uint8Array, at: number): void;
  /**
   * Gives runs of pages, each a first page and a count, back to the file system, which reads them as zeros from then on. Answers 0, or the
   * platform's number of what went wrong. Missing in what was built before there was any.
   */
  release?(descriptor: number, runs: Float64Array): number;
  /**
   * Has the file system set aside room for the first bytes of an open file, which keeps what it holds and is then at least as long. Answers
   * as `release`.
   */
  reserve?(descriptor: number, bytes: number): number;
}

/** What `lookUp` says instead of a length; `lookup.h` has the same. */
export const lookUpAnswers = { absent: -1, cold: -2, unknown: -3, unsupported: -4 } as const;

/** A page of the store's file that a thread which writes cannot go on without. */
export interface AwaitedPage {
  readonly page: number;
  readonly tries: number;
}

/** `addon.cc` has the same number. */
const addonVersion = 5;

/** Where the addon is built, below the folder of the package. */
const builtFile = 'libs/store/native/build/Release/weir_store.node';

let found: { readonly addon: GuardAddon | undefined } | undefined;

/** The addon, looked for once; undefined where it is not built, or is another version's. */
export function guardAddon(): GuardAddon | undefined {
  found ??= { addon: loadGuard(addonFile()) };
  return found.addon;
}

/** Loads an addon file, unless it is none of ours. */
export function loadGuard(file: string | undefined): GuardAddon | undefined {
  if (file === undefined) return undefined;
  try {
    const loaded: unknown = createRequire(__filename)(file);
    return isAddon(loaded) && loaded.version === addonVersion ? loaded : undefined;
  } catch {
    return undefined;
  }
}

/** Compiled files lie deeper than sources; the addon lies at one place for both. */
function addonFile(): string | undefined {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, builtFile);
    if (existsSync(file)) return file;
  }
  return undefined;
}

function isAddon(loaded: unknown): loaded is GuardAddon {
  return typeof loaded === 'object' && loaded !== null && 'begin' in loaded && 'version' in loaded;
}

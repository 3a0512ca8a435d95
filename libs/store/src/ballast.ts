import { closeSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pageBytes } from './footprint';

/** Beside the data file. */
const fileName = 'weir.ballast';

/** What one transaction that removes things may write before what it removes can be used: the trees' pages, and the list of free ones. */
export const ballastBytes = 128 * pageBytes;

/**
 * Room on the disk that is ours when everything else is taken: even what removes something from the store has to write first. A file of
 * zeros, thrown off when the disk is full and taken up again when it is not.
 */
export class Ballast {
  private readonly file: string;
  private held: boolean;

  constructor(directory: string) {
    this.file = join(directory, fileName);
    this.held = bytesOf(this.file) >= ballastBytes;
  }

  get isHeld(): boolean {
    return this.held;
  }

  /** Takes it up, if the disk lets us. */
  hold(): void {
    if (this.held) return;
    try {
      const descriptor = openSync(this.file, 'w', 0o600);
      try {
        // All of it has to be on disk: a file that is only said to be so long takes no room.
        for (let written = 0; written < ballastBytes;)
          written += writeSync(descriptor, zeros, 0, ballastBytes - written);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
      this.held = true;
    } catch {
      this.drop();
    }
  }

  /** Throws it off. */
  drop(): void {
    this.held = false;
    try {
      rmSync(this.file, { force: true });
    } catch {
      // Then it stays, and nothing is lost but its room.
    }
  }
}

const zeros = Buffer.alloc(ballastBytes);

function bytesOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}

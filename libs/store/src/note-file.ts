import { readFile } from 'node:fs/promises';
import { unsealed, writeSealedFile } from './integrity/sealed-file';

/**
 * A small file beside the store with what was learned and is worth keeping over a restart. It is no promise: a disk that takes
 * nothing costs no more than that, and nobody waits for it.
 */
export class NoteFile {
  private next: { readonly value: unknown } | undefined;
  private writing: Promise<void> | undefined;

  constructor(private readonly file: string) {}

  /** What was written last; undefined if there is none, or it is not what was written. */
  async read(): Promise<unknown> {
    try {
      return unsealed(await readFile(this.file, 'utf8'));
    } catch {
      return undefined;
    }
  }

  /** Writes `value` in place of what the file held, at no moment half of it. Resolves when that is done, or failed. */
  write(value: unknown): Promise<void> {
    this.next = { value };
    this.writing ??= this.writeAll().finally(() => {
      this.writing = undefined;
    });
    return this.writing;
  }

  /** One at a time: of those that come meanwhile only the last is written. */
  private async writeAll(): Promise<void> {
    while (this.next !== undefined) {
      const { value } = this.next;
      this.next = undefined;
      await writeSealedFile(this.file, value).catch(() => undefined);
    }
  }
}

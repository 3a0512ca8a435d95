import { Writable } from 'node:stream';
import type { Progress, Terminal } from './terminal';

/** Remembers what a command said. */
export class RecordingTerminal implements Terminal {
  readonly printed: string[] = [];
  readonly told: string[] = [];
  /** Labels of bars that are shown now. */
  readonly shown: string[] = [];
  /** Labels of all bars that ever moved. */
  readonly moved = new Set<string>();
  /** What was written to `output`. */
  readonly bytes: Buffer[] = [];
  readonly output = new Writable({
    write: (bytes: Buffer, _, done) => {
      this.bytes.push(bytes);
      done();
    },
  });

  print(line: string): void {
    this.printed.push(line);
  }

  tell(line: string): void {
    this.told.push(line);
  }

  progress(label: string): Progress {
    this.shown.push(label);
    return {
      update: () => void this.moved.add(label),
      stop: () => void this.shown.splice(this.shown.indexOf(label), 1),
    };
  }
}

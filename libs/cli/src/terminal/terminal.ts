import type { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';
import { reasonOf, systemCode } from '../content/errors';
import { failedStatus } from '../failure';
import { formatBytes } from './format';

/** Shows how far a long work is. */
export interface Progress {
  update(doneBytes: number, totalBytes: number): void;
  /** Leaves a clean line. */
  stop(): void;
}

/** Where a command speaks: results on one stream, everything else on the other, so that results can be piped. */
export interface Terminal {
  /** For results that are no lines. It stays open. */
  readonly output: Writable;
  /** A line of the result. */
  print(line: string): void;
  /** A line for the person who waits. */
  tell(line: string): void;
  /** A bar, where a person can see it. */
  progress(label: string): Progress;
}

/** The process's own streams. */
export class ProcessTerminal implements Terminal {
  readonly output = process.stdout;
  private lost = false;

  constructor() {
    // Who reads the result may stop reading, as `head` does: no reason to fall over.
    process.stdout.on('error', () => undefined);
  }

  print(line: string): void {
    process.stdout.write(`${line}\n`, (error) => {
      if (error) this.lose(error);
    });
  }

  tell(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  progress(label: string): Progress {
    return process.stderr.isTTY ? new ProgressBar(label) : invisible;
  }

  /** A result that nobody got is a failure, told once, unless nobody wants it. */
  private lose(error: Error): void {
    if (this.lost || systemCode(error) === 'EPIPE') return;
    this.lost = true;
    this.tell(`weir: the result cannot be written: ${reasonOf(error)}`);
    process.exitCode = failedStatus;
  }
}

const invisible: Progress = { update: () => undefined, stop: () => undefined };

class ProgressBar implements Progress {
  private readonly bar = new SingleBar({
    format: '{label} [{bar}] {percentage}% of {size}, {eta_formatted} left',
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    etaBuffer: 50,
  });
  private started = false;

  constructor(private readonly label: string) {}

  update(doneBytes: number, totalBytes: number): void {
    const payload = { label: this.label, size: formatBytes(totalBytes) };
    if (!this.started) this.bar.start(totalBytes, doneBytes, payload);
    this.started = true;
    this.bar.setTotal(totalBytes);
    this.bar.update(doneBytes, payload);
  }

  stop(): void {
    if (this.started) this.bar.stop();
  }
}

import { type DiskSpace, diskSpaceAt } from '../disk';
import type { SegmentUse } from '../keeper';
import { diskReserve } from '../limits';
import { flushSeconds, retrySeconds, waitingBytesMax } from './limits';
import { Pseudonyms } from './pseudonyms';
import { makeRecordingDirectory, TraceFiles, type RecordingOptions } from './trace-files';

/** How a recording goes. */
export interface RecordingCounts {
  /** Requests recorded. */
  readonly recorded: number;
  /** Requests left out: more came than could be written. */
  readonly dropped: number;
  /** Requests left out, too: the disk has no room for them beside what has to stay free of it. */
  readonly noRoom: number;
  /** Files that could not be written, or not to their end. */
  readonly failures: number;
}

/** Lines that are handed over at a time: some 40 KiB. */
const linesAtOnce = 1_024;

/**
 * Records what subscribers ask for as a trace for `weir simulate`: a line for each time that one comes to a segment. Swarms and
 * subscribers have pseudonyms, times count from the beginning of the recording. Nothing here waits, and nothing throws: what
 * cannot be written is left out, and counted.
 */
export class TraceRecorder {
  private readonly pseudonyms = new Pseudonyms();
  private readonly files: TraceFiles;
  private readonly begun: number;
  private lines: string[] = [];
  private recorded = 0;
  private dropped = 0;
  private noRoom = 0;
  private isMade = false;
  private failedAt = Number.NEGATIVE_INFINITY;
  private readonly flushing: NodeJS.Timeout;
  private readonly made: Promise<void>;

  constructor(
    options: RecordingOptions,
    /** Milliseconds since 1970. */
    private readonly now: () => number = Date.now,
    private readonly look: () => DiskSpace = () => diskSpaceAt(options.directory),
  ) {
    this.begun = now();
    this.files = new TraceFiles(options, this.begun, () => this.pause());
    this.made = makeRecordingDirectory(options.directory).then(() => {
      this.isMade = true;
    });
    this.flushing = setInterval(() => this.flush(), flushSeconds * 1_000).unref();
  }

  /** How it went since the last call. */
  drain(): RecordingCounts {
    const { recorded, dropped, noRoom } = this;
    const counts = { recorded, dropped, noRoom, failures: this.files.failures };
    this.recorded = 0;
    this.dropped = 0;
    this.noRoom = 0;
    this.files.failures = 0;
    return counts;
  }

  /** A subscriber came to a segment. */
  record({ key, segment, bytes, by }: Omit<SegmentUse, 'now'>): void {
    const seconds = ((this.now() - this.begun) / 1_000).toFixed(3);
    const subscriber = by === 0 ? '' : this.pseudonyms.subscriber(by);
    this.lines.push(`${seconds},${this.pseudonyms.swarm(key)}/${segment},${bytes},${subscriber}\n`);
    if (this.lines.length >= linesAtOnce) this.handOver();
  }

  /** Writes what there is, and ends the file. */
  async stop(): Promise<void> {
    clearInterval(this.flushing);
    await this.made;
    this.handOver();
    await this.files.close();
  }

  /** What was recorded until now goes to disk. */
  private flush(): void {
    this.handOver();
    this.files.flush();
  }

  private handOver(): void {
    const { lines } = this;
    if (lines.length === 0) return;
    this.lines = [];
    if (!this.isMade || this.isPaused) this.dropped += lines.length;
    else if (!this.hasRoom) this.rest(lines.length);
    else if (this.files.write(Buffer.from(lines.join('')))) this.recorded += lines.length;
    else this.dropped += lines.length;
  }

  /** What others need of the disk is worth more than a recording: the file at hand is ended, until there is room for another. */
  private rest(lines: number): void {
    this.noRoom += lines;
    this.files.end();
  }

  /** As much as may wait to be written fits beside what has to stay free. */
  private get hasRoom(): boolean {
    const { freeBytes, totalBytes } = this.look();
    return freeBytes - waitingBytesMax >= totalBytes * diskReserve;
  }

  private pause(): void {
    this.failedAt = this.now();
  }

  /** A clock that was set back says nothing of how long it is. */
  private get isPaused(): boolean {
    const elapsed = this.now() - this.failedAt;
    return elapsed >= 0 && elapsed < retrySeconds * 1_000;
  }
}

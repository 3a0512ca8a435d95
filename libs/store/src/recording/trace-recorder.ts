import { extentChunks } from '@weir/ppspp';
import { segmentExtents } from '../segments';
import type { Use } from '../store';
import { flushSeconds, passesMax, retrySeconds } from './limits';
import { Pseudonyms } from './pseudonyms';
import { makeRecordingDirectory, TraceFiles, type RecordingOptions } from './trace-files';

/** How a recording goes. */
export interface RecordingCounts {
  /** Requests recorded. */
  readonly recorded: number;
  /** Requests left out: more came than could be written. */
  readonly dropped: number;
  /** Files that could not be written, or not to their end. */
  readonly failures: number;
}

/** Lines that are handed over at a time. */
const blockBytes = 65_536;
/** Chunks' size of a swarm, if nobody says what it is. */
const usualChunkSize = 1024;

/**
 * Records what subscribers ask for as a trace for `weir simulate`: a line for each time that one comes to a segment. Swarms and
 * subscribers have pseudonyms, times count from the beginning of the recording. Nothing here waits, and nothing throws: what
 * cannot be written is left out, and counted.
 */
export class TraceRecorder {
  private readonly pseudonyms = new Pseudonyms();
  private readonly files: TraceFiles;
  private readonly begun: number;
  /** The segment that a subscriber in a swarm came to last. */
  private readonly passes = new Map<string, number>();
  private lines: string[] = [];
  private lineBytes = 0;
  private recorded = 0;
  private dropped = 0;
  private retryAt = Infinity;
  private readonly flushing: NodeJS.Timeout;
  private readonly made: Promise<void>;

  constructor(
    options: RecordingOptions,
    /** Milliseconds since 1970. */
    private readonly now: () => number = Date.now,
  ) {
    this.begun = now();
    this.files = new TraceFiles(options, this.begun, () => this.pause());
    this.made = makeRecordingDirectory(options.directory).then(() => {
      this.retryAt = this.now();
    });
    this.flushing = setInterval(() => this.flush(), flushSeconds * 1_000).unref();
  }

  /** How it went since the last call. */
  drain(): RecordingCounts {
    const counts = { recorded: this.recorded, dropped: this.dropped, failures: this.files.failures };
    this.recorded = 0;
    this.dropped = 0;
    this.files.failures = 0;
    return counts;
  }

  /** A subscriber came to an extent. */
  record({ swarmId, index, by = 0, chunkSize = usualChunkSize }: Use): void {
    const extents = segmentExtents(chunkSize);
    const segment = Math.floor(index / extents);
    const swarm = this.pseudonyms.swarm(swarmId);
    if (by !== 0 && !this.isNew(`${swarm} ${by}`, segment)) return;
    const seconds = ((this.now() - this.begun) / 1_000).toFixed(3);
    const subscriber = by === 0 ? '' : this.pseudonyms.subscriber(by);
    this.add(`${seconds},${swarm}/${segment},${extents * extentChunks * chunkSize},${subscriber}\n`);
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

  private isNew(pass: string, segment: number): boolean {
    if (this.passes.get(pass) === segment) return false;
    this.passes.delete(pass);
    if (this.passes.size >= passesMax) this.passes.delete(this.passes.keys().next().value ?? '');
    this.passes.set(pass, segment);
    return true;
  }

  private add(line: string): void {
    this.lines.push(line);
    this.lineBytes += line.length;
    if (this.lineBytes >= blockBytes) this.handOver();
  }

  private handOver(): void {
    const { lines } = this;
    if (lines.length === 0) return;
    this.lines = [];
    this.lineBytes = 0;
    if (this.now() >= this.retryAt && this.files.write(Buffer.from(lines.join('')))) this.recorded += lines.length;
    else this.dropped += lines.length;
  }

  private pause(): void {
    this.retryAt = this.now() + retrySeconds * 1_000;
  }
}

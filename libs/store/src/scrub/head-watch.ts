import { Piscina } from 'piscina';
import { type AwaitedPage, guardAddon } from '../guard-addon';
import { workerFile } from '../worker-file';
import { headTriesMin } from './head-supply';

/** How often it is looked whether the writer waits for a page. */
const lookMillis = 1_000;

/** How often the disk is asked for a page between two attempts to make it anew: ten seconds. */
const triesPerAttempt = 20;

/** Who hears of pages that the writer waits for. */
export interface HeadListener {
  /** One was made anew. */
  onMended(page: number): void;
  /** For ten seconds the disk has not given up one that nobody can make anew: nothing is written. Undefined once it does. */
  onStuck(page: number | undefined): void;
}

/** What a watch looks at, and who works for it; of a test's own there. */
export interface HeadSurroundings {
  awaited(): AwaitedPage | undefined;
  /** Makes what is awaited anew; true if it could. */
  attempt(): Promise<boolean>;
  end(): Promise<void>;
}

/** Has the heads of values made anew that the writer waits for in vain. On the control thread; the work is done in one of its own. */
export class HeadWatch {
  private readonly surroundings: HeadSurroundings;
  private timer: NodeJS.Timeout | undefined;
  private underWay = false;
  private nextTries = headTriesMin;
  /** What was told to be stuck. */
  private stuck: number | undefined;

  constructor(
    directory: string,
    private readonly listener: HeadListener,
    surroundings?: HeadSurroundings,
  ) {
    this.surroundings = surroundings ?? threadFor(directory);
  }

  start(): void {
    this.timer = setInterval(() => void this.look(), lookMillis);
    this.timer.unref();
  }

  /** Does not wait for a disk that is being asked. */
  stop(): void {
    clearInterval(this.timer);
    void this.surroundings.end().catch(() => undefined);
  }

  private async look(): Promise<void> {
    const awaited = this.surroundings.awaited();
    if (awaited?.page !== this.stuck) this.tellStuck(undefined);
    if (awaited === undefined || awaited.tries < headTriesMin) this.nextTries = headTriesMin;
    else if (!this.underWay && awaited.tries >= this.nextTries) await this.attempt(awaited);
  }

  private async attempt({ page, tries }: AwaitedPage): Promise<void> {
    const isFirst = this.nextTries === headTriesMin;
    this.underWay = true;
    this.nextTries = tries + triesPerAttempt;
    const isMended = await this.surroundings.attempt().catch(() => false);
    this.underWay = false;
    if (isMended) this.listener.onMended(page);
    // A disk that is in trouble for some seconds is no news yet.
    else if (!isFirst && this.surroundings.awaited()?.page === page) this.tellStuck(page);
  }

  private tellStuck(page: number | undefined): void {
    if (page === this.stuck) return;
    this.stuck = page;
    this.listener.onStuck(page);
  }
}

function threadFor(directory: string): HeadSurroundings {
  const filename = workerFile('head');
  const pool = new Piscina<string, boolean>({ filename, minThreads: 0, maxThreads: 1, atomics: 'disabled' });
  // It is tried again.
  pool.on('error', () => undefined);
  return {
    awaited: () => guardAddon()?.awaited(),
    attempt: () => pool.run(directory),
    end: () => pool.destroy(),
  };
}

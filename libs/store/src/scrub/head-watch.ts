import { Piscina } from 'piscina';
import { guardAddon } from '../guard-addon';
import { workerFile } from '../worker-file';
import { headTriesMin } from './head-supply';

/** How often it is looked whether the writer waits for a page. */
const lookMillis = 1_000;

/** How often the disk is asked for a page between two attempts to make it anew: half a minute. */
const triesPerAttempt = 60;

/** Has the heads of values made anew that the writer waits for in vain. On the control thread; the work is done in one of its own. */
export class HeadWatch {
  private readonly pool: Piscina<string, boolean>;
  private timer: NodeJS.Timeout | undefined;
  private underWay = false;
  private nextTries = headTriesMin;

  constructor(
    private readonly directory: string,
    /** Hears of each that was made anew. */
    private readonly onMended: (page: number) => void,
  ) {
    this.pool = new Piscina({ filename: workerFile('head'), minThreads: 0, maxThreads: 1, atomics: 'disabled' });
    // It is tried again.
    this.pool.on('error', () => undefined);
  }

  start(): void {
    this.timer = setInterval(() => void this.look(), lookMillis);
    this.timer.unref();
  }

  /** Does not wait for a disk that is being asked. */
  stop(): void {
    clearInterval(this.timer);
    void this.pool.destroy().catch(() => undefined);
  }

  private async look(): Promise<void> {
    const awaited = guardAddon()?.awaited();
    if (awaited === undefined || awaited.tries < headTriesMin) this.nextTries = headTriesMin;
    else if (!this.underWay && awaited.tries >= this.nextTries) await this.attempt(awaited);
  }

  private async attempt({ page, tries }: { readonly page: number; readonly tries: number }): Promise<void> {
    this.underWay = true;
    this.nextTries = tries + triesPerAttempt;
    const isMended = await this.pool.run(this.directory).catch(() => false);
    this.underWay = false;
    if (isMended) this.onMended(page);
  }
}

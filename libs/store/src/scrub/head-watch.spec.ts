import type { AwaitedPage } from '../guard-addon';
import { headTriesMin } from './head-supply';
import { HeadWatch } from './head-watch';

describe('who watches over the page that the writer waits for', () => {
  let awaited: AwaitedPage | undefined;
  let canMend: boolean;
  let told: string[];
  let watch: HeadWatch;

  beforeEach(() => {
    jest.useFakeTimers();
    [awaited, canMend, told] = [undefined, false, []];
    const listener = {
      onMended: (page: number) => told.push(`mended ${page}`),
      onStuck: (page: number | undefined) => told.push(`stuck ${String(page)}`),
    };
    const surroundings = {
      awaited: () => awaited,
      attempt: () => Promise.resolve(canMend),
      end: () => Promise.resolve(),
    };
    watch = new HeadWatch('nowhere', listener, surroundings);
    watch.start();
  });

  afterEach(() => {
    watch.stop();
    jest.useRealTimers();
  });

  /** The disk is asked twice a second. */
  async function passes(seconds: number, page: number | undefined): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      const { tries = headTriesMin } = awaited?.page === page ? (awaited ?? {}) : {};
      awaited = page === undefined ? undefined : { page, tries: tries + 2 };
      await jest.advanceTimersByTimeAsync(1_000);
    }
  }

  it('says nothing of a disk that is in trouble for some seconds', async () => {
    await passes(8, 7);
    await passes(5, undefined);
    await passes(8, 8);
    expect(told).toEqual([]);
  });

  it('tells once of a page that stays unreadable and cannot be made anew, and when that is over', async () => {
    await passes(200, 7);
    expect(told).toEqual(['stuck 7']);
    await passes(3, undefined);
    await passes(100, 8);
    await passes(1, 9);
    expect(told).toEqual(['stuck 7', 'stuck undefined', 'stuck 8', 'stuck undefined']);
  });

  it('has made anew what can be', async () => {
    canMend = true;
    await passes(1, 7);
    expect(told).toEqual(['mended 7']);
  });
});

/** Which pages of a file are taken: a bit for each, in runs. */
export class PageSet {
  /** Pages in it. */
  size = 0;
  private readonly words: Int32Array;

  constructor(private readonly pages: number) {
    this.words = new Int32Array(Math.ceil(pages / 32));
  }

  /** Adds a run; false, and nothing of it added that was there, if a page of it was in already or lies beyond the end. */
  add(first: number, count = 1): boolean {
    if (first < 0 || count < 1 || first + count > this.pages) return false;
    let isNew = true;
    for (let page = first; page < first + count;) {
      const bit = page % 32;
      const taken = Math.min(32 - bit, first + count - page);
      const mask = taken === 32 ? -1 : ((1 << taken) - 1) << bit;
      const word = Math.floor(page / 32);
      const before = this.words[word] ?? 0;
      if ((before & mask) !== 0) isNew = false;
      this.words[word] = before | mask;
      page += taken;
    }
    if (isNew) this.size += count;
    return isNew;
  }

  has(page: number): boolean {
    return ((this.words[Math.floor(page / 32)] ?? 0) & (1 << (page % 32))) !== 0;
  }

  /** Its runs from `from` on, in order: no two are adjacent. */
  *runs(from = 0): Generator<readonly [first: number, count: number]> {
    for (let page = this.next(from, true); page < this.pages;) {
      const end = this.next(page, false);
      yield [page, end - page];
      page = this.next(end, true);
    }
  }

  /** The first page from `page` on that is in it, or that is not; the number of pages if there is none. */
  private next(page: number, taken: boolean): number {
    const whole = taken ? 0 : -1;
    let at = page;
    while (at < this.pages && this.has(at) !== taken) {
      const isWhole = at % 32 === 0 && this.words[at / 32] === whole;
      at += isWhole ? 32 : 1;
    }
    return Math.min(at, this.pages);
  }
}

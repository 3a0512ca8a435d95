// What the policy is held to (docs/cache-policy.md), and what it makes of traces.
const hitsBelowMax = 0.005;
/** Where LRU writes half of what is requested, ours may write a quarter, each since the cache was full. */
const [writesOfLru, writesMax] = [0.5, 0.25];
const [ofMinMean, ofMinLeast] = [0.78, 0.68];
const [segmentBytesMax, ghostBytesMax] = [64, 16];
const nanosecondsMax = 1_000;
/** Of shorter traces much of the time is the compiler's. */
const timedFrom = 1_000_000;

/** Two ways of naming what is asked for: so that titles are known, or flat. */
export const namings = ['named', 'flat'];

/** Takes up what came of each trace and capacity, and says in the end which targets are met. */
export class Judge {
  #worst = { below: -1, writes: 0, bytes: 0, nanoseconds: 0 };
  #ofMin = { named: [], flat: [] };
  #nanoseconds = [];
  #misses = [];

  /** `outcome`: what `best`, the optimum's hit ratio, `lru`, `named` and `flat` came to. */
  take({ name, model, requests }, percent, outcome) {
    for (const naming of namings) {
      const what = `${name} of ${requests} at ${percent}, ${naming}`;
      this.#check(what, outcome.lru, outcome[naming]);
      if (model === 'vod' && percent === '10%') this.#ofMin[naming].push(outcome[naming].hitRatio / outcome.best);
      if (requests >= timedFrom) this.#time(what, outcome[naming].nanosecondsEach);
    }
  }

  /** Lines of the verdict: figures first. */
  verdict() {
    const lines = [];
    for (const naming of namings) {
      const ratios = this.#ofMin[naming];
      if (ratios.length === 0) continue;
      const [mean, least] = [ratios.reduce((sum, ratio) => sum + ratio) / ratios.length, Math.min(...ratios)];
      lines.push(`vod at 10%, ${naming}: ${mean.toFixed(3)} of the optimum on average, ${least.toFixed(3)} at least`);
      this.#unless(mean >= ofMinMean, `vod at 10%, ${naming}: ${mean.toFixed(3)} of the optimum on average`);
      this.#unless(least >= ofMinLeast, `vod at 10%, ${naming}: ${least.toFixed(3)} of the optimum at least`);
    }
    const { below, writes, bytes, nanoseconds } = this.#worst;
    lines.push(`byte hits: ${(-100 * below).toFixed(2)} points above LRU's at least`);
    lines.push(`writes of a full cache, where LRU writes half: ${writes.toFixed(2)} of what is requested at most`);
    lines.push(`memory: ${bytes.toFixed(1)} bytes a segment at most, ghosts included`);
    if (this.#nanoseconds.length > 0) {
      const middle = this.#nanoseconds.sort((one, other) => one - other)[this.#nanoseconds.length >> 1];
      const times = `${middle.toFixed(0)} ns a request in the middle, ${nanoseconds.toFixed(0)} at most`;
      lines.push(`processor time, with a million requests: ${times}`);
    }
    return lines;
  }

  /** What was missed. Complete after `verdict`. */
  get misses() {
    return this.#misses;
  }

  #check(what, lru, ours) {
    const below = lru.hitRatio - ours.hitRatio;
    this.#worst.below = Math.max(this.#worst.below, below);
    this.#unless(below <= hitsBelowMax, `${what}: byte hits ${(100 * below).toFixed(2)} points below LRU's`);
    if (lru.writeRatioFull >= writesOfLru) {
      this.#worst.writes = Math.max(this.#worst.writes, ours.writeRatioFull);
      const writes = `writes ${ours.writeRatioFull.toFixed(3)}, LRU ${lru.writeRatioFull.toFixed(3)}`;
      this.#unless(ours.writeRatioFull <= writesMax, `${what}: ${writes}`);
    }
    this.#worst.bytes = Math.max(this.#worst.bytes, ours.bytesEach);
    const bytesMax = segmentBytesMax * ours.segments + ghostBytesMax * ours.ghosts;
    this.#unless(ours.stateBytes <= bytesMax, `${what}: ${ours.bytesEach.toFixed(1)} bytes a segment`);
  }

  #time(what, nanoseconds) {
    this.#nanoseconds.push(nanoseconds);
    this.#worst.nanoseconds = Math.max(this.#worst.nanoseconds, nanoseconds);
    this.#unless(nanoseconds < nanosecondsMax, `${what}: ${nanoseconds.toFixed(0)} ns a request`);
  }

  #unless(met, miss) {
    if (!met) this.#misses.push(miss);
  }
}

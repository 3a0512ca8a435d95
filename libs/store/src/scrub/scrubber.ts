import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Piscina } from 'piscina';
import type { Erasure, SwarmWrite } from '../store';
import type { Finding } from '../integrity/finding';
import type { IntegrityLog, ScrubPass } from '../integrity/integrity-log';
import { scrubSliceBytes } from '../limits';
import { workerFile } from '../worker-file';
import type { ScrubDamage, ScrubReport, ScrubTask } from './scrub-task';

/** How the scrub goes about. */
export interface ScrubSettings {
  readonly directory: string;
  /** Bytes that it reads in a second; 0: it begins no pass by itself. */
  readonly bytesPerSecond: number;
}

/** Who does what the scrub finds to do. */
export interface ScrubListener {
  /** False while the store is left alone. */
  isUsable(): boolean;
  /** Bytes in the store, to tell how far a pass has come. */
  storedBytes(): number;
  /** What is damaged is to be removed: it is never served again, and fetched anew when it is wanted. */
  erase(erasures: readonly Erasure[]): Promise<unknown>;
  /** What was made anew takes the place of what was damaged. */
  renew(writes: readonly SwarmWrite[]): Promise<unknown>;
  onFindings(findings: readonly Finding[]): void;
  /** Each slice that was checked. */
  onChecked(bytes: number): void;
  /** A slice could not be checked. */
  onFailure(failure: unknown): void;
}

/** Who checks slices, one at a time. */
export interface SliceChecker {
  /** Rejects with what kept it from checking. */
  run(task: ScrubTask): Promise<ScrubReport>;
  destroy(): Promise<void>;
}

/** What time it is and who works; of a test's own there. */
export interface ScrubSurroundings {
  readonly unixSeconds: () => number;
  /** Milliseconds, from any moment on. */
  readonly now: () => number;
  readonly checker: SliceChecker;
}

/** Where the scrub is. */
export interface ScrubProgress {
  readonly running: boolean;
  /** Of the pass that goes on, 0 to 1; an estimate, for the store changes meanwhile. */
  readonly progress: number;
  readonly bytesChecked: number;
  readonly pass: ScrubPass | undefined;
  readonly lastPass: ScrubPass | undefined;
}

/** A pass begins by itself a day after the last one ended, at the earliest. */
const restSeconds = 24 * 3600;

/** While it has nothing to do it looks so often whether it has. */
const idleMillis = 60_000;

/** It is at work a tenth of the time at most, a third if somebody waits for it: a slow or busy disk slows it down by as much. */
const restPerWork = 9;
const restPerWorkHasty = 2;

/** Attempts at a slice, a minute apart. */
const failuresMax = 5;

/** Milliseconds that the end of the scrub waits for a disk that does not take where it was. */
const savedMillisMax = 2_000;

/** Slices between two notes of the cursor on disk: what a kill costs is to check them again. */
const slicesPerSave = 16;

/**
 * Reads all of a store, slice by slice, in a thread of its own, and has what is damaged removed. It goes on where it was after a
 * restart. The control thread paces it and holds no content.
 */
export class Scrubber {
  private readonly checker: SliceChecker;
  private readonly unixSeconds: () => number;
  private readonly now: () => number;
  private timer: NodeJS.Timeout | undefined;
  private open = true;
  /** Somebody asked for it: it does not keep to the rate. */
  private hasty = false;
  private cancelled = false;
  /** How often the slice that is next has failed. What the disk did not give up a minute ago counts as lost. */
  private failures = 0;
  private slices = 0;
  private working: Promise<void> = Promise.resolve();

  constructor(
    private readonly settings: ScrubSettings,
    private readonly log: IntegrityLog,
    private readonly listener: ScrubListener,
    surroundings: Partial<ScrubSurroundings> = {},
  ) {
    this.unixSeconds = surroundings.unixSeconds ?? (() => Math.floor(Date.now() / 1000));
    this.now = surroundings.now ?? (() => performance.now());
    this.checker = surroundings.checker ?? threadOf((failure) => listener.onFailure(failure));
  }

  /** Begins to look for work. With `anew` a pass begins at once: the machine went down, and who knows what it left. */
  start(anew: boolean): void {
    if (anew) this.beginPass();
    this.schedule(anew ? 0 : 1_000);
  }

  /** Begins a pass, or hurries the one that goes on. */
  hurry(): void {
    this.hasty = true;
    if (this.log.state.cursor === undefined) this.beginPass();
    this.schedule(0);
  }

  /** Ends the pass that goes on. */
  cancel(): void {
    this.hasty = false;
    this.cancelled = true;
    this.log.note({ cursor: undefined, pass: undefined });
    this.log.save();
  }

  progress(): ScrubProgress {
    const { cursor, pass, lastPass } = this.log.state;
    const bytesChecked = pass?.bytes ?? 0;
    const whole = Math.max(1, this.listener.storedBytes());
    const progress = cursor === undefined ? 0 : Math.min(0.99, bytesChecked / whole);
    return { running: cursor !== undefined, progress, bytesChecked, pass, lastPass };
  }

  /** Waits for the slice that is being checked. */
  async stop(): Promise<void> {
    this.open = false;
    clearTimeout(this.timer);
    await this.working;
    this.log.save();
    await Promise.race([this.log.saved(), pause(savedMillisMax, undefined, { ref: false })]);
    await this.checker.destroy();
  }

  private schedule(millis: number): void {
    clearTimeout(this.timer);
    if (!this.open) return;
    this.timer = setTimeout(() => {
      this.working = this.working.then(() => this.work());
    }, millis);
    this.timer.unref();
  }

  private async work(): Promise<void> {
    if (!this.open) return;
    if (this.log.state.cursor === undefined && this.isDue()) this.beginPass();
    const { cursor } = this.log.state;
    if (cursor === undefined || !this.listener.isUsable()) {
      this.schedule(idleMillis);
      return;
    }
    const started = this.now();
    this.cancelled = false;
    try {
      const { directory } = this.settings;
      const report = await this.checker.run({
        directory,
        cursor,
        bytesMax: scrubSliceBytes,
        insists: this.failures > 0,
      });
      this.failures = 0;
      await this.take(report);
      this.schedule(this.pauseAfter(this.now() - started, report.bytes));
    } catch (failure) {
      this.listener.onFailure(failure);
      if (++this.failures >= failuresMax) this.giveUp();
      this.schedule(idleMillis);
    }
  }

  /** A slice that cannot be checked must not hold up all others for ever: the next pass begins a day later. */
  private giveUp(): void {
    this.failures = 0;
    const { pass } = this.log.state;
    this.hasty = false;
    this.log.note({
      cursor: undefined,
      pass: undefined,
      ...(pass && { lastPass: { ...pass, ended: this.unixSeconds() } }),
    });
    this.log.save();
  }

  private isDue(): boolean {
    const { lastPass } = this.log.state;
    const rested = this.unixSeconds() - (lastPass?.ended ?? 0) >= restSeconds;
    return this.settings.bytesPerSecond > 0 && rested && this.listener.storedBytes() > 0;
  }

  private beginPass(): void {
    const pass = { began: this.unixSeconds(), ended: undefined, bytes: 0, extents: 0, damaged: 0 };
    this.log.note({ cursor: { phase: 'pages', after: '' }, pass });
    this.log.save();
  }

  /** First it is removed, then told: who hears of it can count on that. */
  private async take({ next, bytes, extents, damage }: ScrubReport): Promise<void> {
    const now = this.unixSeconds();
    const erasures = damage.flatMap(({ remedy, swarmId, extent: index }): Erasure[] => {
      if (remedy !== 'erased' || swarmId === undefined) return [];
      return [index === undefined ? { swarmId } : { swarmId, index }];
    });
    if (erasures.length > 0) await this.listener.erase(erasures);
    const writes = damage.flatMap(({ anew }) => anew ?? []);
    if (writes.length > 0) await this.listener.renew(writes);
    const findings = damage.map((one) => findingOf(one, now));
    if (findings.length > 0) this.listener.onFindings(findings);
    this.listener.onChecked(bytes);
    const { pass } = this.log.state;
    if (this.cancelled || pass === undefined) return;
    const counted = {
      ...pass,
      bytes: pass.bytes + bytes,
      extents: pass.extents + extents,
      damaged: pass.damaged + damage.length,
    };
    if (next !== undefined) this.log.note({ cursor: next, pass: counted });
    else {
      this.hasty = false;
      this.log.note({ cursor: undefined, pass: undefined, lastPass: { ...counted, ended: now } });
    }
    if (next === undefined || ++this.slices % slicesPerSave === 0) this.log.save();
  }

  private pauseAfter(millis: number, bytes: number): number {
    if (this.hasty) return millis * restPerWorkHasty;
    const atRate = (1000 * bytes) / Math.max(1, this.settings.bytesPerSecond) - millis;
    return Math.max(atRate, millis * restPerWork);
  }
}

function findingOf({ kind, remedy, detail, swarmId, extent }: ScrubDamage, when: number): Finding {
  return { when, kind, foundBy: 'scrub', remedy, detail, swarmId, extent };
}

/** A thread that is there while it has work. */
function threadOf(onFailure: (failure: unknown) => void): SliceChecker {
  const filename = workerFile('scrub');
  const pool = new Piscina<ScrubTask, ScrubReport>({ filename, minThreads: 0, maxThreads: 1, atomics: 'disabled' });
  pool.on('error', onFailure);
  return { run: (task) => pool.run(task), destroy: () => pool.destroy() };
}

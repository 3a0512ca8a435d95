import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RulesCopy } from '../../libs/store/src/inside.testing';
import { diceOf, type Dice } from './dice';
import { inspect } from './inspect';
import { readJournal, type Phase } from './journal';
import { Model } from './model';
import { ofFormatOne } from './old-format';
import { liveAndDie } from './process';
import type { Life } from './scenario';
import { Tables } from './tables';

/** Where a process is struck: at a change of the tables, while it gives pages back to the disk, or some time after it reached a phase. */
type Moment = 'point' | 'giving' | 'starting' | 'ready' | 'scrubbing' | 'stopping' | 'none';

/** What one death led to. */
export interface Death {
  readonly seed: number;
  readonly moment: Moment;
  /** Phase that the process had reached. */
  readonly phase: Phase | 'nothing';
  readonly killed: boolean;
  readonly transactions: number;
  readonly answers: number;
  /** Extents that came into memory alone, and that left the disk. */
  readonly held: number;
  readonly removed: number;
  /** What the scrub checked before. */
  readonly scrubbedBytes: number;
  /** What was given back to the disk before, and whether it died at that. */
  readonly givenBytes: number;
  readonly wasGiving: boolean;
  readonly extents: number;
  readonly openMillis: number;
  /** Of the file, for each byte of the capacity. */
  readonly fileShare: number;
  readonly faults: readonly string[];
}

/** Deaths of one store, one after the other; then another begins. */
const deathsOfOneStore = 12;

const capacities = [6, 8, 12].map((mebibytes) => mebibytes * 1024 * 1024);

/** Milliseconds within which a process is struck after it reached a phase, which such a phase takes at most. */
const spans = { starting: 250, ready: 400, scrubbing: 250, stopping: 12 } as const;

/**
 * Kills `kills` processes, and tells of each when its store was looked at. What is random depends on the seed, but for time: when
 * a process is struck, and how its threads take turns.
 */
export async function campaign(
  kills: number,
  seed: number,
  onDeath: (death: Death) => void,
  end: AbortSignal = new AbortController().signal,
): Promise<void> {
  let killed = 0;
  const isOver = (): boolean => killed >= kills || end.aborted;
  for (let nth = 0; !isOver(); nth++) {
    const folder = mkdtempSync(join(tmpdir(), 'weir-kill-'));
    const store = new KilledStore(folder, seed + 1_000 * nth);
    let isSound = true;
    for (let death = 0; death < deathsOfOneStore && isSound && !isOver(); death++) {
      const one = await store.live();
      // Whoever ends us by a key ends the process that we look at, too.
      if (end.aborted) break;
      if (one.killed) killed++;
      isSound = one.faults.length === 0;
      onDeath(one);
    }
    rmSync(folder, { recursive: true });
  }
}

/** A store and what it must hold, over the deaths of those who write to it. */
class KilledStore {
  private tables = new Tables();
  private lives = 0;
  private capacityBytes: number;
  /** A file does not shrink. */
  private capacityBytesMost = 0;

  constructor(
    private readonly folder: string,
    private readonly seed: number,
  ) {
    this.capacityBytes = capacityOf(diceOf(seed));
  }

  async live(): Promise<Death> {
    const seed = this.seed + this.lives++;
    const dice = diceOf(seed);
    if (dice.chance(0.25)) this.capacityBytes = capacityOf(dice);
    const directory = join(this.folder, 'store');
    const isOld = existsSync(join(directory, 'data.mdb')) && dice.chance(0.08);
    if (isOld) await this.makeOld(directory);
    // The upgrade is what is struck then.
    const moment = isOld ? 'starting' : momentOf(dice);
    const life = this.lifeOf(seed, dice, moment);
    const strikeAfter =
      moment === 'none' || moment === 'point' || moment === 'giving'
        ? undefined
        : { phase: moment, millis: dice.share() * spans[moment] };
    const { phase, killed, said } = await liveAndDie(life, strikeAfter);
    const faults = killed || phase === 'stopped' ? [] : [`it ended by itself, in ${phase}: ${said}`];
    return { seed, moment, phase, killed, ...(await this.judge(life, faults)) };
  }

  private lifeOf(seed: number, dice: Dice, moment: Moment): Life {
    return {
      ...{ directory: join(this.folder, 'store'), seed, capacityBytes: this.capacityBytes },
      probationBytes: Math.floor((this.capacityBytes * dice.below(3)) / 4),
      hasOperator: true,
      scrubs: moment === 'scrubbing' || dice.chance(0.3),
      recording: dice.chance(0.5) ? join(this.folder, 'traces') : undefined,
      journal: join(this.folder, `journal-${seed}`),
      killAtPoint: moment === 'point' ? 1 + dice.below(900) : 0,
      killAtRun: moment === 'giving' ? 1 + dice.below(150) : 0,
      diskBytes: moment === 'giving' || dice.chance(0.3) ? Math.floor(this.capacityBytes * (1 + dice.share())) : 0,
      // Who has nothing to give back ends by itself.
      answersToStop: answersOf(moment, dice),
    };
  }

  /** Format 1 knew no rules. */
  private async makeOld(directory: string): Promise<void> {
    await ofFormatOne(directory);
    this.tables.rules.clear();
  }

  private async judge(life: Life, faults: string[]): Promise<Omit<Death, 'seed' | 'moment' | 'phase' | 'killed'>> {
    const model = new Model(this.tables, life.diskBytes === 0);
    const nothing = {
      transactions: 0,
      answers: 0,
      held: 0,
      removed: 0,
      scrubbedBytes: 0,
      givenBytes: 0,
      wasGiving: false,
      extents: 0,
      openMillis: 0,
      fileShare: 0,
    };
    if (!existsSync(life.journal)) return { ...nothing, faults };
    for (const entry of readJournal(life.journal)) model.hear(entry);
    faults.push(...model.lies);
    const { transactions, answers, held, removed, scrubbedBytes, givenBytes, isGiving: wasGiving } = model;
    const told = { transactions, answers, held, removed, scrubbedBytes, givenBytes, wasGiving };
    const file = join(life.directory, 'data.mdb');
    if (!existsSync(file)) return { ...nothing, faults };
    this.capacityBytesMost = Math.max(this.capacityBytesMost, life.capacityBytes);
    const fileShare = statSync(file).size / this.capacityBytesMost;
    // Once it is up to date it stays so: as before the last transaction, or as after it.
    if (model.wasReady) faults.push(...faultsOfCopy(life.directory, model.lately));
    const { extents, openMillis, tables, faults: found } = await this.inspectCopy(life, model.possible);
    faults.push(...found);
    if (tables !== undefined) this.tables = tables;
    return { ...told, extents, openMillis, fileShare, faults };
  }

  /** The next process gets the store as the dead one left it. */
  private async inspectCopy(
    { directory, capacityBytes }: Life,
    possible: readonly Tables[],
  ): ReturnType<typeof inspect> {
    const copy = join(this.folder, 'copy');
    rmSync(copy, { recursive: true, force: true });
    mkdirSync(copy);
    cpSync(directory, copy, { recursive: true, filter: (source) => !source.endsWith('lock.mdb') });
    return inspect(copy, { capacityBytes, possible });
  }
}

/** What is wrong with the second copy of the rules, which is written behind each transaction that changes them. */
function faultsOfCopy(directory: string, possible: readonly Tables[]): string[] {
  const kept = new RulesCopy(directory).read();
  if (kept === undefined) return ['the second copy of the rules is not there'];
  if (kept.brokenLines > 0) return [`the second copy of the rules has ${kept.brokenLines} broken lines`];
  const found = kept.rules.map((rule) => JSON.stringify(rule)).sort();
  const isKnown = possible.some(({ rules }) => [...rules.values()].sort().join('\n') === found.join('\n'));
  return isKnown ? [] : [`the second copy of the rules is none of what they were: ${found.join(' ')}`];
}

function answersOf(moment: Moment, dice: Dice): number {
  if (moment === 'giving') return 600;
  return moment === 'stopping' || moment === 'none' ? 20 + dice.below(150) : 0;
}

function momentOf(dice: Dice): Moment {
  const share = dice.share();
  if (share < 0.2) return 'point';
  if (share < 0.32) return 'giving';
  if (share < 0.55) return 'ready';
  if (share < 0.75) return 'scrubbing';
  if (share < 0.87) return 'starting';
  return share < 0.95 ? 'stopping' : 'none';
}

function capacityOf(dice: Dice): number {
  return capacities[dice.below(capacities.length)] ?? 8 * 1024 * 1024;
}

import { statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Appliance } from '../e2e/harness/appliance';
import { FaultyDisk, type Fault } from '../e2e/harness/disks';
import { Stage } from '../e2e/harness/stage';
import { untilTrue } from '../e2e/harness/waiting';
import { type Dice, diceOf } from '../crash/dice';
import { type Deed, deeds, World } from './deeds';

/** What one time that the disk failed led to. */
export interface Trouble {
  readonly seed: number;
  /** Which pages could not be read. */
  readonly region: string;
  /** What went on meanwhile. */
  readonly deeds: readonly string[];
  /** Reads that failed. */
  readonly failed: number;
  /** Until it was ready again once the disk was. */
  readonly recoveryMillis: number;
  /** The slowest answer of the admin API. */
  readonly answerMillis: number;
  readonly faults: readonly string[];
}

/** Troubles of one appliance, one after the other; then another begins. */
const troublesOfOne = 10;

/** Contents do not fit into the store together: what comes in evicts. */
const contentCount = 4;
const contentBytes = 3_000_000;
const capacity = '9MiB';

/** Milliseconds within which it is ready again: a writer that failed often is started again within a minute. */
const recoveryMillisMax = 90_000;
const answerMillisMax = 2_000;
/** What `ops/systemd/weir.service` has for `TimeoutStopSec`. */
const stopMillisMax = 20_000;

/** Has the disk of appliances fail `runs` times, and tells of each. What is random depends on the seed, but for time. */
export async function campaign(
  runs: number,
  seed: number,
  onTrouble: (trouble: Trouble) => void,
  end: AbortSignal = new AbortController().signal,
): Promise<void> {
  let done = 0;
  const isOver = (): boolean => done >= runs || end.aborted;
  while (!isOver()) {
    const stage = new Stage({ limitMillis: 1_800_000 });
    const patient = await Patient.begin(stage);
    const last = Math.min(runs, done + troublesOfOne) - 1;
    let isSound = true;
    try {
      for (; done <= last && isSound && !end.aborted; done++) {
        const trouble = await patient.suffer(seed + done, done === last);
        isSound = trouble.faults.length === 0;
        onTrouble(trouble);
      }
    } finally {
      await patient.end();
    }
  }
}

/** An appliance whose disk fails. */
class Patient {
  private failed = 0;

  private constructor(
    private readonly stage: Stage,
    private readonly disk: FaultyDisk,
    private readonly world: World,
    private appliance: Appliance,
  ) {}

  static async begin(stage: Stage): Promise<Patient> {
    const disk = await FaultyDisk.mount(stage);
    const world = await World.begin(stage, contentCount, contentBytes);
    const appliance = await Appliance.start(stage, { capacity });
    await world.register(appliance);
    for (const content of world.contents) await world.fetch(appliance, content);
    return new Patient(stage, disk, world, appliance);
  }

  async suffer(seed: number, ends: boolean): Promise<Trouble> {
    const dice = diceOf(seed);
    const region = anyRegion(dice, this.fileBytes());
    const under = Array.from({ length: 3 }, () => deeds[dice.below(deeds.length)] ?? 'fetch');
    const faults: string[] = [];
    const watch = this.watch();
    const working = this.work(under, dice);
    await pause(dice.below(800));
    await this.disk.set(region.fault);
    await pause(300 + dice.below(4_000));
    const restarts = ends || dice.chance(0.15);
    if (restarts) faults.push(...(await this.restart()));
    else faults.push(...(await working));
    const { reads } = await this.disk.set('ok');
    if (restarts) this.startAgain();
    const recoveryMillis = await this.recover(faults);
    const answerMillis = await watch();
    if (answerMillis > answerMillisMax) faults.push(`an answer took ${answerMillis.toFixed(0)} ms`);
    const names = [...under, ...(restarts ? ['restart'] : [])];
    const failed = reads - this.failed;
    this.failed = reads;
    return { seed, region: region.name, deeds: names, failed, recoveryMillis, answerMillis, faults };
  }

  async end(): Promise<void> {
    await this.disk.set('ok');
    await this.appliance.program.kill();
    await this.disk.end();
    await this.stage.end();
  }

  private fileBytes(): number {
    return statSync(this.stage.path('store-behind/data.mdb')).size;
  }

  private async work(under: readonly Deed[], dice: Dice): Promise<string[]> {
    const { appliance } = this;
    const all = under.map((deed) => this.world.perform(appliance, deed, dice).catch(() => undefined));
    return (await Promise.all(all)).filter((fault) => fault !== undefined);
  }

  /** It ends in order, and in time, though its disk does not answer. */
  private async restart(): Promise<string[]> {
    const { program } = this.appliance;
    const asked = performance.now();
    program.signal('SIGTERM');
    const ending = await Promise.race([program.ended, pause(stopMillisMax)]);
    if (ending === undefined) {
      await program.kill();
      return [`it did not end within ${stopMillisMax} ms`];
    }
    const { status, signal, stdout, stderr } = ending;
    const seconds = ((performance.now() - asked) / 1000).toFixed(1);
    const inOrder =
      status === 0 ? [] : [`it ended with ${status ?? signal} after ${seconds} s: ${stderr.slice(-2_000)}`];
    return [...inOrder, ...said(stdout, stderr)];
  }

  /** A busy machine takes its time: what is not ready yet is waited for with all else. */
  private startAgain(): void {
    this.appliance = this.appliance.relaunched();
  }

  /** It still is the same process, ready, and serves. */
  private async recover(faults: string[]): Promise<number> {
    const since = performance.now();
    const { program } = this.appliance;
    try {
      await untilTrue(
        'it is ready',
        async () => !program.isRunning || (await this.appliance.request('GET', '/readyz')).ok,
        recoveryMillisMax,
      );
      if (!program.isRunning) throw new RangeError('the process ended');
      await this.world.register(this.appliance);
      if ((await this.appliance.metric('datapath_restarts_total')) > 0) faults.push('a datapath thread ended');
      for (const content of this.world.contents.slice(0, 2)) {
        const fault = await this.world.fetch(this.appliance, content);
        if (fault !== undefined) faults.push(fault);
      }
    } catch (error) {
      faults.push(`${String(error)}: ${await this.lastWords()}`);
    }
    return performance.now() - since;
  }

  private async lastWords(): Promise<string> {
    const { program } = this.appliance;
    if (program.isRunning) return 'it runs';
    const { status, signal, stdout, stderr } = await program.ended;
    return `${String(status)}, ${String(signal)}: ${stdout.slice(-1_000)}${stderr.slice(-3_000)}`;
  }

  /** Asks for what operators ask for; what it answers tells how long the slowest answer took. */
  private watch(): () => Promise<number> {
    const state = { over: false, slowest: 0 };
    const { appliance } = this;
    const asking = (async () => {
      while (!state.over && appliance === this.appliance && appliance.program.isRunning) {
        state.slowest = Math.max(state.slowest, await answerMillis(appliance));
        await pause(100);
      }
    })();
    return async () => {
      state.over = true;
      await asking;
      return state.slowest;
    };
  }
}

/** 0 for one that is ending. */
async function answerMillis(appliance: Appliance): Promise<number> {
  const asked = performance.now();
  try {
    await appliance.request('GET', '/v1/status').then((answer) => answer.text());
    return performance.now() - asked;
  } catch (error) {
    return error instanceof DOMException && error.name === 'TimeoutError' ? performance.now() - asked : 0;
  }
}

function said(stdout: string, stderr: string): string[] {
  const lines = `${stdout}${stderr}`.split('\n').filter((line) => /unhandled|uncaught/i.test(line));
  return lines.slice(0, 1);
}

interface Region {
  readonly name: string;
  readonly fault: Fault;
}

function anyRegion(dice: Dice, bytes: number): Region {
  const third = Math.floor(bytes / 3);
  const seed = dice.below(1_000_000);
  const all: readonly Region[] = [
    { name: 'first third', fault: `eio-part 0 ${third} 1000 0` },
    { name: 'middle third', fault: `eio-part ${third} ${2 * third} 1000 0` },
    { name: 'middle third', fault: `eio-part ${third} ${2 * third} 1000 0` },
    { name: 'last third', fault: `eio-part ${2 * third} ${2 * bytes} 1000 0` },
    { name: 'some pages', fault: `eio-part 0 ${2 * bytes} ${1 + dice.below(20)} ${seed}` },
    { name: 'many pages', fault: `eio-part 0 ${2 * bytes} ${100 + dice.below(400)} ${seed}` },
    { name: 'everything', fault: 'eio-read' },
  ];
  return all[dice.below(all.length)] ?? { name: 'everything', fault: 'eio-read' };
}

import { signOfLifeMillis } from '@weir/datagram';
import { beatMillisMax } from '../limits';
import type { RunTool, ToolOutcome } from '../kernel/tool';
import { Heart, type HeartAction, type HeartState, type ScriptOutcome } from './heart';
import { epochScripts } from './scripts';

/** Whether the datapath threads are alive. Times are whole microseconds of `machineMicros`. */
export interface Pulse {
  /** The age of the oldest sign of life of a thread. */
  slowest(now: number): number;
  /** Has all threads discard what waits for them, before their next sign of life. */
  revoke(): void;
}

/** What a heartbeat stands on. */
export interface HeartbeatParts {
  /** By which interfaces flows come in that are diverted. */
  readonly interfaces: readonly string[];
  readonly pulse: Pulse;
  readonly run: RunTool;
  readonly now: () => number;
  /** Hears of every beginning and end of an epoch, and of beats that failed, with what was complained of. */
  readonly changed?: (state: HeartState, complaint: string) => void;
}

/** Runs a `Heart`: gives it time and signs of life, and runs its scripts, one at a time. */
export class Heartbeat {
  private readonly heart: Heart;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private complaint = '';
  private told: string;

  constructor(private readonly parts: HeartbeatParts) {
    this.heart = new Heart(epochScripts(parts.interfaces));
    this.told = summaryOf(this.heart.state);
  }

  get state(): HeartState {
    return this.heart.state;
  }

  /** What the last script that failed complained of; empty since one did not. */
  get lastComplaint(): string {
    return this.complaint;
  }

  start(): void {
    this.timer = setInterval(() => this.tick(), signOfLifeMillis);
    this.tick();
  }

  /** A datapath thread lost its flows: those that are diverted must end. */
  flowsLost(): void {
    this.act(this.heart.flowsLost(this.parts.now()));
  }

  /** Ends the epoch. Resolves when nothing is diverted any more. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.act(this.heart.stop(this.parts.now()));
    while (!this.heart.stopped && this.running !== undefined) await this.running;
  }

  private tick(): void {
    const now = this.parts.now();
    this.act(this.heart.tick(now, this.parts.pulse.slowest(now)));
  }

  private act(actions: readonly HeartAction[]): void {
    for (const action of actions) {
      if (action.kind === 'revoke') this.parts.pulse.revoke();
      else this.running = this.run(action.script);
    }
    this.tell();
  }

  private async run(script: string): Promise<void> {
    const outcome = await this.parts.run('nft', { args: ['-f', '-'], input: script, millisMax: beatMillisMax });
    this.complaint = outcome.ok ? '' : outcome.complaint;
    this.running = undefined;
    this.act(this.heart.done(readOutcome(outcome), this.parts.now()));
  }

  private tell(): void {
    const { state } = this.heart;
    const summary = summaryOf(state);
    if (summary === this.told) return;
    this.told = summary;
    this.parts.changed?.(state, this.complaint);
  }
}

/** What of a state is worth telling when it changes. */
function summaryOf({ epoch, beatsFailed, lapses }: HeartState): string {
  return JSON.stringify([epoch, beatsFailed, lapses]);
}

function readOutcome({ ok, complaint }: ToolOutcome): ScriptOutcome {
  if (ok) return 'ok';
  return complaint.includes('No such file or directory') ? 'gone' : 'failed';
}

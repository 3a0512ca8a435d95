import { lifeLostMillis } from '@weir/datagram';

/** Whoever started us, and starts us anew when we fail; as sd_notify(3) has it. */
export interface ServiceManager {
  /** Hears lines `NAME=VALUE`; false if nobody took them. */
  notify(text: string): boolean;
  /** Within how many microseconds it wants a sign of life; undefined if it wants none. */
  readonly watchdogMicros: number | undefined;
}

/** How the appliance is, asked for at each beat. */
export interface Vitals {
  /** Microseconds since the last sign of life of the datapath thread that has been silent the longest. */
  silence(): number;
  /** In a few words, for people. */
  summary(): string;
  /** Something that its operator should know, once each time. */
  warn(message: string): void;
}

/** Beats within the time that the manager gives us: three may be lost, or late, on a machine that is busy. */
const beatsPerWatchdog = 4;

/** Where the manager wants no sign of life, its people are still told how we are. */
const summaryMillis = 1_000;

/**
 * Tells a service manager that we are ready, how we are, and, for as long as all threads that carry datagrams live, that we do:
 * one that hangs is silent to the kernel at once, and after the manager's patience it is replaced with the process.
 */
export class Supervisor {
  private timer: NodeJS.Timeout | undefined;
  private told: string | undefined;
  private silent = false;
  private stopping = false;

  constructor(
    private readonly manager: ServiceManager,
    private readonly vitals: Vitals,
  ) {}

  /** All is open. From now on it is told how we are, until `stop`. False if it cannot be told. */
  ready(): boolean {
    const { watchdogMicros } = this.manager;
    const millis = watchdogMicros === undefined ? summaryMillis : watchdogMicros / 1_000 / beatsPerWatchdog;
    const heard = this.manager.notify('READY=1');
    this.beat();
    this.timer = setInterval(() => {
      this.beat();
    }, millis).unref();
    return heard;
  }

  /** We are about to end: that threads fall silent now is no fault. */
  stop(): void {
    this.stopping = true;
    this.manager.notify('STOPPING=1');
  }

  /** Nothing is told any more. */
  end(): void {
    clearInterval(this.timer);
  }

  private beat(): void {
    const lives = this.stopping || this.isAlive();
    const summary = this.vitals.summary();
    const words = [...(lives ? ['WATCHDOG=1'] : []), ...(summary === this.told ? [] : [`STATUS=${summary}`])];
    if (words.length > 0 && this.manager.notify(words.join('\n'))) this.told = summary;
  }

  private isAlive(): boolean {
    const millis = Math.round(this.vitals.silence() / 1_000);
    const silent = millis > lifeLostMillis;
    if (silent && !this.silent)
      this.vitals.warn('a datapath thread gives no sign of life, so that we give none either');
    this.silent = silent;
    return !silent;
  }
}

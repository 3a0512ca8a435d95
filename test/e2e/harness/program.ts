import { spawn, type ChildProcess, type Serializable } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** How a process ended, and all that it said. */
export interface Ending {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a process is started with. */
export interface ProgramSettings {
  /** Added to the environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The process is killed after this long, whatever it does. */
  readonly limitMillis?: number;
  /** A process group of its own, which is signalled and ended as a whole. */
  readonly isGroup?: boolean;
  /** Words before the command, of a program that becomes what it is told to run: `ip netns exec NAME`. */
  readonly launcher?: readonly string[];
  /** Loaded before the program. */
  readonly hooks?: readonly string[];
}

const endsWithParent = join(__dirname, 'ends-with-parent.cjs');

type Stream = 'stdout' | 'stderr';

interface Waiting {
  readonly check: () => void;
  readonly fail: (error: Error) => void;
}

const limitMillisDefault = 40_000;

/** A process of the product, with a limited time to live: what it says is read, and nothing of it outlives a test. */
export class Program {
  /** Resolves when the process and its streams have ended; rejects if its time ran out first. */
  readonly ended: Promise<Ending>;
  private readonly child: ChildProcess;
  private readonly said: Record<Stream, string> = { stdout: '', stderr: '' };
  private waiting: Waiting[] = [];
  private over: Ending | undefined;
  private overran = false;

  constructor(
    private readonly name: string,
    file: string,
    args: readonly string[],
    private readonly settings: ProgramSettings = {},
  ) {
    const { env, isGroup = false, launcher = [], hooks = [] } = settings;
    const required = [endsWithParent, ...hooks].flatMap((hook) => ['--require', hook]);
    const [command = '', ...rest] = [...launcher, process.execPath, ...required, file, ...args];
    this.child = spawn(command, rest, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: isGroup,
    });
    this.listen('stdout');
    this.listen('stderr');
    this.ended = this.untilEnded();
    // Whoever cares waits for it; the end of a test does not.
    this.ended.catch(() => undefined);
  }

  get isRunning(): boolean {
    return this.over === undefined;
  }

  /** The first line that matches, waited for. Rejects if the process ends without having said it. */
  line(stream: Stream, pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const lines = this.said[stream].split('\n').slice(0, -1);
        const found = lines.find((line) => pattern.test(line));
        if (found === undefined) return;
        this.waiting = this.waiting.filter((one) => one !== entry);
        resolve(found);
      };
      const entry = { check, fail: reject };
      this.waiting.push(entry);
      check();
      if (this.over !== undefined) reject(this.complaint(`ended without a line ${String(pattern)}`));
    });
  }

  /** Its process ID; undefined if it could not be started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  signal(name: NodeJS.Signals): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    try {
      process.kill(this.settings.isGroup === true ? -pid : pid, name);
    } catch {
      // It is gone already.
    }
  }

  /** Says something to what listens in the process, by IPC, if it is still there. */
  tell(message: Serializable): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  /** Has what the process says by IPC listened to. */
  onTold(listener: (message: unknown) => void): void {
    this.child.on('message', listener);
  }

  /** Whether any process of the group is there. */
  get hasGroup(): boolean {
    try {
      return this.child.pid !== undefined && process.kill(-this.child.pid, 0);
    } catch {
      return false;
    }
  }

  /** Kills it, and waits until it is gone. */
  async kill(): Promise<void> {
    if (this.isRunning || this.settings.isGroup === true) this.signal('SIGKILL');
    await this.ended.catch(() => undefined);
  }

  private listen(stream: Stream): void {
    this.child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      this.said[stream] += text;
      for (const { check } of this.waiting) check();
    });
  }

  private async untilEnded(): Promise<Ending> {
    const timer = setTimeout(() => {
      this.overran = true;
      this.signal('SIGKILL');
    }, this.settings.limitMillis ?? limitMillisDefault);
    // `close` comes when the streams have ended, too.
    await once(this.child, 'close').finally(() => clearTimeout(timer));
    this.over = { status: this.child.exitCode, signal: this.child.signalCode, ...this.said };
    for (const { fail } of this.waiting) fail(this.complaint('ended without the line that was waited for'));
    this.waiting = [];
    if (this.overran) throw this.complaint('took too long');
    return this.over;
  }

  private complaint(what: string): Error {
    const { stdout, stderr } = this.said;
    const state = this.over === undefined ? '' : ` (status ${String(this.over.status)}, ${String(this.over.signal)})`;
    return new Error(`${this.name} ${what}${state}\nstdout: ${stdout.slice(-2_000)}\nstderr: ${stderr.slice(-2_000)}`);
  }
}

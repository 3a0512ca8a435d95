// The processes of the benchmark. Those that answer have one core, the one that asks another.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { env, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';

/** Whether processes can be kept on a core; else the rates say less. */
export const pinned = cpus().length > 1 && spawnSync('taskset', ['-c', '0,1', 'true']).status === 0;

const running = new Set();

/** A process that answers one message for each that it is sent. */
export class Program {
  constructor(core, file, args = [], flags = []) {
    const command = [execPath, ...flags, fileURLToPath(new URL(file, import.meta.url)), ...args];
    const [first, ...rest] = pinned ? ['taskset', '-c', String(core), ...command] : command;
    this.child = spawn(first, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.gone = once(this.child, 'exit').then(([code, signal]) => {
      running.delete(this);
      throw new Error(`${file} of the benchmark ended with ${code ?? signal}`);
    });
    this.gone.catch(() => undefined);
    running.add(this);
  }

  async tell(message) {
    this.child.send(message);
    return this.answer();
  }

  async answer() {
    const ending = new AbortController();
    try {
      const [answer] = await Promise.race([once(this.child, 'message', { signal: ending.signal }), this.gone]);
      return answer;
    } finally {
      ending.abort();
    }
  }
}

/** A server, and where it answers. */
export class Subject {
  /** @param {'tracker' | 'hello'} kind */
  static async start(kind, options = {}) {
    const profiles = kind === 'tracker' ? env.WEIR_BENCH_PROFILE : undefined;
    // A tracker of a million peers is told to use more than Node would by itself on a small machine.
    const flags = ['--expose-gc', '--max-old-space-size=4096'];
    const program = new Program(0, 'subject.mjs', [kind, JSON.stringify({ ...options, profiles })], flags);
    const { value } = await program.answer();
    return new Subject(program, value);
  }

  constructor(program, url) {
    this.program = program;
    this.url = url;
  }

  async ask(deed, more = {}) {
    return (await this.program.tell({ deed, ...more })).value;
  }

  async cpuSeconds() {
    const { user, system } = await this.ask('cpu');
    return (user + system) / 1e6;
  }

  /** Has it end by itself, so that a profile is written. */
  async close() {
    this.program.child.send({ deed: 'close' });
    await this.program.gone.catch(() => undefined);
  }
}

export function startLoad() {
  return new Program(1, 'load.mjs');
}

/** Ends what is left, after an error too. */
export function endAll() {
  for (const { child } of running) child.kill('SIGKILL');
}

// The processes of a demo: started by name, waited for, and all ended at the end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { clearTimeout, setTimeout } from 'node:timers';
import { root } from '../setup.mjs';

const weir = join(root, 'bin/weir.js');

/** A process that does not end when it is asked to is ended after this long. */
const graceMillis = 5_000;

/** Runs `weir` commands. What they say to people goes to stderr, what they say to programs is read. */
export class Cast {
  #running = new Map();

  /** Starts a command that goes on until the end. */
  start(name, args, settings = {}) {
    const child = spawn(execPath, [weir, ...args], {
      env: { ...env, ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#running.set(name, child);
    const exited = once(child, 'exit');
    exited.then(() => this.#running.delete(name));
    return { child, exited, lines: createInterface({ input: child.stdout }) };
  }

  /** Starts a command that goes on until the end, and waits for the JSON line it prints when it is ready. */
  async announced(name, args) {
    const { exited, lines } = this.start(name, args);
    const [line] = await Promise.race([once(lines, 'line'), exited.then(() => [])]);
    if (line === undefined) throw new Error(`the ${name} ended before it was ready`);
    return JSON.parse(line);
  }

  /** Runs a command to its end, and reads the last JSON line it prints. */
  async finished(name, args) {
    const { exited, lines } = this.start(name, args);
    let last = '';
    lines.on('line', (line) => (last = line));
    const [[status]] = await Promise.all([exited, once(lines, 'close')]);
    if (status !== 0) throw Object.assign(new Error(`the ${name} failed with status ${status}`), { status });
    return JSON.parse(last);
  }

  /** Whether a command that was started is still there. */
  has(name) {
    return this.#running.has(name);
  }

  async end() {
    await Promise.all([...this.#running.values()].map(endProcess));
  }
}

async function endProcess(child) {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMillis);
  await exited;
  clearTimeout(timer);
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { Phase } from './journal';
import type { Life } from './scenario';

const phases: readonly Phase[] = ['starting', 'ready', 'scrubbing', 'stopping', 'stopped'];

/** When a process is to be killed: so long after it reached a phase. */
export interface Strike {
  readonly phase: Phase;
  readonly millis: number;
}

/** How a life ended. */
export interface Ended {
  readonly phase: Phase | 'nothing';
  readonly killed: boolean;
  readonly said: string;
}

/** Has a process live, until it ends, or is killed. */
export async function liveAndDie(life: Life, strike: Strike | undefined): Promise<Ended> {
  const env = { ...process.env, WEIR_CRASH: JSON.stringify(life) };
  const hook = join(__dirname, 'hook.cjs');
  const child = spawn(execPath, ['-r', hook, join(__dirname, 'child.ts')], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = once(child, 'exit');
  let phase: Ended['phase'] = 'nothing';
  let said = '';
  child.stderr.on('data', (text) => (said += String(text)));
  for await (const line of createInterface({ input: child.stdout })) {
    phase = phases.find((name) => name === line) ?? phase;
    if (phase !== strike?.phase) continue;
    await pause(strike.millis);
    child.kill('SIGKILL');
  }
  const [, signal] = await exit;
  return { phase, killed: signal === 'SIGKILL', said };
}

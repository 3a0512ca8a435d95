import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, relative, resolve } from 'node:path';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { InterceptError } from '../errors';
import { isJsonObject } from '../kernel/json';
import { toolPath } from '../kernel/tool';
import type { ProbeEvent } from './program';

const root = resolve(__dirname, '../../../..');

/** Events kept of one program: those of a minute, at twenty HANDSHAKEs a second and three events of each. */
const eventsMax = 4_096;

/** The compiled program. Run from source, as tests are, it is the one that the last build left. */
function programFile(): string {
  const file = join(__dirname, 'program.js');
  return __filename.endsWith('.js') ? file : join(root, 'dist', relative(root, file));
}

/** A program of the test, in a namespace or beside us, and what it said. */
export class ProbeChild {
  private readonly events: ProbeEvent[] = [];
  private readonly process: ChildProcess;
  private complaint = '';
  private wake: () => void = () => undefined;

  constructor(
    private readonly role: 'keep' | 'send' | 'hear',
    place: { readonly namespace?: string; readonly ip: string; readonly port: number },
  ) {
    const program = [execPath, programFile(), role, place.ip, String(place.port)];
    const { namespace } = place;
    const enter = namespace === undefined ? [] : [toolPath('ip') ?? 'ip', 'netns', 'exec', namespace];
    const [command = execPath, ...args] = [...enter, ...program];
    // Its standard input ends with us, however we end, and it with that.
    this.process = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.process.on('error', ({ message }) => this.fall(message));
    this.process.on('exit', () => this.fall('it ended'));
    this.process.stderr?.on('data', (bytes: Buffer) => (this.complaint ||= bytes.toString().slice(0, 1_000)));
    if (this.process.stdout !== null) createInterface(this.process.stdout).on('line', (line) => this.keep(line));
  }

  /** What it said of a kind, from a time on. */
  since(kind: ProbeEvent['kind'], at: number): readonly ProbeEvent[] {
    return this.events.filter((event) => event.kind === kind && event.at > at);
  }

  /** Waits until it has said so much. Rejects with `INTERCEPT_PROBE_FAILED` after a time, saying what was not seen. */
  async until(
    { kind, count = 1, since = 0 }: { kind: ProbeEvent['kind']; count?: number; since?: number },
    { millis, failure, signal }: { millis: number; failure: string; signal: AbortSignal },
  ): Promise<readonly ProbeEvent[]> {
    const late = AbortSignal.timeout(millis);
    const over = AbortSignal.any([late, signal]);
    for (;;) {
      const found = this.since(kind, since);
      if (found.length >= count) return found;
      signal.throwIfAborted();
      if (late.aborted || this.process.exitCode !== null) throw this.failed(failure);
      await new Promise<void>((done) => {
        this.wake = done;
        over.addEventListener('abort', () => done(), { once: true });
      });
    }
  }

  /** Sends it a signal. */
  signal(name: 'SIGSTOP' | 'SIGKILL'): void {
    this.process.kill(name);
  }

  /** Ends it, whatever state it is in. */
  async end(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null || this.process.pid === undefined) return;
    this.process.kill('SIGKILL');
    await once(this.process, 'exit');
  }

  private fall(reason: string): void {
    this.complaint ||= reason;
    this.wake();
  }

  private failed(failure: string): InterceptError {
    const reason = this.complaint === '' ? '' : ` (${this.role}: ${this.complaint.split('\n')[0] ?? ''})`;
    return new InterceptError('INTERCEPT_PROBE_FAILED', `${failure}${reason}`);
  }

  private keep(line: string): void {
    const event = readEvent(line);
    if (event === undefined) return;
    this.events.push(event);
    if (this.events.length > eventsMax) this.events.shift();
    this.wake();
  }
}

function readEvent(line: string): ProbeEvent | undefined {
  const value: unknown = JSON.parse(line);
  if (!isJsonObject(value)) return undefined;
  const { kind, handshake, at } = value;
  const known = (['ready', 'sent', 'heard', 'answered'] as const).find((name) => name === kind);
  return known === undefined ? undefined : { kind: known, handshake: Number(handshake), at: Number(at) };
}

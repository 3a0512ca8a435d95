import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toolMillisMax, toolOutputBytesMax } from '../limits';

/** Programs that speak with the kernel for us. */
export const toolNames = ['nft', 'ip'] as const;

/** One of `toolNames`. */
export type ToolName = (typeof toolNames)[number];

/** How a program ended. */
export interface ToolOutcome {
  readonly ok: boolean;
  readonly stdout: string;
  /** What it complained of; if it did not run or was stopped, why. */
  readonly complaint: string;
}

/** What a program is run with. */
export interface ToolRun {
  readonly args: readonly string[];
  readonly input?: string;
  readonly millisMax?: number;
}

/** Runs a program to its end. Never rejects. */
export type RunTool = (name: ToolName, run: ToolRun) => Promise<ToolOutcome>;

/** Folders of programs for administrators come first: they are not in everybody's PATH. */
const folders = ['/usr/sbin', '/sbin', '/usr/local/sbin', '/usr/bin', '/bin'];

/** What is complained of is read by us, too: it is in English. */
const environment = { PATH: folders.join(':'), LC_ALL: 'C' };

/** Where a program is, if it is anywhere. */
export function toolPath(name: string): string | undefined {
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Runs a program of this machine. One that takes too long is killed. */
export const runTool: RunTool = (name, { args, input = '', millisMax = toolMillisMax }) => {
  const path = toolPath(name);
  if (path === undefined) return Promise.resolve({ ok: false, stdout: '', complaint: `${name} is not installed` });
  return new Promise((resolve) => {
    const child = spawn(path, args, { stdio: 'pipe', env: environment, timeout: millisMax, killSignal: 'SIGKILL' });
    const [stdout, stderr] = [new BoundedText(), new BoundedText()];
    child.stdout.on('data', (bytes: Buffer) => stdout.add(bytes));
    child.stderr.on('data', (bytes: Buffer) => stderr.add(bytes));
    // Who ends without reading says why on the other stream.
    child.stdin.on('error', () => undefined);
    child.on('error', ({ message }) => resolve({ ok: false, stdout: '', complaint: `${name}: ${message}` }));
    child.on('close', (status, signal) => {
      const stopped = signal === null ? '' : `${name} was stopped by ${signal}, after ${String(millisMax)} ms at most`;
      const complaint = stopped === '' ? stderr.text() : stopped;
      resolve({ ok: status === 0, stdout: stdout.text(), complaint });
    });
    child.stdin.end(input);
  });
};

/** Keeps the beginning of what does not fit. */
class BoundedText {
  private readonly parts: Buffer[] = [];
  private room = toolOutputBytesMax;

  add(bytes: Buffer): void {
    const kept = bytes.subarray(0, this.room);
    this.room -= kept.length;
    this.parts.push(kept);
  }

  text(): string {
    return Buffer.concat(this.parts).toString('utf8');
  }
}

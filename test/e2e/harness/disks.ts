import { execFileSync, spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { geteuid, stderr } from 'node:process';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { root, type Stage } from './stage';

/** Set to `required`, it has a failure where these tests would be skipped. */
const demand = 'TEST_NETNS';

/** Without it the platform ends a process that reads what a file does not give up. */
const guard = join(root, 'libs/store/native/build/Release/weir_store.node');

const source = join(__dirname, 'faulty-disk.c');

/** How a disk fails: see `faulty-disk.c`. */
export type Fault =
  | 'ok'
  | 'eio-read'
  | 'eio-write'
  | 'enospc'
  | `delay ${number} ${number}`
  | `eio-part ${number} ${number} ${number} ${number}`;

/** A chapter that mounts disks of its own; where that cannot be, it is skipped with a line that says so. */
export function describeDisks(name: string, chapter: () => void): void {
  const reason = obstacle();
  if (reason === undefined) {
    describe(name, chapter);
    return;
  }
  if (process.env[demand] === 'required' && existsSync('/dev/fuse')) {
    it(name, () => expect(reason).toBeUndefined());
    return;
  }
  stderr.write(`skipped, ${name}: ${reason}\n`);
  it.skip(`${name}: ${reason}`, () => undefined);
}

/** A disk that fails when it is told to: a program of ours that shows a folder as a file system. */
export class FaultyDisk {
  private constructor(
    /** Where it is mounted. */
    readonly path: string,
    private readonly program: ChildProcessByStdio<Writable, Readable, null>,
    private readonly answers: Interface,
  ) {}

  /** Mounts one, sound as yet. It has to end before the stage does. */
  static async mount(stage: Stage, name = 'store'): Promise<FaultyDisk> {
    const [path, folder, file] = [stage.path(name), stage.path(`${name}-behind`), stage.path(`${name}-program`)];
    for (const each of [path, folder]) mkdirSync(each);
    compile(file);
    const program = spawn(file, [folder, path], { stdio: ['pipe', 'pipe', 'inherit'] });
    const answers = createInterface(program.stdout);
    await once(answers, 'line');
    return new FaultyDisk(path, program, answers);
  }

  /** Has it fail so from now on. Resolves to how many reads and writes were faulty up to then. */
  async set(fault: Fault): Promise<{ readonly reads: number; readonly writes: number }> {
    const answer = once(this.answers, 'line');
    this.program.stdin.write(`${fault}\n`);
    const [reads = 0, writes = 0] = String(await answer)
      .split(' ')
      .map(Number);
    return { reads, writes };
  }

  /** Unmounts it, whoever uses it. */
  async end(): Promise<void> {
    if (this.program.exitCode === null) {
      const ended = once(this.program, 'exit');
      this.program.stdin.end();
      await ended;
    }
    unmount(this.path);
  }
}

/** A disk of its own in memory, of this size, at a path of the stage's, until the stage ends. */
export function mountMemory(stage: Stage, name: string, megabytes: number): string {
  const path = stage.path(name);
  mkdirSync(path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'weir-test', path]);
  stage.onEnd(() => unmount(path));
  return path;
}

function compile(out: string): void {
  const flags = execFileSync('pkg-config', ['--cflags', '--libs', 'fuse3'], { encoding: 'utf8' }).trim().split(/\s+/);
  execFileSync('gcc', ['-O1', '-Wall', '-Wextra', '-Werror', '-o', out, source, ...flags, '-lpthread']);
}

/** Why no disks can be mounted here that fail, or undefined. */
function obstacle(): string | undefined {
  if (geteuid?.() !== 0) return 'it needs root';
  if (!existsSync('/dev/fuse')) return 'there is no /dev/fuse';
  if (!existsSync(guard)) return 'the guard of the store is not built: npm run native';
  const hasTools = runs('gcc', ['--version']) && runs('pkg-config', ['--exists', 'fuse3']);
  if (!hasTools) return 'gcc, pkg-config or libfuse3-dev is missing';
  return runs('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'weir-test', '/mnt'])
    ? undefined
    : 'nothing may be mounted';
}

function runs(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** It may be gone already. */
function unmount(path: string): void {
  runs('umount', ['--lazy', path]);
}

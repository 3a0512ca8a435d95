import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { execPath, pid as ownPid } from 'node:process';
import { createInterface } from 'node:readline';

const root = resolve(__dirname, '../..');

/** Names begin so, and go on with the process that made them: two runs at a time do not meet. */
const namePattern = /^weir-(\d+)-/;

/** One network of its own, in which programs can be run. */
export class Namespace {
  private readonly children: ChildProcess[] = [];
  readonly name: string;

  constructor(readonly role: string) {
    this.name = `weir-${ownPid}-${role}`;
    removeNamespace(this.name);
    execFileSync('ip', ['netns', 'add', this.name]);
    this.run('ip link set lo up');
  }

  /** Names of those that a lab made, whoever runs it. */
  static names(): string[] {
    return listed().filter((name) => namePattern.test(name));
  }

  /** Words before a command that is to run in it. */
  get launcher(): readonly string[] {
    return ['ip', 'netns', 'exec', this.name];
  }

  /** Runs one command line; words are separated by blanks. */
  run(line: string, input?: string): string {
    return execFileSync('ip', ['netns', 'exec', this.name, ...line.split(' ')], {
      encoding: 'utf8',
      input,
      // What a tool has to say goes into the error, and not between the lines of a table.
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }

  /** Runs lines of `ip` in one process. */
  configure(lines: readonly string[]): void {
    this.run('ip -batch -', `${lines.join('\n')}\n`);
  }

  /** Starts a program of this folder. The answer reads the lines that it writes, one by one. */
  start(program: string, ...args: string[]): AsyncIterator<string> {
    const hook = join(root, 'ops/typescript.cjs');
    const command = [...this.launcher.slice(1), execPath, '-r', hook, join(__dirname, program), ...args];
    const child = spawn('ip', command, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.children.push(child);
    return createInterface(child.stdout)[Symbol.asyncIterator]();
  }

  /** Ends what was started in it, and the namespace. */
  async end(): Promise<void> {
    for (const child of this.children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    removeNamespace(this.name);
  }
}

/** Joins two networks by a cable. Each end is named after the other's role. */
export function connect(one: Namespace, other: Namespace): void {
  const [first, second] = [endOf(other), endOf(one)];
  const names = `${first} netns ${one.name} type veth peer name ${second} netns ${other.name}`;
  execFileSync('ip', ['link', 'add', ...names.split(' ')]);
  one.run(`ip link set ${first} up`);
  other.run(`ip link set ${second} up`);
}

/** The end of a cable that leads to a namespace. */
export function endOf({ role }: Namespace): string {
  return `to-${role}`;
}

/** Removes what runs that ended by a crash have left behind: their namespaces, and what still runs in these. */
export function removeLeftovers(): void {
  removeWhere((maker) => !isAlive(maker));
}

/** Removes all that this process has made, whatever became of it. */
export function removeOwn(): void {
  removeWhere((maker) => maker === ownPid);
}

function removeWhere(fits: (maker: number) => boolean): void {
  for (const name of listed()) {
    const maker = Number(namePattern.exec(name)?.[1]);
    if (Number.isNaN(maker) || !fits(maker)) continue;
    for (const pid of execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' }).split('\n')) {
      if (pid !== '') endProcess(Number(pid));
    }
    removeNamespace(name);
  }
}

/** Names of all namespaces. Without `ip` there are none. */
function listed(): string[] {
  try {
    const lines = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return lines.split('\n').map((line) => line.split(' ')[0] ?? '');
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}

function removeNamespace(name: string): void {
  try {
    execFileSync('ip', ['netns', 'delete', name], { stdio: 'ignore' });
  } catch {
    // There is none, as it should be.
  }
}

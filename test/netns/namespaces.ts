import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { execPath, geteuid, stderr } from 'node:process';
import { createInterface } from 'node:readline';
import { nativeDatagrams } from '@weir/datagram';

const root = resolve(__dirname, '../..');

/** Names begin so, that nobody else's network is touched. */
const prefix = 'weir-n-';

/** Why network namespaces cannot be made here, or undefined. */
function obstacle(): string | undefined {
  const native = nativeDatagrams();
  if (!native.available) return native.reason;
  if (geteuid?.() !== 0) return 'it needs root';
  for (const [tool, flag] of [
    ['ip', '-V'],
    ['nft', '-v'],
  ] as const)
    if (!runs(tool, flag)) return `${tool} is missing: install nftables and iproute2`;
  return undefined;
}

function runs(tool: string, flag: string): boolean {
  try {
    execFileSync(tool, [flag], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A chapter that needs network namespaces; where there can be none, it is skipped with a line that says so. */
export function describeNamespaces(name: string, chapter: () => void): void {
  const reason = obstacle();
  if (reason === undefined) {
    describe(name, chapter);
    return;
  }
  stderr.write(`skipped, ${name}: ${reason}\n`);
  it.skip(`${name}: ${reason}`, () => undefined);
}

/** One network of its own, in which programs can be run. */
export class Namespace {
  private readonly children: ChildProcess[] = [];
  readonly name: string;

  constructor(role: string) {
    this.name = `${prefix}${role}`;
    this.remove();
    execFileSync('ip', ['netns', 'add', this.name]);
    this.run('ip link set lo up');
  }

  /** Runs one command line; words are separated by blanks. */
  run(line: string, input?: string): string {
    return execFileSync('ip', ['netns', 'exec', this.name, ...line.split(' ')], { encoding: 'utf8', input });
  }

  /** Starts a program of this folder. The answer reads the lines that it writes, one by one. */
  start(program: string, ...args: string[]): AsyncIterator<string> {
    const hook = join(root, 'ops/typescript.cjs');
    const command = ['netns', 'exec', this.name, execPath, '-r', hook, join(__dirname, program), ...args];
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
    this.remove();
  }

  private remove(): void {
    try {
      execFileSync('ip', ['netns', 'delete', this.name], { stdio: 'ignore' });
    } catch {
      // There is none, as it should be.
    }
  }
}

/** Joins two networks by a cable. Each end is named after the other's role. */
export function connect(one: Namespace, other: Namespace): void {
  const [first, second] = [endOf(other), endOf(one)];
  execFileSync('ip', [
    'link',
    'add',
    first,
    'netns',
    one.name,
    'type',
    'veth',
    'peer',
    'name',
    second,
    'netns',
    other.name,
  ]);
  one.run(`ip link set ${first} up`);
  other.run(`ip link set ${second} up`);
}

/** The end of a cable that leads to a namespace. */
export function endOf({ name }: Namespace): string {
  return `to-${name.slice(prefix.length)}`;
}

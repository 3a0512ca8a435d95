import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from './program';
import type { Stage } from './stage';

/** Folders of the system that a program needs, read-only. Where one is a link, so it is in the root. */
const systemFolders = ['bin', 'lib', 'lib64', 'sbin', 'usr/bin', 'usr/lib', 'usr/lib64', 'usr/sbin', 'usr/share'];

/** Runs a command in the root, in a mount namespace of its own, which ends with it; nor does it outlive its parent. */
const enter = `
set -e
root=$1; node=$2; user=$3; shift 3
for folder in ${systemFolders.join(' ')}; do
  if [ -L "/$folder" ]; then [ -L "$root/$folder" ] || cp -P "/$folder" "$root/$folder"
  elif [ -d "/$folder" ]; then
    mkdir -p "$root/$folder"
    mount --bind "/$folder" "$root/$folder"
    mount -o remount,bind,ro "$root/$folder"
  fi
done
mount --bind /dev "$root/dev"
mount --bind "$node" "$root/node/node"
mount -t proc proc "$root/proc"
exec chroot "$root" setpriv --reuid "$user" --regid "$user" --clear-groups --pdeathsig KILL "$@"
`;

/** What finds the system's programs, and the Node that runs the tests; what it may name of this machine's is not there. */
const env = { PATH: '/node:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/', NODE_EXTRA_CA_CERTS: undefined };

/** What a command came to. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Why there can be no empty root here, or undefined. */
export function emptyRootObstacle(): string | undefined {
  const { status, error } = spawnSync('unshare', ['--mount', 'true'], { stdio: 'ignore' });
  if (error !== undefined) return 'unshare of util-linux is missing';
  return status === 0 ? undefined : 'it needs root, and the right to mount';
}

/** A file system in which there is nothing but the system's programs: no repository, no package, no configuration. */
export class EmptyRoot {
  readonly path: string;

  constructor(private readonly stage: Stage) {
    this.path = stage.path('root');
    for (const folder of ['dev', 'etc', 'node', 'proc', 'run', 'tmp', 'usr', 'var/lib'])
      mkdirSync(this.of(folder), { recursive: true });
    writeFileSync(this.of('node/node'), '');
    writeFileSync(this.of('etc/passwd'), 'root:x:0:0:root:/:/bin/sh\n');
    writeFileSync(this.of('etc/group'), 'root:x:0:\n');
  }

  /** Where something in it is, seen from outside. */
  of(path: string): string {
    return join(this.path, path);
  }

  /** Runs a command in it, as root, to its end. */
  run(...command: readonly string[]): Outcome {
    const [launcher = '', ...words] = this.entering('root');
    const settings = { env, encoding: 'utf8', timeout: 20_000 } as const;
    const { status, stdout, stderr } = spawnSync(launcher, [...words, ...command], settings);
    return { status, stdout, stderr };
  }

  /** Starts the `weir` that is installed in it, as one of its users. */
  weir(user: string, args: readonly string[]): Program {
    // The first three words are a Node and a hook of the repository, which are not there.
    const without = ['sh', '-c', 'shift 3; exec "$@"', 'sh'];
    return this.stage.node('/usr/local/bin/weir', args, { env, launcher: [...this.entering(user), ...without] });
  }

  private entering(user: string): string[] {
    const shell = ['sh', '-c', enter, 'enter', this.path, process.execPath, user];
    return ['unshare', '--mount', '--propagation', 'private', ...shell];
  }
}

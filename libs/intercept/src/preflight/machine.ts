import { existsSync, readFileSync } from 'node:fs';
import { geteuid } from 'node:process';
import { nativeDatagrams } from '@weir/datagram';
import { runTool, toolPath, type RunTool } from '../kernel/tool';

/** What is asked of the machine before anything of it is changed. */
export interface Machine {
  /** A file below `/proc`, undefined if there is none or it cannot be read. */
  readonly read: (path: string) => string | undefined;
  readonly isRoot: boolean;
  /** Why there are no native sockets; undefined if there are. */
  readonly nativeReason: string | undefined;
  readonly hasTool: (name: string) => boolean;
  readonly run: RunTool;
}

/** The one that this process runs on. */
export const thisMachine: Machine = {
  read: readProc,
  isRoot: geteuid?.() === 0,
  get nativeReason() {
    const native = nativeDatagrams();
    return native.available ? undefined : native.reason;
  },
  hasTool: (name) => toolPath(name) !== undefined,
  run: runTool,
};

/** Whether this machine speaks IPv6 at all. */
export function speaksIpv6(): boolean {
  return existsSync('/proc/sys/net/ipv6');
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return undefined;
  }
}

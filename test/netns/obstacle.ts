import { execFileSync } from 'node:child_process';
import { geteuid, stderr } from 'node:process';
import { nativeDatagrams } from '@weir/datagram';
import { Namespace, removeLeftovers } from './namespaces';

/** Set to `required`, it has a failure where namespaces would be skipped: where they must be tested. */
const demand = 'TEST_NETNS';

/** Rules that the kernel must take. */
const sample = `
table inet weir {
  chain divert {
    type filter hook prerouting priority mangle; policy accept;
    ct mark 1 meta l4proto udp tproxy to :9100 meta mark set 1
  }
}
`;

let known: { readonly reason: string | undefined } | undefined;

/** Why networks of several namespaces cannot be made here, or undefined. Looked for once. */
export function netnsObstacle(): string | undefined {
  known ??= { reason: obstacle() };
  return known.reason;
}

function obstacle(): string | undefined {
  const native = nativeDatagrams();
  if (!native.available) return native.reason;
  if (geteuid?.() !== 0) return 'it needs root';
  for (const tool of ['ip', 'nft', 'sysctl', 'ping']) {
    if (!runs(tool)) return `${tool} is missing: install nftables, iproute2, procps and iputils-ping`;
  }
  return trial();
}

function runs(tool: string): boolean {
  try {
    execFileSync(tool, ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** In a container, root may not be allowed to make namespaces; a kernel may be without tproxy. */
function trial(): string | undefined {
  try {
    removeLeftovers();
    const namespace = new Namespace('trial');
    try {
      namespace.run('nft -f -', sample);
    } finally {
      void namespace.end();
    }
    return undefined;
  } catch (error) {
    return `no network namespace with rules can be made: ${firstLine(error)}`;
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

/** A chapter that needs network namespaces; where there can be none, it is skipped with a line that says so. */
export function describeNamespaces(name: string, chapter: () => void): void {
  const reason = netnsObstacle();
  if (reason === undefined) {
    describe(name, chapter);
    return;
  }
  if (process.env[demand] === 'required') {
    it(name, () => expect(reason).toBeUndefined());
    return;
  }
  stderr.write(`skipped, ${name}: ${reason}\n`);
  it.skip(`${name}: ${reason}`, () => undefined);
}

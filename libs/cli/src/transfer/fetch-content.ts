import type { Address, SwarmMetadata } from '@weir/ppspp';
import { FileSink } from '../content/file-sink';
import { CommandError, messageOf } from '../errors';
import { untilAborted } from '../terminal/interruption';
import { formatBytes } from '../terminal/format';
import type { Terminal } from '../terminal/terminal';
import { Announcement } from './announcement';
import { GuardedStore } from './guarded-store';
import { memberOf } from './membership';
import type { Source, Transfer, TransferExchange } from '@weir/peer';
import type { RegistrationSettings } from '@weir/registration';
import type { StartTransfer } from './transfer';

/** What to fetch, where from and where to. */
export interface FetchPlan {
  readonly metadata: SwarmMetadata;
  readonly out: string;
  readonly listen: Address;
  readonly trackers: RegistrationSettings['trackers'];
  readonly peers: readonly Address[];
  readonly exchange?: TransferExchange | undefined;
  /** From the start; undefined for as long as it takes. */
  readonly timeoutSeconds: number | undefined;
}

/** What a fetch needs of the world around it. */
export interface FetchWorld {
  readonly startTransfer: StartTransfer;
  readonly terminal: Terminal;
  /** Aborts the fetch, which keeps what it has for a later one. */
  readonly signal: AbortSignal;
}

/** A complete file. */
export interface FetchSummary {
  readonly bytes: number;
  /** Bytes that were there before. */
  readonly resumedBytes: number;
  readonly seconds: number;
  readonly sources: readonly Source[];
}

/** How often the bar moves: as fast as a person can read. */
const progressMillis = 200;

/** Fetches until the file is complete and verified. Rejects with a `CacheError`, and then keeps what it has. */
export async function fetchContent(plan: FetchPlan, world: FetchWorld): Promise<FetchSummary> {
  const begin = performance.now();
  const sink = await openSink(plan, world);
  try {
    const resumedBytes = sink.progress().heldBytes;
    const sources = sink.isComplete ? [] : await transferInto(sink, plan, world);
    const bytes = sink.progress().heldBytes;
    await sink.finish();
    return { bytes, resumedBytes, seconds: (performance.now() - begin) / 1000, sources };
  } finally {
    await sink.close();
  }
}

async function openSink({ out, metadata }: FetchPlan, { terminal, signal }: FetchWorld): Promise<FileSink> {
  const progress = terminal.progress('checking');
  const onProgress = (bytes: number, total: number): void => progress.update(bytes, total);
  return FileSink.open(out, metadata, { onProgress, signal }).finally(() => progress.stop());
}

async function transferInto(sink: FileSink, plan: FetchPlan, world: FetchWorld): Promise<readonly Source[]> {
  const { metadata, listen, exchange } = plan;
  const store = new GuardedStore(sink);
  // What the sink has, it proved when it was opened.
  const transfer = await world.startTransfer({ metadata, listen, store, want: 'all', trusted: true, exchange });
  const announcement = announce(transfer, plan, world.terminal);
  const stopShowing = show(sink, world.terminal);
  try {
    transfer.addPeers(plan.peers.map((address) => ({ address, priority: 0, origin: 'operator' })));
    announcement.start();
    const failures = [store.failed, untilAborted(world.signal)];
    if (plan.peers.length === 0) failures.push(announcement.unreachable);
    else announcement.unreachable.catch((error: unknown) => world.terminal.tell(messageOf(error)));
    await untilComplete(sink, plan, failures);
    return transfer.sources();
  } finally {
    stopShowing();
    await Promise.all([announcement.stop(), transfer.close()]);
  }
}

function announce(transfer: Transfer, { trackers, metadata, exchange }: FetchPlan, terminal: Terminal): Announcement {
  return new Announcement({
    trackers,
    address: transfer.address,
    swarmId: metadata.swarmId,
    mode: 'LEECH',
    onPeers: (peers) => transfer.addPeers(peers),
    ...memberOf(transfer, exchange, terminal),
    onChange: (line) => terminal.tell(line),
  });
}

/** Moves a bar; the answer stops it. */
function show(sink: FileSink, terminal: Terminal): () => void {
  const progress = terminal.progress('fetching');
  const timer = setInterval(() => {
    const { heldBytes, contentBytes } = sink.progress();
    if (contentBytes !== undefined) progress.update(heldBytes, contentBytes);
  }, progressMillis);
  return () => {
    clearInterval(timer);
    progress.stop();
  };
}

async function untilComplete(sink: FileSink, plan: FetchPlan, failures: readonly Promise<never>[]): Promise<void> {
  const { timeoutSeconds } = plan;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    if (timeoutSeconds === undefined) return;
    timer = setTimeout(() => reject(incomplete(sink, timeoutSeconds)), timeoutSeconds * 1000);
  });
  await Promise.race([sink.completed, late, ...failures]).finally(() => clearTimeout(timer));
}

function incomplete(sink: FileSink, seconds: number): CommandError {
  const { heldBytes, contentBytes } = sink.progress();
  const isSized = contentBytes !== undefined;
  const state = isSized ? `${formatBytes(heldBytes)} of ${formatBytes(contentBytes)} here` : 'no peer sent anything';
  const message = `not complete after ${seconds} s: ${state}; the same command continues`;
  return new CommandError('INCOMPLETE', message, { heldBytes });
}

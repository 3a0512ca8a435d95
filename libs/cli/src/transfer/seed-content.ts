import { statementOf, type Address, type SwarmRecord, type SwarmStatement } from '@weir/ppspp';
import type { TransferExchange } from '@weir/peer';
import type { RegistrationSettings } from '@weir/registration';
import { FileSource } from '../content/file-source';
import type { ContentFormat } from '../content/scan';
import { untilAborted } from '../terminal/interruption';
import type { Terminal } from '../terminal/terminal';
import { Announcement } from './announcement';
import { GuardedStore } from './guarded-store';
import { memberOf } from './membership';
import type { StartTransfer } from './transfer';

/** What to seed, and where. */
export interface SeedPlan {
  readonly path: string;
  readonly format: ContentFormat;
  readonly listen: Address;
  readonly trackers: RegistrationSettings['trackers'];
  readonly exchange?: TransferExchange | undefined;
}

/** What seeding needs of the world around it. */
export interface SeedWorld {
  readonly startTransfer: StartTransfer;
  readonly terminal: Terminal;
  /** Ends the seeding: that is no failure. */
  readonly signal: AbortSignal;
  /** Told once peers can come, and find us at a tracker if there is any. */
  readonly onReady: (record: SwarmRecord, address: Address) => void;
}

/** What others must know of a content to fetch it. */
export function statementOfContent(
  { metadata, contentBytes }: SwarmRecord,
  places: Pick<SwarmStatement, 'trackers' | 'peers'>,
): SwarmStatement {
  return statementOf({ ...metadata, ...(contentBytes === undefined ? {} : { contentBytes }) }, places);
}

/** Seeds until it is told to stop. Rejects with a `CacheError`. */
export async function seedContent(plan: SeedPlan, world: SeedWorld): Promise<void> {
  const source = await openSource(plan, world);
  try {
    await serve(source, plan, world);
  } finally {
    await source.close();
  }
}

async function openSource({ path, format }: SeedPlan, { terminal, signal }: SeedWorld): Promise<FileSource> {
  const progress = terminal.progress('hashing');
  const onProgress = (bytes: number, total: number): void => progress.update(bytes, total);
  return FileSource.open(path, format, { onProgress, signal }).finally(() => progress.stop());
}

async function serve(source: FileSource, plan: SeedPlan, world: SeedWorld): Promise<void> {
  const { listen, trackers, exchange } = plan;
  const { metadata } = source.record;
  const store = new GuardedStore(source);
  const transfer = await world.startTransfer({ metadata, listen, store, want: 'none', trusted: true, exchange });
  const announcement = new Announcement({
    trackers,
    address: transfer.address,
    swarmId: metadata.swarmId,
    mode: 'SEEDER',
    onPeers: (peers) => transfer.addPeers(peers),
    ...memberOf(transfer, plan.exchange, world.terminal),
    onChange: (line) => world.terminal.tell(line),
  });
  try {
    announcement.start();
    const failures = [store.failed, announcement.unreachable];
    const stopped = untilAborted(world.signal).catch(() => undefined);
    const listed = trackers.length === 0 ? Promise.resolve() : announcement.answered;
    await Promise.race([listed, stopped, ...failures]);
    if (world.signal.aborted) return;
    world.onReady(source.record, transfer.address);
    await Promise.race([stopped, ...failures]);
  } finally {
    await Promise.all([announcement.stop(), transfer.close()]);
  }
}

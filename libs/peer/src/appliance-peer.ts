import type { Address, Candidate, Notice, SwarmId, SwarmMetadata } from '@weir/ppspp';
import { reachableAddresses, type PortKind } from '@weir/datagram';
import {
  createStoreMetrics,
  emptyBatch,
  openLmdbReader,
  startWriter,
  StoreClient,
  type RunningWriter,
  type StoreReader,
  type StoreUsage,
  type SwarmSummary,
} from '@weir/store';
import type { Registry } from 'prom-client';
import type { DatapathExchange, DatapathReport, LiveSwarm, PeerBounds } from './datapath-messages';
import { DatapathThread } from './datapath-thread';
import type { AddressPrefix } from './prefix-list';

/** What the appliance's peer is told. */
export interface AppliancePeerSettings {
  readonly listen: readonly Address[];
  /** What carries the datagrams; `auto` when left out. */
  readonly port?: PortKind;
  readonly subscribers: readonly AddressPrefix[];
  readonly bounds?: PeerBounds;
  /** How external peers are exchanged; left out, not at all. */
  readonly exchange?: DatapathExchange | undefined;
  readonly storeDirectory: string;
  readonly storeCapacityBytes: number;
}

/** Who hears of the appliance's peer, on the control thread. */
export interface AppliancePeerListener {
  onNotice(notice: Notice): void;
  /** Counters of one thread, by its name. */
  onReport(thread: string, report: DatapathReport): void;
  onTrouble(message: string): void;
  /** The store or a datapath thread went down: the appliance cannot go on. */
  onFailure(failure: unknown): void;
}

/** Content bytes since the start, and who is here. */
export interface PeerTotals {
  readonly channels: number;
  readonly fetchedBytes: number;
  readonly servedBytes: number;
  readonly hitBytes: number;
  readonly missBytes: number;
}

const nothing: PeerTotals = { channels: 0, fetchedBytes: 0, servedBytes: 0, hitBytes: 0, missBytes: 0 };

/** One verify thread beside each datapath thread: hashing costs about as much as receiving. */
const verifyThreads = 1;

interface Parts {
  readonly writer: RunningWriter;
  readonly client: StoreClient;
  readonly reader: StoreReader;
  readonly thread: DatapathThread;
}

/** The appliance's end of the peer protocol: the store's writer, the datapath thread, and the lines between them. */
export class AppliancePeer {
  private constructor(
    private readonly parts: Parts,
    /** Where peers reach us. */
    readonly addresses: readonly Address[],
  ) {}

  /** Opens the store, then the sockets. Rejects with a `StoreError` or a `PeerError`, and then leaves nothing open. */
  static async start(
    { storeCapacityBytes, ...settings }: AppliancePeerSettings,
    listener: AppliancePeerListener,
    registry: Registry,
  ): Promise<AppliancePeer> {
    const { storeDirectory } = settings;
    const options = { directory: storeDirectory, capacityBytes: storeCapacityBytes };
    const writer = await startWriter(options, createStoreMetrics(registry));
    const client = new StoreClient(writer.connect());
    const reader = openLmdbReader(storeDirectory);
    const thread = new DatapathThread({ ...settings, verifyThreads }, writer.connect(), {
      onNotice: (notice) => {
        listener.onNotice(notice);
      },
      onTrouble: (message) => {
        listener.onTrouble(message);
      },
      onReport: (report) => {
        listener.onReport('datapath-0', report);
      },
    });
    const listening = await thread.ready.catch(async (error: unknown) => {
      await Promise.all([client.close(), reader.close()]);
      await writer.stop();
      throw error;
    });
    const peer = new AppliancePeer({ writer, client, reader, thread }, listening.flatMap(reachableAddresses));
    for (const end of [writer.ended, thread.ended])
      end.catch((error: unknown) => {
        listener.onFailure(error);
      });
    return peer;
  }

  get totals(): PeerTotals {
    return this.parts.thread.report ?? nothing;
  }

  get usage(): StoreUsage {
    return this.parts.writer.usage();
  }

  /** Asks for fresh totals; resolves when they are here, or after a second without them. */
  refresh(): Promise<void> {
    return this.parts.thread.refresh();
  }

  /** Swarms that are open now. */
  live(): readonly LiveSwarm[] {
    return this.parts.thread.report?.swarms ?? [];
  }

  /** Swarms that the store has anything of. */
  stored(): readonly SwarmSummary[] {
    return this.parts.reader.swarms();
  }

  addPeers(swarmId: SwarmId, peers: readonly Candidate[]): void {
    this.parts.thread.tell({ type: 'peers', swarmId, peers });
  }

  /** Fetches a swarm ahead of demand. */
  fetch(metadata: SwarmMetadata, peers: readonly Candidate[]): void {
    this.parts.thread.tell({ type: 'fetch', metadata, peers });
  }

  /** A tracker certified that we are in a swarm: peers there are shown it, as long as the swarm is open. */
  certify(swarmId: SwarmId, certificate: Uint8Array): void {
    this.parts.thread.tell({ type: 'certificate', swarmId, certificate });
  }

  /** Leaves a swarm and removes what the store has of it; true if that was anything. */
  async purge(swarmId: SwarmId): Promise<boolean> {
    this.parts.thread.tell({ type: 'leave', swarmId });
    const { erased } = await this.parts.client.commit({ ...emptyBatch, erase: [{ swarmId }] });
    return erased.length > 0;
  }

  /** Takes leave of all peers; what was verified is on disk when it resolves. */
  async stop(): Promise<void> {
    await this.parts.thread.stop().catch(() => undefined);
    await this.parts.client.close();
    await this.parts.reader.close();
    await this.parts.writer.stop().catch(() => undefined);
  }
}

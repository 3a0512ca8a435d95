import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { subtreeHashes, type Extent, type SwarmId, type SwarmLimits, type SwarmRecord } from '@weir/ppspp';
import {
  emptyBatch,
  MemoryStore,
  openLmdbReader,
  openLmdbWriter,
  RuleBook,
  StoreClient,
  WriterHost,
  witnessBy,
  type StoreError,
  type StoreReader,
  type StoreWriter,
} from '@weir/store';
import type { Crew } from './crew';
import { OperatorDesk } from './operator-desk';

/** Bytes that the store may take. */
export const capacityBytes = 8 * 2 ** 20;

/** An operator's desk over a real store, its writer in this thread, with nobody on the datapath. */
export class DeskBench {
  /** What datapath threads would have been told: `block SWARM`, and so on. */
  readonly told: string[] = [];
  /** Rates that the threads would keep to. */
  readonly limited = new Map<SwarmId, SwarmLimits>();
  readonly desk: OperatorDesk;
  readonly client: StoreClient;
  /** Why the store does not say what is in it. */
  trouble: StoreError | undefined;
  /** Transactions in which leftovers are swept from now on; then no more of them is. */
  sweepsLeft = Number.POSITIVE_INFINITY;
  private readonly control = new MessageChannel();
  private readonly running: Promise<void>;

  private constructor(
    writer: StoreWriter,
    readonly reader: StoreReader,
  ) {
    const sweep = writer.sweep.bind(writer);
    writer.sweep = () => this.sweepsLeft-- > 0 && sweep();
    this.running = new WriterHost(writer, this.control.port2).run();
    const line = new MessageChannel();
    this.control.port1.postMessage({ type: 'connect', port: line.port1 }, [line.port1]);
    this.client = new StoreClient(line.port2);
    const { client, told, limited } = this;
    const crew: Pick<Crew, 'block' | 'tell' | 'limit'> = {
      block: (swarmId, blocked) => void told.push(`${blocked ? 'block' : 'unblock'} ${swarmId}`),
      limit: (swarmId, limits) => void limited.set(swarmId, limits),
      tell: (swarmId, { type }) => void told.push(`${type} ${swarmId}`),
    };
    const rules = new RuleBook(reader.rules());
    this.desk = new OperatorDesk({ client, witness: witnessBy(reader), crew, rules, trouble: () => this.trouble });
  }

  /** Over what a directory holds, or over memory. */
  static start(directory?: string): DeskBench {
    if (directory !== undefined)
      return new DeskBench(openLmdbWriter({ directory, capacityBytes }), openLmdbReader(directory));
    const store = new MemoryStore();
    return new DeskBench(store.writer({ capacityBytes }), store.reader());
  }

  /** Stores some of the extents of a swarm; how many were taken. */
  async store(swarmId: SwarmId, held: number, extents = held): Promise<number> {
    const stored = Array.from({ length: held }, (_, index) => extentOf(index));
    const writes = [{ record: recordOf(swarmId, extents), extents: stored, blocks: [] }];
    return (await this.client.commit({ ...emptyBatch, writes })).written.length;
  }

  async close(): Promise<void> {
    await this.client.close();
    await this.reader.close();
    this.control.port1.postMessage({ type: 'stop' });
    await this.running;
    this.control.port1.close();
  }
}

/** A directory for a store, another for each test, gone after all. */
export function storeDirectory(): { readonly path: string } {
  const paths: string[] = [];
  beforeEach(() => {
    paths.push(mkdtempSync(join(tmpdir(), 'weir-desk-')));
  });
  afterAll(() => Promise.all(paths.map((path) => rm(path, { recursive: true, force: true }))));
  return {
    get path() {
      return paths.at(-1) ?? '';
    },
  };
}

function recordOf(swarmId: SwarmId, extents: number): SwarmRecord {
  const metadata = { swarmId, hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 } as const;
  const chunkCount = extents * 64;
  const peaks = Array.from({ length: chunkCount.toString(2).replaceAll('0', '').length }, () => new Uint8Array(32));
  return { metadata, chunkCount, peaks, contentBytes: chunkCount * 1_024 };
}

function extentOf(index: number): Extent {
  return { index, bytes: new Uint8Array(64 * 1_024).fill(index), hashes: new Uint8Array(32 * subtreeHashes) };
}

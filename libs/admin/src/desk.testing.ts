import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { OperatorDesk } from '@weir/peer';
import { subtreeHashes, type SwarmId } from '@weir/ppspp';
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
} from '@weir/store';

/** Bytes that the store may take. */
export const capacityBytes = 8 * 2 ** 20;

/** An operator's desk over a real store, its writer in this thread, with nobody on the datapath. */
export class DeskBench {
  /** What datapath threads would have been told. */
  readonly told: string[] = [];
  readonly desk: OperatorDesk;
  /** Why the store does not say what is in it. */
  trouble: StoreError | undefined;
  private readonly control = new MessageChannel();
  private readonly running: Promise<void>;
  private readonly client: StoreClient;

  private constructor(
    writer: ReturnType<typeof openLmdbWriter>,
    readonly reader: StoreReader,
  ) {
    this.running = new WriterHost(writer, this.control.port2).run();
    const line = new MessageChannel();
    this.control.port1.postMessage({ type: 'connect', port: line.port1 }, [line.port1]);
    this.client = new StoreClient(line.port2);
    const { client, told } = this;
    const crew = {
      block: (swarmId: SwarmId, blocked: boolean) => void told.push(`${blocked ? 'block' : 'unblock'} ${swarmId}`),
      limit: (swarmId: SwarmId, limits: object) => void told.push(`limit ${swarmId} ${JSON.stringify(limits)}`),
      tell: (swarmId: SwarmId, { type }: { readonly type: string }) => void told.push(`${type} ${swarmId}`),
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
    const metadata = { swarmId, hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 } as const;
    const chunkCount = extents * 64;
    const peaks = Array.from({ length: chunkCount.toString(2).replaceAll('0', '').length }, () => new Uint8Array(32));
    const stored = Array.from({ length: held }, (_, index) => {
      return { index, bytes: new Uint8Array(64 * 1_024).fill(index), hashes: new Uint8Array(32 * subtreeHashes) };
    });
    const record = { metadata, chunkCount, peaks, contentBytes: chunkCount * 1_024 };
    const result = await this.client.commit({ ...emptyBatch, writes: [{ record, extents: stored, blocks: [] }] });
    return result.written.length;
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
    paths.push(mkdtempSync(join(tmpdir(), 'weir-admin-')));
  });
  afterAll(() => Promise.all(paths.map((path) => rm(path, { recursive: true, force: true }))));
  return {
    get path() {
      return paths.at(-1) ?? '';
    },
  };
}

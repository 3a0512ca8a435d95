import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { subtreeHashes, type Extent, type SwarmId, type SwarmLimits, type SwarmRecord } from '@weir/ppspp';
import {
  emptyBatch,
  openLmdbReader,
  openLmdbWriter,
  RuleBook,
  StoreClient,
  WriterHost,
  witnessBy,
  type StoreError,
  type StoreReader,
} from '@weir/store';
import type { Crew } from './crew';
import { OperatorDesk } from './operator-desk';

/** What datapath threads would have been told. */
export type Told = [request: string, swarmId: SwarmId];

/** An operator's desk over a store in LMDB, its writer in this thread, with nobody on the datapath. */
export class DeskBench {
  private constructor(
    readonly told: readonly Told[],
    readonly desk: OperatorDesk,
    readonly client: StoreClient,
    private readonly parts: {
      readonly state: { trouble: StoreError | undefined };
      readonly reader: StoreReader;
      readonly limited: ReadonlyMap<SwarmId, SwarmLimits>;
      readonly stop: () => Promise<void>;
    },
  ) {}

  /** Rates that the threads would keep to. */
  get limited(): ReadonlyMap<SwarmId, SwarmLimits> {
    return this.parts.limited;
  }

  /** Why the store does not say what is in it, from now on. */
  set trouble(trouble: StoreError | undefined) {
    this.parts.state.trouble = trouble;
  }

  get reader(): StoreReader {
    return this.parts.reader;
  }

  /** Over what the directory holds. */
  static start(directory: string): DeskBench {
    const host = new MessageChannel();
    const running = new WriterHost(openLmdbWriter({ directory, capacityBytes: 64 * 2 ** 20 }), host.port2).run();
    const line = new MessageChannel();
    host.port1.postMessage({ type: 'connect', port: line.port1 }, [line.port1]);
    const client = new StoreClient(line.port2);
    const reader = openLmdbReader(directory);
    const told: Told[] = [];
    const limited = new Map<SwarmId, SwarmLimits>();
    const crew: Pick<Crew, 'block' | 'tell' | 'limit'> = {
      block: (swarmId, blocked) => void told.push([blocked ? 'block' : 'unblock', swarmId]),
      limit: (swarmId, limits) => void limited.set(swarmId, limits),
      tell: (swarmId, { type }) => void told.push([type, swarmId]),
    };
    const state: { trouble: StoreError | undefined } = { trouble: undefined };
    const rules = new RuleBook(reader.rules());
    const desk = new OperatorDesk({ client, witness: witnessBy(reader), crew, rules, trouble: () => state.trouble });
    const stop = async (): Promise<void> => {
      await client.close();
      await reader.close();
      host.port1.postMessage({ type: 'stop' });
      await running;
      host.port1.close();
    };
    return new DeskBench(told, desk, client, { state, reader, limited, stop });
  }

  /** Stores some extents of a swarm; how many were taken. */
  async store(swarmId: SwarmId, extents: number): Promise<number> {
    const record = recordOf(swarmId, extents);
    const write = { record, extents: Array.from({ length: extents }, (_, index) => extentOf(index)), blocks: [] };
    return (await this.client.commit({ ...emptyBatch, writes: [write] })).written.length;
  }

  close(): Promise<void> {
    return this.parts.stop();
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
  return { metadata, chunkCount, peaks, contentBytes: undefined };
}

function extentOf(index: number): Extent {
  return { index, bytes: new Uint8Array(64 * 1_024).fill(index), hashes: new Uint8Array(32 * subtreeHashes) };
}

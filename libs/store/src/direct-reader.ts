import type { Extent, SwarmId } from '@weir/ppspp';
import { validIndex, validSwarmId } from './admission';
import { pageBytes } from './footprint';
import { type GuardAddon, guardAddon, lookUpAnswers } from './guard-addon';
import { databaseNames, extentKey, sealedExtent, sealedSwarm, swarmKey } from './keys';
import { ReadMemory } from './read-memory';

/** Longest value of an extent that is looked for: one of 64 chunks of 65,000 bytes, with its hashes. */
const valueBytesMax = 8 * 1024 * 1024;

/** LMDB keeps names of databases with the end that C gives them. */
const tables = { swarms: Buffer.from(`${databaseNames.swarms}\0`), extents: Buffer.from(`${databaseNames.extents}\0`) };

/**
 * Reads extents out of the data file beside LMDB: by positioned reads of what is in memory, in the turn that asks, and by another thread
 * where something is not. That costs half of touching a map on another thread and copying out of it.
 *
 * It takes no lock, so that what it reads may be torn by the writer. So it answers only with what proves itself: a record and an extent by
 * their seals, in which their keys are. For everything else, an extent that is not there included, LMDB is to be asked.
 */
export class DirectReader {
  private readonly file: unknown;
  private readonly record = Buffer.allocUnsafeSlow(pageBytes);
  private readonly memory = new ReadMemory();
  private supported = true;

  /** Undefined without the native addon, and where the file cannot be opened: LMDB has it open then all the same. */
  static open(path: string, addon = guardAddon()): DirectReader | undefined {
    try {
      return addon && new DirectReader(path, addon);
    } catch {
      return undefined;
    }
  }

  private constructor(
    path: string,
    private readonly addon: GuardAddon,
  ) {
    this.file = addon.openFile(path);
  }

  /** The extent, in memory of its own, as it was written; undefined where LMDB is to be asked. */
  async read(swarmId: SwarmId, index: number): Promise<Extent | undefined> {
    if (!this.supported || !validIndex(index) || !validSwarmId(swarmId)) return undefined;
    const key = swarmKey(swarmId);
    const found = this.recordUnder(key);
    // One that is in memory is looked up in one turn with its extent.
    const record = found instanceof Promise ? await found : found;
    const swarm = record && sealedSwarm(key, record);
    return swarm && swarm.valueBytesMax <= valueBytesMax
      ? this.extent(extentKey(swarm.number, index), swarm.valueBytesMax)
      : undefined;
  }

  /** From now on LMDB is to be asked for everything. */
  close(): void {
    this.addon.closeFile(this.file);
  }

  private recordUnder(key: Buffer): Buffer | undefined | Promise<Buffer | undefined> {
    const length = this.lookUp(tables.swarms, key, this.record);
    return length === lookUpAnswers.cold ? this.coldRecordUnder(key) : beginning(this.record, length);
  }

  /** Into a buffer of its own: others look up records meanwhile. */
  private async coldRecordUnder(key: Buffer): Promise<Buffer | undefined> {
    const record = Buffer.allocUnsafeSlow(pageBytes);
    return beginning(record, await this.addon.lookUpElsewhere(this.file, tables.swarms, key, record));
  }

  private async extent(key: Buffer, bytesMax: number): Promise<Extent | undefined> {
    const value = this.memory.take(bytesMax);
    const now = this.lookUp(tables.extents, key, value);
    const isCold = now === lookUpAnswers.cold;
    const length = isCold ? await this.addon.lookUpElsewhere(this.file, tables.extents, key, value) : now;
    if (length < 0 || length > bytesMax) return undefined;
    // Only a content's last extent is shorter: it does not keep the rest.
    return sealedExtent(key, length === bytesMax ? value : value.slice(0, length));
  }

  private lookUp(table: Uint8Array, key: Uint8Array, target: Uint8Array): number {
    const answer = this.addon.lookUp(this.file, table, key, target);
    if (answer === lookUpAnswers.unsupported) this.supported = false;
    return answer;
  }
}

/** What was looked up into a buffer; undefined if nothing was, or it did not fit. */
function beginning(buffer: Buffer, length: number): Buffer | undefined {
  return length < 0 || length > buffer.length ? undefined : buffer.subarray(0, length);
}

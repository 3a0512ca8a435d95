import type { Extent, SwarmId } from '@weir/ppspp';
import { validIndex, validSwarmId } from './admission';
import { pageBytes } from './footprint';
import { type GuardAddon, guardAddon, lookUpAnswers } from './guard-addon';
import { databaseNames, extentKey, sealedExtent, sealedSwarm, swarmKey } from './keys';

/** A value that is on disk and not in memory. */
interface Cold {
  readonly table: Uint8Array;
  readonly key: Uint8Array;
}

/** How often what was cold is touched: its record, the extent, and once more for what left the memory meanwhile. */
const touchesMax = 3;

/** Longest value of an extent that is looked for: one of 64 chunks of 65,000 bytes, with its hashes. */
const valueBytesMax = 8 * 1024 * 1024;

/** LMDB keeps names of databases with the end that C gives them. */
const tables = { swarms: Buffer.from(`${databaseNames.swarms}\0`), extents: Buffer.from(`${databaseNames.extents}\0`) };

/**
 * Reads extents out of the data file beside LMDB: by positioned reads of what is in memory, in the turn that asks, and by another thread
 * where something is not. That costs a third of touching a map on another thread and copying out of it.
 *
 * It takes no lock, so that what it reads may be torn by the writer. So it answers only with what proves itself: a record and an extent by
 * their seals, in which their keys are. For everything else, an extent that is not there included, LMDB is to be asked.
 */
export class DirectReader {
  private readonly file: unknown;
  private readonly record = Buffer.allocUnsafeSlow(pageBytes);
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
    for (let touches = 0; ; touches++) {
      const answer = this.inMemory(swarmId, index);
      if (answer === undefined || !('table' in answer)) return answer;
      if (touches === touchesMax) return undefined;
      await this.addon.touch(this.file, answer.table, answer.key);
    }
  }

  /** From now on LMDB is to be asked for everything. */
  close(): void {
    this.addon.closeFile(this.file);
  }

  private inMemory(swarmId: SwarmId, index: number): Extent | Cold | undefined {
    if (!this.supported || !validIndex(index) || !validSwarmId(swarmId)) return undefined;
    const place = { table: tables.swarms, key: swarmKey(swarmId) };
    const length = this.lookUp(place, this.record);
    if (length === lookUpAnswers.cold) return place;
    const isRead = length >= 0 && length <= this.record.length;
    const swarm = isRead ? sealedSwarm(place.key, this.record.subarray(0, length)) : undefined;
    if (swarm === undefined || swarm.valueBytesMax > valueBytesMax) return undefined;
    return this.extentInMemory(extentKey(swarm.number, index), swarm.valueBytesMax);
  }

  private extentInMemory(key: Buffer, bytesMax: number): Extent | Cold | undefined {
    const place = { table: tables.extents, key };
    const value = new Uint8Array(Buffer.allocUnsafeSlow(bytesMax).buffer);
    const length = this.lookUp(place, value);
    if (length === lookUpAnswers.cold) return place;
    if (length < 0 || length > bytesMax) return undefined;
    // Only a content's last extent is shorter: it does not keep the rest.
    return sealedExtent(key, length === bytesMax ? value : value.slice(0, length));
  }

  private lookUp({ table, key }: Cold, target: Uint8Array): number {
    const answer = this.addon.lookUp(this.file, table, key, target);
    if (answer === lookUpAnswers.unsupported) this.supported = false;
    return answer;
  }
}

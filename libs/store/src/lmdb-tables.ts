import { statSync } from 'node:fs';
import { type Extent, type HashBlock, type HashFunction, type SwarmId, invariant } from '@weir/ppspp';
import {
  databaseNames,
  type SwarmEntry,
  blockKeyOf,
  decodeBlockKey,
  decodeExtentKey,
  decodeSwarm,
  encodeBlock,
  encodeCount,
  encodeExtent,
  encodeSwarm,
  extentKey,
  extentValueBytes,
  metaKeys,
  swarmIdOf,
  swarmKey,
} from './keys';
import { StoreError } from './errors';
import { type FileSpace, fileSpaceOf } from './file-space';
import { pageBytes } from './footprint';
import type { Finding } from './integrity/finding';
import { seal, sealBytes, unsealed } from './integrity/seal';
import { PageReturn } from './page-return';
import type { RulesCopy } from './integrity/rules-copy';
import { ValueHeads } from './integrity/value-heads';
import { type Environment, type Table, closeEnvironment, countIn, current } from './lmdb-environment';
import { decodeRule, encodeRule, type RuleRow } from './rules/codec';
import type { RuleChange } from './rules/rule';
import type { BlockPosition, ExtentPlace, Swept, Tables } from './tables';

const firstSwarm = 1;
/** A record that is longer than this may have pages of its own. */
const inlineBytesMin = 1_900;

const swarmNumberMax = 2 ** 32 - 2;

/** Bytes of one part of what the policy remembers: as many as fit into the room that an extent of 64 KiB leaves. */
const policyPartBytes = 17 * pageBytes - 24 - sealBytes;

/** The databases in LMDB. */
export class LmdbTables implements Tables {
  /** Where an extent's value is put together: LMDB copies it at once, and must not be given shared memory. */
  private scratch = Buffer.allocUnsafeSlow(0);

  /** Never less than it was: what a file lost is missed, and what is written behind that makes a hole of it. */
  private fileBytes: number;
  /** Rules changed by the transaction that runs. */
  private newRules: RuleRow[] = [];
  /** The disk did not take what was to be kept a second time. */
  private copyIsBehind = false;
  private readonly heads: ValueHeads;
  private readonly pageReturn: PageReturn;

  constructor(
    private readonly environment: Environment,
    /** Where rules are kept a second time, before whoever laid them down is answered. */
    private readonly copy?: RulesCopy,
    /** Hears what was damaged, and mended before it did harm. */
    onFindings: (findings: readonly Finding[]) => void = () => undefined,
  ) {
    this.heads = new ValueHeads(environment.file, (table, key) => onFindings([headFinding(table, key)]));
    this.fileBytes = statSync(environment.file).size;
    this.pageReturn = new PageReturn(environment.file, () => oldestRead(current(environment).root.readerList()));
  }

  /** Throws STORE_UNREADABLE, and commits nothing, if the file became shorter; waits where a page cannot be read. */
  atomically<Result>(work: () => Result): Result {
    this.mustNotHaveShrunk();
    this.newRules = [];
    this.heads.begin();
    return this.environment.guard.write((mustBeWhole) => {
      const result = this.environment.root.transactionSync(() => {
        const done = work();
        mustBeWhole();
        // What it freed, and what it read, may have been in a part that is missing by now: written down it would be believed.
        this.mustNotHaveShrunk();
        return done;
      });
      // The commit itself reads the list of free pages.
      mustBeWhole();
      if (this.newRules.length > 0 || this.copyIsBehind) this.keepRules();
      return result;
    });
  }

  /** What the file takes of the disk, and what of it is free. */
  space(): FileSpace {
    return fileSpaceOf(this.environment);
  }

  get returns(): boolean {
    return this.pageReturn.works;
  }

  giveBack(bytes: number): number {
    return this.pageReturn.giveBack(bytes);
  }

  nextSwarm(): number {
    return countIn(this.environment.meta, metaKeys.nextSwarm) ?? firstSwarm;
  }

  setNextSwarm(number: number): void {
    invariant(number <= swarmNumberMax, 'a store sees fewer than 2^32 swarms in its life');
    this.environment.meta.putSync(metaKeys.nextSwarm, encodeCount(metaKeys.nextSwarm, number));
  }

  *swarms(): Iterable<SwarmEntry> {
    for (const { key, value } of this.environment.swarms.getRange()) yield decodeSwarm(swarmIdOf(key), value);
  }

  putSwarm(entry: SwarmEntry): void {
    const key = swarmKey(entry.record.metadata.swarmId);
    const value = encodeSwarm(entry);
    if (value.length > inlineBytesMin) this.heads.ensure(databaseNames.swarms, key);
    this.environment.swarms.putSync(key, value);
  }

  removeSwarm(swarmId: SwarmId): void {
    this.removeFrom('swarms', swarmKey(swarmId));
  }

  *extentPlaces(): Iterable<ExtentPlace> {
    for (const key of this.environment.extents.getKeys()) yield decodeExtentKey(key);
  }

  putExtent(swarm: number, extent: Extent, hash: HashFunction): void {
    const bytes = extentValueBytes(extent);
    if (this.scratch.length < bytes) this.scratch = Buffer.allocUnsafeSlow(bytes);
    const key = extentKey(swarm, extent.index);
    encodeExtent(key, extent, hash, this.scratch);
    this.environment.extents.putSync(key, this.scratch.subarray(0, bytes));
  }

  removeExtent(swarm: number, index: number): void {
    this.removeFrom('extents', extentKey(swarm, index));
  }

  *blockPositions(): Iterable<BlockPosition> {
    for (const key of this.environment.hashes.getKeys()) yield decodeBlockKey(key);
  }

  putBlock(swarm: number, block: HashBlock): void {
    const key = blockKeyOf(swarm, block.tier, block.index);
    this.heads.ensure(databaseNames.hashes, key);
    this.environment.hashes.putSync(key, encodeBlock(key, block));
  }

  *rules(): Iterable<RuleChange> {
    for (const { key, value } of this.environment.rules.getRange()) yield decodeRule(key, value);
  }

  putRule(change: RuleChange): void {
    const row = encodeRule(change);
    this.heads.ensure(databaseNames.rules, row.key);
    if (row.value === undefined) this.environment.rules.removeSync(row.key);
    else this.environment.rules.putSync(row.key, row.value);
    this.newRules.push(row);
  }

  /** Brings the second copy of the rules up to date, should it be behind: a disk may not have taken it, or the process ended before. */
  renewCopy(): void {
    this.copied((copy) => copy.renew([...this.environment.rules.getRange()]));
  }

  /** It is of no use in pieces, and no loss: it is learnt again. */
  policy(): Uint8Array | undefined {
    return this.environment.guard.readOr(() => this.wholePolicy());
  }

  private wholePolicy(): Uint8Array | undefined {
    const parts: Uint8Array[] = [];
    for (const { key, value } of this.environment.policy.getRange()) {
      const part = unsealed(key, value);
      if (part === undefined) return undefined;
      parts.push(Buffer.from(part));
    }
    return parts.length === 0 ? undefined : Buffer.concat(parts);
  }

  keepPolicy(state: Uint8Array): void {
    const { policy } = this.environment;
    const parts = Math.ceil(state.length / policyPartBytes);
    for (const key of policy.getKeys({ start: partKey(parts) })) this.removeFrom('policy', key);
    for (let part = 0; part < parts; part++) {
      const from = part * policyPartBytes;
      this.heads.ensure(databaseNames.policy, partKey(part));
      policy.putSync(partKey(part), seal(partKey(part), state.subarray(from, from + policyPartBytes)));
    }
  }

  sweep(swarm: number, keysMax: number): Swept {
    const { extents, hashes } = this.environment;
    const extentRange = { start: extentKey(swarm, 0), end: extentKey(swarm + 1, 0) };
    const extentKeys = keysIn(extents, extentRange, keysMax);
    const blockRange = { start: blockKeyOf(swarm, 0, 0), end: blockKeyOf(swarm + 1, 0, 0) };
    const blockKeys = keysIn(hashes, blockRange, keysMax - extentKeys.length);
    for (const key of extentKeys) this.removeFrom('extents', key);
    for (const key of blockKeys) this.removeFrom('hashes', key);
    return {
      extents: extentKeys.map((key) => decodeExtentKey(key).index),
      blocks: blockKeys.length,
      done: extentKeys.length + blockKeys.length < keysMax,
    };
  }

  private removeFrom(table: 'swarms' | 'extents' | 'hashes' | 'policy', key: Buffer): void {
    this.heads.ensure(databaseNames[table], key);
    this.environment[table].removeSync(key);
  }

  /** Once a transaction, however many rules it changed. */
  private keepRules(): void {
    this.copied((copy) => copy.add(this.newRules, () => this.environment.rules.getRange()));
  }

  private copied(work: (copy: RulesCopy) => void): void {
    if (this.copy === undefined) return;
    this.copyIsBehind = true;
    try {
      work(this.copy);
      this.copyIsBehind = false;
    } catch {
      // On a disk that is full the rules themselves are kept all the same; the next transaction tries again.
    }
  }

  async close(): Promise<void> {
    this.heads.close();
    await closeEnvironment(this.environment);
  }

  private mustNotHaveShrunk(): void {
    const { size } = statSync(this.environment.file);
    if (size < this.fileBytes) {
      const remedy = 'Its end is missing: stop the appliance, erase the directory, and find out who cut the file.';
      const details = { bytes: size, bytesBefore: this.fileBytes };
      throw new StoreError('STORE_UNREADABLE', `The store's file is shorter than it was. ${remedy}`, details);
    }
    this.fileBytes = size;
  }
}

/** From LMDB's table of readers, a line each that ends with what it reads; those that read nothing have no number there. */
function oldestRead(readers: string): number {
  const read = [...readers.matchAll(/ (\d+)$/gm)].map(([, transaction]) => Number(transaction));
  return Math.min(...read, Number.MAX_SAFE_INTEGER);
}

function partKey(part: number): Buffer {
  const key = Buffer.alloc(4);
  key.writeUInt32BE(part, 0);
  return key;
}

function keysIn(table: Table, range: { start: Buffer; end: Buffer }, limit: number): Buffer[] {
  return limit > 0 ? [...table.getKeys({ ...range, limit })] : [];
}

function headFinding(table: string, key: Uint8Array): Finding {
  const detail = `the head of the pages of a value in ${table}, under ${Buffer.from(key).toString('hex')}, was not what was written`;
  return { when: Math.floor(Date.now() / 1000), kind: 'overflow', foundBy: 'read', remedy: 'mended', detail };
}

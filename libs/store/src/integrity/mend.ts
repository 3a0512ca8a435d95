import {
  decodeBlockKey,
  decodeExtentKey,
  decodeSwarm,
  decodeSwarmNumber,
  encodeCount,
  metaKeys,
  swarmIdOf,
} from '../keys';
import { type Environment, type Table, countIn } from '../lmdb-environment';
import { StoreError } from '../errors';
import type { Finding } from './finding';
import { mendRules } from './mend-rules';
import type { RulesCopy } from './rules-copy';

/** What mending stands on. */
export interface MendingParts {
  readonly environment: Environment;
  readonly copy: RulesCopy;
  /** The structure of the data file was damaged: rules are missing that had been there. */
  readonly lostRules: boolean;
  /** Unix seconds. */
  readonly now: number;
}

/**
 * Looks through what a writer believes without asking: records of swarms, the number of the next one, rules. What is not what
 * was written is removed, made anew, or restored from its second copy. To be done before anything is read from the tables.
 */
export function mend(parts: MendingParts): Finding[] {
  const findings: Finding[] = [];
  parts.environment.root.transactionSync(() => {
    findings.push(...mendSwarms(parts), ...mendNextSwarm(parts), ...mendRules(parts));
  });
  return findings;
}

/** Without its record a swarm is not held: what it has is swept, and fetched again. */
function mendSwarms({ environment: { swarms }, now }: MendingParts): Finding[] {
  const broken = [...swarms.getRange()].filter(({ key, value }) => !isSound(() => decodeSwarm(swarmIdOf(key), value)));
  return broken.map(({ key }) => {
    swarms.removeSync(key);
    const detail = 'the record of a swarm is not what was written; all of the swarm is erased';
    return { when: now, kind: 'record', foundBy: 'start', remedy: 'erased', detail, swarmId: swarmIdOf(key) };
  });
}

function isSound(decode: () => unknown): boolean {
  try {
    decode();
    return true;
  } catch (error) {
    if (error instanceof StoreError) return false;
    throw error;
  }
}

/** A number must never be used twice: it is above all that anything stands under. */
function mendNextSwarm({ environment, now }: MendingParts): Finding[] {
  const { meta } = environment;
  const highest = Math.max(
    highestRecord(environment.swarms),
    numberOf(environment.extents, (key) => decodeExtentKey(key).swarm),
    numberOf(environment.hashes, (key) => decodeBlockKey(key).swarm),
  );
  const isNew = highest === 0 && meta.getBinary(metaKeys.nextSwarm) === undefined;
  if (isNew || (countIn(meta, metaKeys.nextSwarm) ?? 0) > highest) return [];
  meta.putSync(metaKeys.nextSwarm, encodeCount(metaKeys.nextSwarm, highest + 1));
  const detail = 'the number of the next swarm is not what was written; it is made anew from those in use';
  return [{ when: now, kind: 'counter', foundBy: 'start', remedy: 'mended', detail }];
}

function highestRecord(swarms: Table): number {
  let highest = 0;
  for (const { key, value } of swarms.getRange()) highest = Math.max(highest, decodeSwarmNumber(key, value));
  return highest;
}

function numberOf(table: Table, decode: (key: Buffer) => number): number {
  const [last] = [...table.getKeys({ reverse: true, limit: 1 })];
  return last === undefined ? 0 : decode(last);
}

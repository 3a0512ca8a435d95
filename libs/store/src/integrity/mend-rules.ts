import { validSwarmId } from '../admission';
import { StoreError } from '../errors';
import { metaKeys } from '../keys';
import type { Environment, Table } from '../lmdb-environment';
import { decodeRule, encodeRule, swarmOfRow } from '../rules/codec';
import type { Finding } from './finding';
import type { KeptRules, RulesCopy } from './rules-copy';

/** What mending rules stands on; as in `MendingParts`. */
export interface RulesParts {
  readonly environment: Environment;
  readonly copy: RulesCopy;
  readonly lostRules: boolean;
  readonly now: number;
}

/** Why a swarm is blocked whose own rule cannot be read any more. */
const shelterReason = 'its rule was damaged on disk, and so was the second copy: unblock it if it was not blocked';

/**
 * Rows of the rules that are not what was written, or that went with the data file, are restored from their second copy. Where that is
 * damaged too an operator is told that rules may be lost; and a swarm whose rule is known by its key alone is blocked: rather nothing
 * of it is served than what must not be.
 */
export function mendRules({ environment, copy, lostRules, now }: RulesParts): Finding[] {
  const { rules } = environment;
  const rows = [...rules.getRange()];
  const broken = rows.filter(({ key, value }) => !isSound(key, value)).map(({ key }) => key);
  const isLess = broken.length > 0 || lostRules;
  if (!isLess && !isNew(environment)) return [];
  const kept = copy.read();
  for (const key of broken) rules.removeSync(key);
  if (kept === undefined) return isLess ? [lost({ rules, broken, now }, 'are not there')] : [];
  const findings: Finding[] = [];
  const count = restore(rules, kept, lostRules);
  const isChanged = rows.length !== rules.getKeysCount() || rows.some(({ key, value }) => !isAt(rules, key, value));
  if (isChanged && count > 0) {
    const detail = `${count} rules are those of their second copy`;
    findings.push({ when: now, kind: 'rules', foundBy: 'start', remedy: 'restored', detail });
  }
  const isDoubtful = kept.brokenLines > 0 || count < broken.length;
  if (isDoubtful) findings.push(lost({ rules, broken, now }, `have ${kept.brokenLines} damaged lines`));
  return findings;
}

/** A file that was emptied or removed looks like one that is only now made. */
function isNew({ rules, meta }: Environment): boolean {
  return rules.getKeysCount() === 0 && meta.getBinary(metaKeys.nextSwarm) === undefined;
}

function isSound(key: Buffer, value: Buffer): boolean {
  try {
    decodeRule(key, value);
    return true;
  } catch (error) {
    if (error instanceof StoreError) return false;
    throw error;
  }
}

function isAt(rules: Table, key: Buffer, value: Buffer): boolean {
  return rules.getBinary(key)?.equals(value) === true;
}

/**
 * The copy is newer than a table that went back to an older transaction. Otherwise no row that is sound gives way to it; nor does
 * any leave for a line that cannot be read. How many rows are now the copy's.
 */
function restore(rules: Table, kept: KeptRules, lostRules: boolean): number {
  if (lostRules && kept.brokenLines === 0) for (const key of [...rules.getKeys()]) rules.removeSync(key);
  let count = 0;
  for (const rule of kept.rules) {
    const { key, value } = encodeRule(rule);
    if (value === undefined || (!lostRules && rules.getBinary(key) !== undefined)) continue;
    rules.putSync(key, value);
    count++;
  }
  return count;
}

interface Losing {
  readonly rules: Table;
  /** Keys of rows that are not what was written. */
  readonly broken: readonly Buffer[];
  readonly now: number;
}

function lost({ rules, broken, now: when }: Losing, ofTheCopy: string): Finding {
  let sheltered = 0;
  for (const row of broken) {
    const swarmId = swarmOfRow(row);
    if (swarmId === undefined || !validSwarmId(swarmId) || rules.getBinary(row) !== undefined) continue;
    const blocked = { reason: shelterReason, since: when, bytes: 0, extents: 0 };
    const { key, value } = encodeRule({ kind: 'swarm', swarmId, rule: { blocked } });
    if (value !== undefined) rules.putSync(key, value);
    sheltered++;
  }
  const held =
    sheltered === 0 ? '' : ` ${sheltered} swarms are blocked until you decide, because their rules cannot be read.`;
  const detail = `rules may be lost, blocks among them: ${broken.length} are not what was written, and the lines of their second copy ${ofTheCopy}.${held} Look whether all are there, and lay them down anew`;
  return { when, kind: 'rules', foundBy: 'start', remedy: 'lost', detail };
}

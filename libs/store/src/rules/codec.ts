/**
 * Keys and values of the database `rules`. A key is one byte for the kind, then the swarm ID's bytes or a name in UTF-8; a value is
 * JSON, or a job's own text, and behind it its seal (see keys.ts).
 */
import { chunkAddressings, hashFunctions, type SwarmId } from '@weir/ppspp';
import { StoreError } from '../errors';
import { seal, unsealed } from '../integrity/seal';
import { swarmIdOf, swarmKey } from '../keys';
import { type Block, isIdle, type PinnedContent, type RuleChange, type SwarmRule } from './rule';

/** One row of the database. Without a value it is to be removed. */
export interface RuleRow {
  readonly key: Buffer;
  readonly value: Buffer | undefined;
}

const kinds = { swarm: 0x73, label: 0x6c, tracker: 0x74, job: 0x6a } as const;

/** The row that a change makes. */
export function encodeRule(change: RuleChange): RuleRow {
  const name = change.kind === 'swarm' ? swarmKey(change.swarmId) : Buffer.from(change.name, 'utf8');
  const text = textOf(change);
  const key = Buffer.concat([Buffer.of(kinds[change.kind]), name]);
  return { key, value: text === undefined ? undefined : seal(key, Buffer.from(text, 'utf8')) };
}

function textOf(change: RuleChange): string | undefined {
  switch (change.kind) {
    case 'swarm':
      return change.rule === undefined || isIdle(change.rule) ? undefined : JSON.stringify(change.rule);
    case 'job':
      return change.text;
    case 'label':
    case 'tracker':
      return change.quotaBytes === undefined ? undefined : JSON.stringify({ quotaBytes: change.quotaBytes });
  }
}

/** Mirror of `encodeRule`, of a row that is there. Throws `STORE_CORRUPT`: a rule that is not understood must not be passed over. */
export function decodeRule(key: Uint8Array, value: Uint8Array): RuleChange {
  const name = Buffer.from(key.subarray(1));
  const whole = unsealed(key, value);
  if (whole === undefined) throw corrupt('a row is not what was written');
  const text = Buffer.from(whole).toString('utf8');
  switch (Number(key[0])) {
    case kinds.swarm:
      return { kind: 'swarm', swarmId: swarmIdOf(name), rule: ruleOf(fieldsOf(text)) };
    case kinds.job:
      return { kind: 'job', name: name.toString('utf8'), text };
    case kinds.label:
      return { kind: 'label', name: name.toString('utf8'), quotaBytes: required(fieldsOf(text), 'quotaBytes') };
    case kinds.tracker:
      return { kind: 'tracker', name: name.toString('utf8'), quotaBytes: required(fieldsOf(text), 'quotaBytes') };
    default:
      throw corrupt(`a key begins with ${String(key[0])}`);
  }
}

/** The swarm that a row is about, by its key alone; undefined for a row about something else. */
export function swarmOfRow(key: Uint8Array): SwarmId | undefined {
  return Number(key[0]) === kinds.swarm ? swarmIdOf(key.subarray(1)) : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    if (isFields(value)) return value;
  } catch {
    // Told below, as anything else that is no object.
  }
  throw corrupt('a value is no JSON object');
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ruleOf(fields: Fields): SwarmRule {
  const { pinned, blocked, content } = fields;
  if (pinned !== undefined && typeof pinned !== 'boolean') throw corrupt('pinned is no boolean');
  return {
    ...(pinned === undefined ? {} : { pinned }),
    ...(content === undefined ? {} : { content: contentOf(content) }),
    ...(fields['label'] === undefined ? {} : { label: textAt(fields, 'label') }),
    ...(fields['tracker'] === undefined ? {} : { tracker: textAt(fields, 'tracker') }),
    ...(blocked === undefined ? {} : { blocked: blockOf(blocked) }),
    ...optional(fields, 'quotaBytes'),
    ...optional(fields, 'fetchRate'),
    ...optional(fields, 'serveRate'),
  };
}

function contentOf(value: unknown): PinnedContent {
  if (!isFields(value)) throw corrupt('content is no object');
  return {
    hash: oneOf(hashFunctions, value, 'hash'),
    addressing: oneOf(chunkAddressings, value, 'addressing'),
    chunkSize: required(value, 'chunkSize'),
  };
}

function oneOf<Name extends string>(names: readonly Name[], fields: Fields, at: string): Name {
  const name = names.find((each) => each === fields[at]);
  if (name === undefined) throw corrupt(`${at} is none that there is`);
  return name;
}

function blockOf(value: unknown): Block {
  if (!isFields(value)) throw corrupt('blocked is no object');
  return {
    reason: textAt(value, 'reason'),
    since: required(value, 'since'),
    bytes: required(value, 'bytes'),
    extents: required(value, 'extents'),
    ...optional(value, 'erasedAt'),
  };
}

function optional<Name extends string>(fields: Fields, name: Name): Partial<Record<Name, number>> {
  const rest: Partial<Record<Name, number>> = {};
  if (fields[name] !== undefined) rest[name] = required(fields, name);
  return rest;
}

function required(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw corrupt(`${name} is no whole number`);
}

function textAt(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string') return value;
  throw corrupt(`${name} is no text`);
}

function corrupt(what: string): StoreError {
  const remedy = 'Restore a copy of the store, or erase it and lay down its rules anew.';
  return new StoreError('STORE_CORRUPT', `The store's table of rules breaks its format: ${what}. ${remedy}`);
}

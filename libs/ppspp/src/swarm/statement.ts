import { chunkAddressings, type ChunkAddressing } from '../addressing/method';
import { hashBytes, hashFunctionOfLength } from '../integrity/hash';
import { limits } from '../limits';
import {
  hashFunctions,
  integrityMethods,
  type HashFunction,
  type IntegrityMethod,
  type SwarmId,
  type SwarmMetadata,
} from './metadata';

/**
 * What somebody says of a swarm so that others can join it: all or a part of its metadata (RFC 7574 section 3.1), and
 * where peers can be found. The members are those of the JSON record and of the link.
 */
export interface SwarmStatement {
  readonly swarmId: SwarmId;
  readonly integrity?: IntegrityMethod;
  readonly hash?: HashFunction;
  readonly addressing?: ChunkAddressing;
  readonly chunkSize?: number;
  readonly contentBytes?: number;
  /** URLs, as they were written: whoever contacts them judges them. */
  readonly trackers: readonly string[];
  /** `HOST:PORT`, as they were written. */
  readonly peers: readonly string[];
}

/** A statement that was read, or what is wrong with it: one sentence that names the member and says what to write. */
export type Reading = { readonly value: SwarmStatement } | { readonly problem: string };

/** What holds where a statement is silent. RFC 7574 section 11.1, table 8. */
export const statementDefaults = { hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 } as const;

/** Members that have one value, in the order in which they are written. */
export const singleMembers = ['swarmId', 'integrity', 'hash', 'addressing', 'chunkSize', 'contentBytes'] as const;

/** Members that have any number of values. */
export const listMembers = ['trackers', 'peers'] as const;

const swarmIdText = /^(?:[\da-f]{2})+$/i;

/** A member's value, or undefined if it is none. */
const readers = {
  swarmId: (value: unknown) => (isSwarmId(value) ? value.toLowerCase() : undefined),
  integrity: (value: unknown) => integrityMethods.find((name) => name === value),
  hash: (value: unknown) => hashFunctions.find((name) => name === value),
  addressing: (value: unknown) => chunkAddressings.find((name) => name === value),
  chunkSize: (value: unknown) => wholeNumber(value, limits.chunkSizeMin, limits.chunkSizeMax),
  contentBytes: (value: unknown) => wholeNumber(value, 0, Number.MAX_SAFE_INTEGER),
  trackers: (value: unknown) => texts(value),
  peers: (value: unknown) => texts(value),
} as const;

type Member = keyof typeof readers;

/** What to write for a member. */
const remedies: Readonly<Record<Member, string>> = {
  swarmId: `write 1 to ${limits.swarmIdBytesMax} bytes in hex`,
  integrity: `write ${listed(integrityMethods)}`,
  hash: `write ${listed(hashFunctions)}`,
  addressing: `write ${listed(chunkAddressings)}`,
  chunkSize: `write a number of bytes from ${limits.chunkSizeMin} to ${limits.chunkSizeMax}`,
  contentBytes: 'write the number of bytes of the whole content',
  trackers: `write a list of texts, ${limits.statedPlacesMax} at most`,
  peers: `write a list of texts, ${limits.statedPlacesMax} at most`,
};

/** The record of a statement: what JSON writes of it. Empty lists are left out. */
export function recordOf({ trackers, peers, ...single }: SwarmStatement): Readonly<Record<string, unknown>> {
  return { ...single, ...(trackers.length > 0 ? { trackers } : {}), ...(peers.length > 0 ? { peers } : {}) };
}

/**
 * Reads a record, strictly: a member that there is not, a value that cannot be, and members that contradict one another
 * are refused.
 */
export function readRecord(record: unknown): Reading {
  if (typeof record !== 'object' || record === null || Array.isArray(record))
    return { problem: 'it is no JSON object' };
  const given = new Map<string, unknown>(Object.entries(record));
  for (const [name, value] of given) {
    if (!isMember(name)) return { problem: `${quoted(name)} is no member; there are ${listed(memberNames)}` };
    if (readers[name](value) === undefined) return { problem: `${name} is ${quoted(value)}; ${remedies[name]}` };
  }
  const swarmId = readers.swarmId(given.get('swarmId'));
  if (swarmId === undefined) return { problem: `swarmId is missing; ${remedies.swarmId}` };
  const value = statementFrom(swarmId, given);
  const problem = contradiction(value);
  return problem === undefined ? { value } : { problem };
}

/** The whole metadata of a statement, with what holds where it is silent. A Merkle swarm ID tells its own hash function. */
export function metadataOf(statement: SwarmStatement): SwarmMetadata {
  const { swarmId, integrity, contentBytes } = statement;
  const told = integrity === 'none' ? undefined : hashFunctionOfLength(swarmId.length / 2);
  return {
    swarmId,
    ...(integrity === 'none' ? { integrity } : {}),
    hash: statement.hash ?? told ?? statementDefaults.hash,
    addressing: statement.addressing ?? statementDefaults.addressing,
    chunkSize: statement.chunkSize ?? statementDefaults.chunkSize,
    ...(contentBytes === undefined ? {} : { contentBytes }),
  };
}

/** The statement that leaves nothing to defaults. */
export function statementOf(metadata: SwarmMetadata, places: Pick<SwarmStatement, 'trackers' | 'peers'>) {
  const { swarmId, integrity, hash, addressing, chunkSize, contentBytes } = metadata;
  const statement: SwarmStatement = {
    swarmId,
    ...(integrity === 'none' ? { integrity } : { hash }),
    ...{ addressing, chunkSize },
    ...(contentBytes === undefined ? {} : { contentBytes }),
    ...{ trackers: places.trackers, peers: places.peers },
  };
  return statement;
}

/** Why a statement cannot be true, or undefined: its members fit each by itself, but not together. */
export function contradiction({ swarmId, integrity, hash, contentBytes }: SwarmStatement): string | undefined {
  if (integrity === 'none') {
    if (hash !== undefined) return `hash is ${hash}, but integrity is none: nothing is hashed; leave one of them out`;
    return undefined;
  }
  const told = hashFunctionOfLength(swarmId.length / 2);
  if (told === undefined) {
    const digits = hashFunctions.map((name) => String(2 * hashBytes[name]));
    return `swarmId has ${swarmId.length} hex digits; a root hash has ${listed(digits)}`;
  }
  if (hash !== undefined && hash !== told)
    return `hash is ${hash}, but a swarmId of ${swarmId.length} hex digits is one of ${told}`;
  const isEmpty = /^0+$/.test(swarmId);
  if (contentBytes === undefined || (contentBytes === 0) === isEmpty) return undefined;
  return `contentBytes is ${contentBytes}, but a swarmId of zeros is that of content without bytes, and no other`;
}

/** Names as people list them: `a, b or c`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}

const memberNames: readonly string[] = [...singleMembers, ...listMembers];

function statementFrom(swarmId: SwarmId, given: ReadonlyMap<string, unknown>): SwarmStatement {
  const integrity = readers.integrity(given.get('integrity'));
  const hash = readers.hash(given.get('hash'));
  const addressing = readers.addressing(given.get('addressing'));
  const chunkSize = readers.chunkSize(given.get('chunkSize'));
  const contentBytes = readers.contentBytes(given.get('contentBytes'));
  return {
    swarmId,
    ...(integrity === undefined ? {} : { integrity }),
    ...(hash === undefined ? {} : { hash }),
    ...(addressing === undefined ? {} : { addressing }),
    ...(chunkSize === undefined ? {} : { chunkSize }),
    ...(contentBytes === undefined ? {} : { contentBytes }),
    trackers: readers.trackers(given.get('trackers')) ?? [],
    peers: readers.peers(given.get('peers')) ?? [],
  };
}

function isMember(name: string): name is Member {
  return Object.hasOwn(readers, name);
}

function isSwarmId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 2 * limits.swarmIdBytesMax && swarmIdText.test(value);
}

function wholeNumber(value: unknown, min: number, max: number): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : undefined;
}

function texts(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length > limits.statedPlacesMax) return undefined;
  const found: readonly unknown[] = value;
  const all = found.filter((one) => typeof one === 'string');
  return all.length === found.length ? all : undefined;
}

/** A value as JSON writes it, its beginning if it is long. */
function quoted(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

import { open, type FileHandle } from 'node:fs/promises';
import { contradiction, isLink, limits, readLink, readRecord, type Reading, type SwarmStatement } from '@weir/ppspp';
import { readAt } from '../content/file-access';
import { reasonOf } from '../content/errors';
import { UsageError } from '../errors';

/** The command line's own name for a member of a statement. */
const flags = {
  integrity: '--integrity',
  hash: '--hash',
  addressing: '--addressing',
  chunkSize: '--chunk-size',
  contentBytes: '--content-bytes',
} as const;

/** Members of a statement that a flag may name as well. */
export type NamedSwarm = Partial<Pick<SwarmStatement, keyof typeof flags>>;

const names = ['integrity', 'hash', 'addressing', 'chunkSize', 'contentBytes'] as const;

const remedy =
  'write a swarm ID, a link, a record in JSON, the path of a file with one of them, or - to read it from stdin';

/**
 * What an argument says of a swarm: a swarm ID, a link, a record, or where one of them is. Rejects with a `UsageError` that
 * names what is wrong.
 */
export async function readSwarm(text: string, input: AsyncIterable<unknown> = process.stdin): Promise<SwarmStatement> {
  const inline = understood(text);
  if (inline !== undefined) return stated('swarm', inline);
  const found = text === '-' ? await readInput(input) : await readFileOf(text);
  const where = text === '-' ? 'stdin' : text;
  const [firstLine = ''] = found.trim().split('\n');
  const reading = understood(found.trim()) ?? understood(firstLine.trim());
  if (reading === undefined) throw new UsageError(`${where}: it has neither a swarm ID nor a link nor a record`);
  return stated(where, reading);
}

/** A statement with what flags add to it; a `UsageError` where they contradict one another. */
export function withFlags(statement: SwarmStatement, named: NamedSwarm): SwarmStatement {
  for (const name of names) {
    const [said, flagged] = [statement[name], named[name]];
    if (said === undefined || flagged === undefined || said === flagged) continue;
    throw new UsageError(`${flags[name]} ${flagged} contradicts ${name} ${said} of the link or record; leave one out`);
  }
  const { integrity, hash, addressing, chunkSize, contentBytes } = named;
  const whole: SwarmStatement = {
    ...statement,
    ...(integrity === undefined ? {} : { integrity }),
    ...(hash === undefined ? {} : { hash }),
    ...(addressing === undefined ? {} : { addressing }),
    ...(chunkSize === undefined ? {} : { chunkSize }),
    ...(contentBytes === undefined ? {} : { contentBytes }),
  };
  const problem = contradiction(whole);
  if (problem !== undefined) throw new UsageError(`swarm: ${problem}`);
  return whole;
}

function stated(where: string, reading: Reading): SwarmStatement {
  if ('value' in reading) return reading.value;
  throw new UsageError(`${where}: ${reading.problem}`);
}

/** Undefined for a text that is meant as something else. A swarm ID's length is judged with the flags. */
function understood(text: string): Reading | undefined {
  if (/^[\da-f]+$/i.test(text)) return text.length % 2 === 0 ? bare(text.toLowerCase()) : { problem: remedy };
  if (isLink(text)) return readLink(text);
  return text.startsWith('{') ? readJson(text) : undefined;
}

function bare(swarmId: string): Reading {
  if (swarmId.length <= 2 * limits.swarmIdBytesMax) return { value: { swarmId, trackers: [], peers: [] } };
  return { problem: `a swarm ID has ${limits.swarmIdBytesMax} bytes at most` };
}

/** What a seeder prints has its address, too: peers can be reached by those that the record names. */
function readJson(text: string): Reading | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return text.includes('\n') ? undefined : { problem: 'the record is no JSON' };
  }
  if (typeof json !== 'object' || json === null) return readRecord(json);
  return readRecord(Object.fromEntries(Object.entries(json).filter(([name]) => name !== 'address')));
}

async function readFileOf(path: string): Promise<string> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const bytes = await readAt(file, 0, limits.statementCharsMax);
    return Buffer.from(bytes).toString('utf8');
  } catch (cause) {
    throw new UsageError(`swarm ${JSON.stringify(path)}: ${remedy}; as a file it cannot be read: ${reasonOf(cause)}`);
  } finally {
    await file?.close();
  }
}

/** No more than a statement can have. */
async function readInput(input: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const part of input) {
    text += String(part);
    if (text.length > limits.statementCharsMax) throw new UsageError('stdin: it is too long for a link or a record');
  }
  return text;
}

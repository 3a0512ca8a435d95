import { parseHostPort, type HostPort, type Parsed } from '@weir/config';
import {
  chunkAddressings,
  hashBytes,
  hashFunctionOfLength,
  hashFunctions,
  limits,
  type ChunkAddressing,
  type HashFunction,
  type SwarmId,
} from '@weir/ppspp';
import { UsageError } from '../errors';
import { namedMax } from '../limits';

/** The value that a text stands for, or a `UsageError` that names the flag, the text and the remedy. */
export function read<Value>(flag: string, text: string, parse: (text: string) => Parsed<Value>): Value {
  const parsed = parse(text);
  if ('value' in parsed) return parsed.value;
  throw new UsageError(`${flag} ${JSON.stringify(text)}: ${parsed.remedy}`);
}

/** Adds one more value of a flag that may be given several times. */
export function collect<Value>(flag: string, value: Value, before: readonly Value[] = []): readonly Value[] {
  if (before.length < namedMax) return [...before, value];
  throw new UsageError(`${flag}: name ${namedMax} at most`);
}

/** Bytes of a chunk. */
export function parseChunkSize(text: string): Parsed<number> {
  const value = wholeNumber(text);
  const { chunkSizeMin, chunkSizeMax } = limits;
  if (value >= chunkSizeMin && value <= chunkSizeMax) return { value };
  return { remedy: `write a number of bytes from ${chunkSizeMin} to ${chunkSizeMax}` };
}

/** The name of a hash function. */
export function parseHash(text: string): Parsed<HashFunction> {
  return oneOf(hashFunctions, text);
}

/** The name of a chunk addressing method. */
export function parseAddressing(text: string): Parsed<ChunkAddressing> {
  return oneOf(chunkAddressings, text);
}

/** One of a closed set of names. */
function oneOf<Name extends string>(names: readonly Name[], text: string): Parsed<Name> {
  const value = names.find((name) => name === text);
  return value === undefined ? { remedy: `write ${listed(names)}` } : { value };
}

/** Names as people list them: `a, b or c`. */
export function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}

/** A swarm ID of static content: a hash in hex. */
export function parseSwarmId(text: string): Parsed<SwarmId> {
  const isHash = hashFunctionOfLength(text.length / 2) !== undefined;
  if (isHash && /^[\da-f]+$/i.test(text)) return { value: text.toLowerCase() };
  const digits = hashFunctions.map((hash) => String(2 * hashBytes[hash]));
  return { remedy: `write the swarm ID that "weir publish" prints, of ${listed(digits)} hex digits` };
}

/** The hash function of which a swarm ID can be a hash. */
export function hashOfSwarmId(swarmId: SwarmId): HashFunction {
  return hashFunctionOfLength(swarmId.length / 2) ?? 'sha256';
}

/** Where a tracker is asked. */
export function parseTrackerUrl(text: string): Parsed<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && ['http:', 'https:'].includes(url.protocol)) return { value: url.href };
  return { remedy: 'write an http: or https: URL, such as http://192.0.2.1:7846/' };
}

/** A peer to contact, which needs a port. */
export function parsePeer(text: string): Parsed<HostPort> {
  const parsed = parseHostPort(text);
  return 'value' in parsed && parsed.value.port === 0 ? { remedy: 'write the port that the peer listens on' } : parsed;
}

/** Longer than a month nobody waits in front of a terminal, and no timer runs. */
const secondsMax = 2_000_000;

/** Seconds, fractions allowed. */
export function parseSeconds(text: string): Parsed<number> {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN;
  return value > 0 && value <= secondsMax ? { value } : { remedy: `write seconds above 0, up to ${secondsMax}` };
}

function wholeNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : NaN;
}

import { parseHostPort, type HostPort, type Parsed } from '@weir/config';
import { hashBytes, type ChunkAddressing, type HashFunction, type SwarmId } from '@weir/ppspp';
import { UsageError } from '../errors';
import { chunkSizeMax, chunkSizeMin, namedMax } from '../limits';

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
  if (value >= chunkSizeMin && value <= chunkSizeMax) return { value };
  return { remedy: `write a number of bytes from ${chunkSizeMin} to ${chunkSizeMax}` };
}

/** The name of a hash function. */
export function parseHash(text: string): Parsed<HashFunction> {
  return text === 'sha1' || text === 'sha256' ? { value: text } : { remedy: 'write sha1 or sha256' };
}

/** The name of a chunk addressing method. */
export function parseAddressing(text: string): Parsed<ChunkAddressing> {
  return text === 'chunk32' || text === 'chunk64' ? { value: text } : { remedy: 'write chunk32 or chunk64' };
}

/** A swarm ID of static content: a hash in hex. */
export function parseSwarmId(text: string): Parsed<SwarmId> {
  const isHash = Object.values(hashBytes).some((bytes) => text.length === 2 * bytes);
  if (isHash && /^[\da-f]+$/i.test(text)) return { value: text.toLowerCase() };
  return { remedy: 'write the swarm ID that "weir publish" prints: 64 hex digits, or 40 with SHA-1' };
}

/** The hash function of which a swarm ID can be a hash. */
export function hashOfSwarmId(swarmId: SwarmId): HashFunction {
  return swarmId.length === 2 * hashBytes.sha1 ? 'sha1' : 'sha256';
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

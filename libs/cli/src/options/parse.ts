import { parseHostPort, type HostPort, type Parsed } from '@weir/config';
import {
  chunkAddressings,
  hashFunctions,
  integrityMethods,
  limits,
  listed,
  type ChunkAddressing,
  type HashFunction,
  type IntegrityMethod,
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

/** The name of a content integrity protection method. */
export function parseIntegrity(text: string): Parsed<IntegrityMethod> {
  return oneOf(integrityMethods, text);
}

/** Bytes of a whole content. */
export function parseContentBytes(text: string): Parsed<number> {
  const value = wholeNumber(text);
  return Number.isNaN(value) ? { remedy: 'write the number of bytes of the content' } : { value };
}

/** The name of a swarm whose content nothing protects: any bytes. RFC 7574 section 7.4. */
export function parseFreeSwarmId(text: string): Parsed<SwarmId> {
  const isHex = /^(?:[\da-f]{2})+$/i.test(text) && text.length <= 2 * limits.swarmIdBytesMax;
  return isHex ? { value: text.toLowerCase() } : { remedy: `write 1 to ${limits.swarmIdBytesMax} bytes in hex` };
}

/** One of a closed set of names. */
function oneOf<Name extends string>(names: readonly Name[], text: string): Parsed<Name> {
  const value = names.find((name) => name === text);
  return value === undefined ? { remedy: `write ${listed(names)}` } : { value };
}

/** Where a tracker is asked. Who we are there stands in no URL: URLs are shown, logged and passed on in links. */
export function parseTrackerUrl(text: string): Parsed<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    return { remedy: 'write an http: or https: URL, such as http://192.0.2.1:7846/' };
  }
  if (url.username === '' && url.password === '') return { value: url.href };
  return {
    remedy: 'write the URL without user and password, and name them by --tracker-user and --tracker-password-file',
  };
}

/** Where an admin side is asked: all paths are its own. */
export function parseAdminUrl(text: string): Parsed<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url !== undefined && ['http:', 'https:'].includes(url.protocol);
  if (isWeb && url.pathname === '/' && url.search === '' && url.username === '') return { value: url.href };
  return { remedy: 'write an http: or https: URL without a path, such as http://127.0.0.1:7847' };
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

/** A whole number within bounds. */
export function parseWhole(text: string, min: number, max: number): Parsed<number> {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  return value >= min && value <= max ? { value } : { remedy: `write a whole number from ${min} to ${max}` };
}

function wholeNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : NaN;
}

import { parseHostPort } from '@weir/config';
import {
  type Address,
  chunkAddressings,
  hashBytes,
  hashFunctions,
  limits as protocolLimits,
  normalIp,
  peerIpUsable,
  type SwarmMetadata,
} from '@weir/ppspp';
import { z } from 'zod';
import { limits } from './limits';
import { swarmId } from './swarm-id';

/** A swarm to fetch ahead of demand, and who is known to have it. */
export interface FetchRequest {
  readonly metadata: SwarmMetadata;
  readonly peers: readonly Address[];
  /** In the form the platform prints. */
  readonly trackers: readonly string[];
}

const { chunkSizeMin, chunkSizeMax } = protocolLimits;

const peerRemedy = 'write IP:PORT or [IPV6]:PORT of a peer, such as 192.0.2.7:6778';
const trackerRemedy = 'write an http: or https: URL without user and password, such as https://tracker.example/ppstp';
/** The names as people list them. */
function oneOf(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}

const contentBytesRemedy = 'write the number of bytes of the content, above 0';
const chunkSizeRemedy = `write a number of bytes from ${chunkSizeMin} to ${chunkSizeMax}`;

const chunkSize = z
  .int({ error: chunkSizeRemedy })
  .min(chunkSizeMin, { error: chunkSizeRemedy })
  .max(chunkSizeMax, { error: chunkSizeRemedy });

const peer = readWith(parsePeer, peerRemedy).describe('Numeric IP address and UDP port of a peer that has the swarm.');
const tracker = readWith(parseTracker, trackerRemedy).describe('URL of a tracker (RFC 7846) that knows the swarm.');

/** Body of `POST /v1/swarms`. The defaults are those of `weir publish`. */
export const fetchRequest = z
  .strictObject(
    {
      swarmId,
      hash: z.enum(hashFunctions, { error: `write ${oneOf(hashFunctions)}` }).default('sha256'),
      addressing: z.enum(chunkAddressings, { error: `write ${oneOf(chunkAddressings)}` }).default('chunk32'),
      chunkSize: chunkSize.default(1_024).describe('Bytes of every chunk but the last.'),
      integrity: z
        .literal('merkle', { error: 'write merkle: what nothing protects is never cached' })
        .default('merkle')
        .describe('Content that nothing protects is never cached.'),
      contentBytes: z
        .int({ error: contentBytesRemedy })
        .positive({ error: contentBytesRemedy })
        .optional()
        .describe('Bytes of the content, where they are known.'),
      peers: listOf(peer, limits.peersMax),
      trackers: listOf(tracker, limits.trackersMax).describe('Asked once, beside the configured ones.'),
    },
    {
      error: ({ code }) =>
        code === 'unrecognized_keys'
          ? 'there are swarmId, integrity, hash, addressing, chunkSize, contentBytes, peers and trackers'
          : 'write a JSON object',
    },
  )
  .refine(({ swarmId: id, hash }) => id.length === 2 * hashBytes[hash], {
    path: ['swarmId'],
    error: 'write as many hex digits as the hash has, such as 64 with sha256',
  })
  .refine(({ swarmId: id }) => /[^0]/.test(id), {
    path: ['swarmId'],
    error: 'write another: the swarm ID of zeros is that of content without bytes, of which nothing is to be fetched',
  })
  .transform(({ peers, trackers, ...named }): FetchRequest => {
    const { swarmId: id, hash, addressing, chunkSize: bytes, contentBytes } = named;
    const size = contentBytes === undefined ? {} : { contentBytes };
    return { metadata: { swarmId: id, hash, addressing, chunkSize: bytes, ...size }, peers, trackers };
  })
  .meta({ id: 'FetchRequest' });

function listOf<Item extends z.ZodType>(item: Item, max: number) {
  return z
    .array(item, { error: 'write a list' })
    .max(max, { error: `name ${max} at most` })
    .default([]);
}

/** A text that `parse` understands. */
function readWith<Value>(parse: (text: string) => Value | undefined, remedy: string) {
  return z.string({ error: remedy }).transform((text, context): Value => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: remedy });
    return z.NEVER;
  });
}

/** Numeric, so that no request waits for a resolver. Loopback is the operator's to name, as in a lab. */
function parsePeer(text: string): Address | undefined {
  const parsed = parseHostPort(text);
  if (!('value' in parsed) || parsed.value.port === 0 || !peerIpUsable(parsed.value.host, true)) return undefined;
  const ip = normalIp(parsed.value.host);
  return ip === undefined ? undefined : { ip, port: parsed.value.port };
}

/** The URL of a tracker as it is spelt everywhere. Credentials would end up in answers; RFC 7846 has none in its URLs. */
export function parseTracker(text: string): string | undefined {
  const url = text.length <= limits.urlCharsMax && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.username || url.password)
    return undefined;
  return url.href;
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { peekChannel, type Micros } from '@weir/ppspp';
import { z } from 'zod';
import { generated, publish, type Published } from '../sim/content';

/** One datagram of a recording. */
export interface RecordedDatagram {
  /** Since the first one. */
  readonly at: Micros;
  readonly bytes: Uint8Array;
}

/** What two peers that are not ours said to each other about static content: see test/vectors/README.md. */
export interface Conversation {
  readonly name: string;
  /** The swarm ID that the peers used. */
  readonly swarmId: string;
  /** The content, made anew from its seed. */
  readonly content: Published;
  readonly fromSeeder: readonly RecordedDatagram[];
  readonly fromLeecher: readonly RecordedDatagram[];
}

const recording = z.object({
  name: z.string(),
  swarmId: z.string(),
  chunkSize: z.number(),
  integrity: z.literal('merkle-hash-tree'),
  content: z.object({ seed: z.string(), size: z.number() }),
  datagrams: z.array(z.tuple([z.number(), z.enum(['S>L', 'L>S']), z.string()])),
});

const folder = join(__dirname, '../vectors');

/** The recorded conversations about static content. */
export const conversations: readonly Conversation[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json') && !file.includes('live'))
  .map((file) => conversationOf(recording.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')))));

function conversationOf({ name, swarmId, content, chunkSize, datagrams }: z.infer<typeof recording>): Conversation {
  const said = (direction: 'S>L' | 'L>S'): RecordedDatagram[] =>
    datagrams
      .filter(([, way]) => way === direction)
      .map(([at, , payload]) => ({ at, bytes: new Uint8Array(Buffer.from(payload, 'hex')) }));
  return {
    name,
    swarmId,
    content: publish(generated(content.seed, content.size), { hash: 'sha1', addressing: 'chunk32', chunkSize }),
    fromSeeder: said('S>L'),
    fromLeecher: said('L>S'),
  };
}

/** The datagram as it is sent to another channel. */
export function readdressed(bytes: Uint8Array, channel: number): Uint8Array {
  const copy = bytes.slice();
  new DataView(copy.buffer).setUint32(0, channel);
  return copy;
}

/** The channel ID a datagram was sent to; it has one. */
export function destinationOf(bytes: Uint8Array): number {
  return peekChannel(bytes) ?? Number.NaN;
}

/** The channel ID that the HANDSHAKE at the beginning of a datagram names as its sender's own. RFC 7574 section 8.4. */
export function sourceOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(5);
}

import type { LiveSwarm, PeerService } from '@weir/peer';
import { chunkAddressings, extentChunks, hashFunctions, type SwarmMetadata } from '@weir/ppspp';
import { time, timeOf } from '@weir/rest';
import { z } from 'zod';
import { swarmId } from './swarm-id';

const count = (description: string) => z.number().describe(description);
const unknown = 'null until the first verified extent tells.';

/** One swarm that is stored, open, or both. */
export const swarmView = z
  .object({
    swarmId,
    hash: z.enum(hashFunctions),
    addressing: z.enum(chunkAddressings),
    chunkSize: count('Bytes of every chunk but the last.'),
    chunkCount: z.number().nullable().describe(`Chunks of the content; ${unknown}`),
    contentBytes: z.number().nullable().describe('Bytes of the content; null until its last chunk is verified.'),
    extentsHeld: count('Extents of 64 chunks that are verified and held.'),
    extentCount: z.number().nullable().describe(`Extents of the content; ${unknown}`),
    storedBytes: count('Bytes on disk.'),
    complete: z.boolean().describe('Whether all of the content is held.'),
    fetching: z.boolean().describe('Whether something of it is wanted from external peers now.'),
    subscribers: count('Established channels to peers that are served.'),
    sources: count('Channels to peers that are fetched from.'),
    firstUse: time('When it was first stored; null while nothing is.'),
    lastUse: time('When it was last used, within ten minutes.'),
  })
  .meta({ id: 'SwarmView' });

/** One swarm: ours to keep stable, whatever peer and store do. */
export type SwarmView = z.output<typeof swarmView>;

/** Answer of `GET /v1/swarms`. */
export const swarmsView = z
  .object({
    swarms: z.array(swarmView).describe('Ordered by swarm ID.'),
    next: swarmId.nullable().describe('What to ask for as after to see the next page; null on the last one.'),
  })
  .meta({ id: 'SwarmsView' });

/** One page of swarms. */
export type SwarmsView = z.output<typeof swarmsView>;

/** What became of asking one tracker that the request named. */
export const askedTracker = z
  .object({
    url: z.string(),
    peers: count('Peers that it listed.'),
    error: z.string().nullable().describe('Why it listed none; null if it answered as it should.'),
  })
  .meta({ id: 'AskedTracker' });

/** Answer of `POST /v1/swarms`: the swarm as it is when its trackers have been asked. */
export const fetchView = swarmView
  .extend({
    peers: count('Peers made known: those named in the request and those that trackers listed.'),
    trackers: z.array(askedTracker).describe('The trackers named in the request.'),
  })
  .meta({ id: 'FetchView' });

/** What a fetch begins with. */
export type FetchView = z.output<typeof fetchView>;

/** A swarm of the store, as the peer's service tells it. */
export type StoredSwarm = ReturnType<PeerService['stored']>[number];

/** What is known of one swarm. */
export interface KnownSwarm {
  readonly metadata: SwarmMetadata;
  readonly live?: LiveSwarm | undefined;
  readonly stored?: StoredSwarm | undefined;
}

/** The view of a swarm. What is open knows more than the store: extents are held before they are written. */
export function swarmViewOf({ metadata, live, stored }: KnownSwarm): SwarmView {
  const { swarmId: id, hash, addressing, chunkSize } = metadata;
  return {
    ...{ swarmId: id, hash, addressing, chunkSize },
    ...(live === undefined ? contentOf(stored) : contentOfLive(live)),
    storedBytes: stored?.storedBytes ?? 0,
    firstUse: timeOf(millisOf(stored?.firstUse)),
    lastUse: timeOf(millisOf(stored?.lastUse)),
  };
}

type ContentView = Omit<
  SwarmView,
  'swarmId' | 'hash' | 'addressing' | 'chunkSize' | 'storedBytes' | 'firstUse' | 'lastUse'
>;

function contentOfLive(live: LiveSwarm): ContentView {
  const { chunkCount, contentBytes, extentCount, extentsHeld, complete, fetching, subscribers, sources } = live;
  const sizes = {
    chunkCount: chunkCount ?? null,
    contentBytes: contentBytes ?? null,
    extentCount: extentCount ?? null,
  };
  return { ...sizes, extentsHeld, complete, fetching, subscribers, sources };
}

function contentOf(stored: StoredSwarm | undefined): ContentView {
  const chunkCount = stored?.record.chunkCount ?? null;
  const extentCount = chunkCount === null ? null : Math.ceil(chunkCount / extentChunks);
  const extentsHeld = stored?.extentsHeld ?? 0;
  const contentBytes = stored?.record.contentBytes ?? null;
  const idle = { fetching: false, subscribers: 0, sources: 0 };
  return { chunkCount, contentBytes, extentCount, extentsHeld, complete: extentsHeld === extentCount, ...idle };
}

function millisOf(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

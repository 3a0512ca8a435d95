import { constantDelay, type LinkModel } from '@weir/datagram';
import type { ChunkRange, Message, SwarmMetadata } from '@weir/ppspp';
import type { Peer } from '../sim/peer';
import { World } from '../sim/world';
import { conversations, type Conversation } from './conversation';
import { ReplayingSeeder } from './replaying-seeder';

interface Replay {
  readonly world: World;
  readonly seeder: ReplayingSeeder;
  readonly leecher: Peer;
}

/** Lets a leecher of ours fetch from a recorded seeder until it has everything. */
async function replay(
  conversation: Conversation,
  link: Partial<LinkModel> = {},
  more: { readonly seed?: number; readonly metadata?: Partial<SwarmMetadata> } = {},
): Promise<Replay> {
  const { metadata } = conversation.content;
  const world = new World({ seed: more.seed ?? 1, link: { delay: constantDelay(20), ...link } });
  const seeder = await new ReplayingSeeder(world, conversation).open();
  const leecher = (await world.peer('10.0.0.2')).fetch({ ...metadata, ...more.metadata }, [
    { address: seeder.address, priority: 1 },
  ]);
  world.run(() => leecher.complete(metadata.swarmId), 120);
  return { world, seeder, leecher };
}

function expectComplete(leecher: Peer, { content }: Conversation): void {
  expect(leecher.complete(content.metadata.swarmId)).toBe(true);
  expect(Buffer.compare(leecher.bytesOf(content) ?? new Uint8Array(), content.bytes)).toBe(0);
}

function rangesOf(messages: readonly Message[], type: 'ack' | 'request'): ChunkRange[] {
  return messages.flatMap((message) => (message.type === type ? [message.range] : []));
}

describe.each(conversations)('$name: our leecher', (conversation) => {
  const { metadata, bytes, content } = conversation.content;
  const { chunkCount } = content.record;

  it('fetches from the recorded seeder, with one HANDSHAKE and no complaint', async () => {
    const { seeder, leecher } = await replay(conversation);
    expectComplete(leecher, conversation);
    expect(seeder.openings).toBe(1);
    expect([...leecher.endpoint.counters.faults]).toEqual([]);
    expect(leecher.endpoint.counters.fetchedBytes).toBe(bytes.length);
  });

  it('acknowledges each chunk by itself, as the peer offers neither option 8 nor 9', async () => {
    const { seeder } = await replay(conversation);
    const acks = rangesOf(seeder.said, 'ack');
    expect(acks.filter(({ first, last }) => first !== last)).toEqual([]);
    expect(new Set(acks.map(({ first }) => first)).size).toBe(chunkCount);
  });

  it('asks for each chunk once, and for none beyond the end', async () => {
    const { seeder } = await replay(conversation);
    const asked = rangesOf(seeder.said, 'request').flatMap(({ first, last }) =>
      Array.from({ length: last - first + 1 }, (_, at) => first + at),
    );
    expect(asked.sort((one, other) => one - other)).toEqual(Array.from({ length: chunkCount }, (_, chunk) => chunk));
  });

  it('learns the size of the content from the peaks, that of a chunk from the first that verifies', async () => {
    const { leecher } = await replay(conversation, {}, { metadata: { chunkSize: 8_192 } });
    expectComplete(leecher, conversation);
    expect(leecher.notices).toContainEqual({ type: 'swarm-sized', swarmId: metadata.swarmId, chunkCount });
    expect(leecher.endpoint.swarms.find(metadata.swarmId)?.holdings.record()).toMatchObject({
      chunkCount,
      contentBytes: bytes.length,
      metadata,
    });
  });

  it.each([1, 2, 3, 4, 5, 6])('fetches though datagrams are lost, copied and reordered, seed %i', async (seed) => {
    const link = {
      loss: 0.05,
      duplication: 0.02,
      reordering: 0.1,
      reorderingMicros: 5_000,
      delay: constantDelay(5_000),
    };
    const { leecher } = await replay(conversation, link, { seed });
    expectComplete(leecher, conversation);
  });
});

import { constantDelay } from '@weir/datagram';
import { decodeDatagram } from '@weir/ppspp';
import type { Peer } from '../sim/peer';
import { World } from '../sim/world';
import { conversations, sourceOf, type Conversation } from './conversation';
import { foreignDialect } from './outsider';
import { ReplayingLeecher, type Pace } from './replaying-leecher';

/** As on the loopback interface that most were recorded on. */
const delay = 20;

async function replay(
  conversation: Conversation,
  pace: Pace,
): Promise<{ seeder: Peer; leecher: ReplayingLeecher; isDone: boolean }> {
  const world = new World({ seed: 1, link: { delay: constantDelay(delay) } });
  const seeder = (await world.peer('10.0.0.1')).seed(conversation.content);
  const leecher = await new ReplayingLeecher(world, conversation, { seeder: seeder.address, pace }).open();
  leecher.proceed();
  const isDone = world.run(() => leecher.done, 60);
  world.run(() => false, 600);
  return { seeder, leecher, isDone };
}

it('has the content that the recorded peers had', () => {
  expect(conversations.map(({ content }) => content.metadata.swarmId)).toEqual(
    conversations.map(({ swarmId }) => swarmId),
  );
  expect(conversations).toHaveLength(6);
});

describe.each(conversations)('$name: our seeder', (conversation) => {
  const { content } = conversation;
  const { chunkCount } = content.content.record;

  it('serves the recorded leecher', async () => {
    const { leecher, isDone } = await replay(conversation, 'causal');
    expect(leecher.witness.complaints).toEqual([]);
    expect(isDone).toBe(true);
    expect(leecher.witness.chunks.size).toBe(chunkCount);
    expect(Buffer.compare(leecher.witness.bytes, content.bytes)).toBe(0);
  });

  it('answers the HANDSHAKE as the recorded seeder did, and offers every chunk', async () => {
    const { leecher } = await replay(conversation, 'causal');
    const [answer, ...others] = leecher.heard.map(({ bytes }) => bytes);
    const { messages } = decodeDatagram(answer ?? new Uint8Array(), foreignDialect);
    expect(hexOf(answer).slice(0, 8)).toBe(hexOf(conversation.fromLeecher[0]?.bytes).slice(10, 18));
    expect(hexOf(answer).slice(18, 40)).toBe('00010101030104000602ff');
    expect(messages.map(({ type }) => type)).toEqual(['handshake', 'have']);
    expect(leecher.witness.offered).toBe(chunkCount);
    expect(sourceOf(answer ?? new Uint8Array(9))).toBeGreaterThan(0);
    expect(others.filter((bytes) => bytes[4] === 0)).toEqual([]);
  });

  it('says nothing after the closing HANDSHAKE, and forgets the channel', async () => {
    const { seeder, leecher } = await replay(conversation, 'causal');
    const closing = leecher.closedAt ?? 0;
    expect(leecher.heard.filter(({ at }) => at > closing + 2 * delay)).toEqual([]);
    expect(seeder.endpoint.channels.size).toBe(0);
    expect([...seeder.endpoint.counters.faults]).toEqual([]);
  });

  it('sends no chunk again without need', async () => {
    const { seeder, leecher } = await replay(conversation, 'causal');
    const { servedBytes, repeatedBytes } = seeder.endpoint.counters;
    expect(servedBytes).toBe(content.bytes.length);
    // One leecher asks for chunk 0 twice; another acknowledges chunk 66 a second and a half after those around it.
    const repeats = conversation.name.includes('loss') ? 6 : 1;
    expect(repeatedBytes).toBeLessThanOrEqual(repeats * content.metadata.chunkSize);
    expect(leecher.witness.deliveries * content.metadata.chunkSize).toBe(servedBytes + repeatedBytes);
  });

  it('puts up with ACKs of what it has not sent', async () => {
    const { seeder, leecher } = await replay(conversation, 'recorded');
    expect(leecher.witness.complaints).toEqual([]);
    const missing = Array.from({ length: chunkCount }, (_, chunk) => chunk).filter(
      (chunk) => !leecher.witness.chunks.has(chunk),
    );
    expect(missing.filter((chunk) => !leecher.foretold.has(chunk))).toEqual([]);
    expect(seeder.endpoint.channels.size).toBe(0);
  });
});

function hexOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('hex');
}

import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import type { Address, SwarmMetadata } from '@weir/ppspp';
import { startTransfer } from '@weir/peer';
import { MemoryContent } from '../../../peer/src/memory-content.testing';
import { publish } from '../../../peer/src/published.testing';
import { ProbePort } from './probe-port';

const asked = { ip: '127.0.0.1', bytes: 1_000 };

async function proverOf(metadata: readonly SwarmMetadata[] = []) {
  const proofs: [string, Address][] = [];
  let told: () => void = () => undefined;
  const proven = new Promise<void>((resolve) => (told = resolve));
  const outcomes: string[] = [];
  const parts = {
    allowLoopback: true,
    metadataOf: (swarmId: string) => metadata.find((one) => one.swarmId === swarmId),
    random: () => 1 + Math.floor(Math.random() * 2 ** 31),
    observe: (outcome: string) => outcomes.push(outcome),
  };
  const port = await ProbePort.open(parts, (peerId, address) => {
    proofs.push([peerId, address]);
    told();
  });
  return { port, proofs, proven, outcomes };
}

it.each(['published', 'unpublished'])('proves the address of a seeder of a swarm that is %s', async (kind) => {
  const { content, extents } = publish(new Uint8Array(3_000).fill(7));
  const { metadata } = content.record;
  const store = MemoryContent.of(content, extents);
  const listen = { ip: '127.0.0.1', port: 0 };
  const seeder = await startTransfer({ metadata, store, listen, want: 'none', trusted: true });
  const { port, proofs, proven, outcomes } = await proverOf(kind === 'published' ? [metadata] : []);
  try {
    port.ask([{ peerId: 'seeder', swarmId: metadata.swarmId, address: seeder.address }], asked);
    await proven;
    expect(proofs).toEqual([['seeder', seeder.address]]);
    expect(outcomes).toEqual(['proven']);
  } finally {
    await port.close();
    await seeder.close();
  }
});

it('sends one small datagram to who says nothing, and is proven nothing by echoes', async () => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port, proofs, outcomes } = await proverOf();
  try {
    const address = { ip: '127.0.0.1', port: socket.address().port };
    const heard = once(socket, 'message');
    port.ask([{ peerId: 'p', swarmId: 'ab'.repeat(32), address }], asked);
    const [bytes, from]: unknown[] = await heard;
    if (!(bytes instanceof Buffer) || typeof from !== 'object' || from === null || !('port' in from))
      throw new TypeError();
    expect(bytes.length).toBeLessThan(100);
    socket.send(bytes, Number(from.port), '127.0.0.1');
    await new Promise<void>((resolve) => socket.send(bytes, Number(from.port), '127.0.0.1', () => resolve()));
    expect(proofs).toEqual([]);
    expect(outcomes).toEqual([]);
  } finally {
    await port.close();
    socket.close();
  }
});

import { decodeDatagram, type Address, type Message } from '@weir/ppspp';
import type { World } from '../sim/world';
import { destinationOf, readdressed, sourceOf, type Conversation } from './conversation';
import { foreignDialect, Outsider } from './outsider';

/** The recorded datagrams that carry one chunk: those with its hashes alone, and the one with the DATA message. */
interface Delivery {
  readonly chunk: number;
  readonly datagrams: readonly Uint8Array[];
}

/**
 * Answers a leecher of ours with what a recorded seeder said to another: its HANDSHAKE, and for each REQUEST the
 * datagrams that carried these chunks, in the order of the recording.
 */
export class ReplayingSeeder extends Outsider {
  /** What our leecher said on the channel, without the opening. */
  readonly said: Message[] = [];
  /** Times the channel was opened. */
  openings = 0;
  private readonly greeting: Uint8Array;
  private readonly deliveries: readonly Delivery[];
  private leecherId = 0;

  constructor(world: World, { fromSeeder }: Conversation) {
    super(world, { ip: '10.0.0.1', port: 4_000 });
    const [greeting, ...others] = fromSeeder.map(({ bytes }) => bytes);
    this.greeting = greeting ?? new Uint8Array();
    this.deliveries = deliveriesOf(others);
  }

  protected receive(bytes: Uint8Array, from: Address): void {
    if (destinationOf(bytes) === 0) {
      this.openings++;
      this.leecherId = sourceOf(bytes);
      this.send(from, readdressed(this.greeting, this.leecherId));
      return;
    }
    const { messages } = decodeDatagram(bytes, foreignDialect);
    this.said.push(...messages);
    const ranges = messages.flatMap((message) => (message.type === 'request' ? [message.range] : []));
    for (const { chunk, datagrams } of this.deliveries) {
      if (!ranges.some(({ first, last }) => first <= chunk && chunk <= last)) continue;
      for (const datagram of datagrams) this.send(from, readdressed(datagram, this.leecherId));
    }
  }
}

function deliveriesOf(datagrams: readonly Uint8Array[]): Delivery[] {
  const deliveries: Delivery[] = [];
  let hashes: Uint8Array[] = [];
  for (const bytes of datagrams) {
    const { messages } = decodeDatagram(bytes, foreignDialect);
    const data = messages.find((message) => message.type === 'data');
    if (data === undefined && messages.length > 0) hashes.push(bytes);
    if (data === undefined) continue;
    deliveries.push({ chunk: data.range.first, datagrams: [...hashes, bytes] });
    hashes = [];
  }
  return deliveries;
}

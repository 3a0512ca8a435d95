import { decodeDatagram, type Address, type Micros } from '@weir/ppspp';
import type { World } from '../sim/world';
import { destinationOf, readdressed, sourceOf, type Conversation, type RecordedDatagram } from './conversation';
import { foreignDialect, Outsider } from './outsider';
import { Witness } from './witness';

/** When a recorded leecher says what it said. */
export type Pace =
  /** At the recorded times, whatever it heard: it may acknowledge what was not sent yet. */
  | 'recorded'
  /** At the recorded times, but an ACK waits for its chunk, and all that was said later waits with it. */
  | 'causal';

/** Says to a seeder of ours what a recorded leecher said to another. */
export class ReplayingLeecher extends Outsider {
  readonly witness: Witness;
  /** When the closing HANDSHAKE was sent. */
  closedAt: Micros | undefined;
  /** Chunks that were acknowledged before they came. */
  readonly foretold = new Set<number>();
  private readonly to: Address;
  private readonly begin: Micros;
  private seederId: number | undefined;
  private position = 0;
  private shift = 0;
  private scheduled = false;

  constructor(
    world: World,
    private readonly conversation: Conversation,
    private readonly options: { readonly seeder: Address; readonly pace: Pace },
  ) {
    super(world, { ip: '10.0.0.2', port: 4_000 });
    const { metadata } = conversation.content;
    this.witness = new Witness(metadata.swarmId, metadata.chunkSize);
    this.to = options.seeder;
    this.begin = world.now;
  }

  /** Begins to speak, or goes on. */
  proceed(): void {
    const next = this.conversation.fromLeecher[this.position];
    if (next === undefined || this.scheduled || !this.mayBeSaid(next)) return;
    this.scheduled = true;
    this.world.after(Math.max(0, this.begin + next.at + this.shift - this.world.now), () => {
      this.scheduled = false;
      this.say(next);
      this.proceed();
    });
  }

  get done(): boolean {
    return this.position === this.conversation.fromLeecher.length;
  }

  protected receive(bytes: Uint8Array): void {
    this.seederId ??= sourceOf(bytes);
    this.witness.hear(bytes);
    this.proceed();
  }

  private mayBeSaid(next: RecordedDatagram): boolean {
    if (destinationOf(next.bytes) === 0) return true;
    if (this.seederId === undefined) return false;
    return this.options.pace === 'recorded' || acknowledged(next).every((chunk) => this.witness.chunks.has(chunk));
  }

  private say(next: RecordedDatagram): void {
    this.position++;
    this.shift = Math.max(this.shift, this.world.now - this.begin - next.at);
    for (const chunk of acknowledged(next)) if (!this.witness.chunks.has(chunk)) this.foretold.add(chunk);
    if (this.done) this.closedAt = this.world.now;
    const isOpening = destinationOf(next.bytes) === 0;
    this.send(this.to, isOpening ? next.bytes : readdressed(next.bytes, this.seederId ?? 0));
  }
}

function acknowledged({ bytes }: RecordedDatagram): number[] {
  const { messages } = decodeDatagram(bytes, foreignDialect);
  return messages.flatMap((message) => (message.type === 'ack' ? [message.range.first] : []));
}

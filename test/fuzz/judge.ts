import {
  addressKey,
  decodeDatagram,
  limits,
  peekChannel,
  type Address,
  type Dialect,
  type Effect,
  type Endpoint,
  type HashBlock,
  type Input,
  type SwarmId,
} from '@weir/ppspp';
import type { Published } from '../sim/content';
import { promise } from './target';

type EffectOf<Kind extends Effect['kind']> = Extract<Effect, { kind: Kind }>;

/** What is to be known of a channel to read what is sent on it. */
interface Line {
  readonly dialect: Dialect;
  readonly swarm: { readonly holdings: { readonly metadata: { readonly swarmId: SwarmId } } };
}

/** Effects of one turn beyond those that channels and swarms may have: notices, and writes of what was just checked. */
const effectsApart = 64;

/** Holds an endpoint to its promises, by what goes into it and what comes out. */
export class Judge {
  /** Channels that are open or were, by whom they lead to. */
  private readonly lines = new Map<string, Line>();
  /** What each of them has been noted as. */
  private readonly noted = new Map<number, number>();
  private readonly established = new Set<number>();
  private readonly heard = new Map<string, number>();
  private readonly answered = new Map<string, number>();
  /** Addresses that may be sent more than they sent: somebody named them to us, or they proved to be there. */
  private readonly known = new Set<string>();
  /** What was intercepted, and was not given back. */
  private readonly diverted = new Set<Uint8Array>();
  private handshakes = 0;
  private named = 0;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly truth: Published,
  ) {}

  /** Before the endpoint gets an input. */
  hears(input: Input): void {
    if (input.kind === 'peers') {
      this.named += input.peers.length;
      for (const { address } of input.peers) this.known.add(addressKey(address));
    }
    if (input.kind !== 'datagram') return;
    if (input.origin !== undefined) {
      // Whom somebody else calls may be called, too.
      this.named++;
      this.known.add(addressKey(input.origin));
      this.diverted.add(input.bytes);
    }
    const key = addressKey(input.from);
    this.heard.set(key, (this.heard.get(key) ?? 0) + input.bytes.length);
    if (peekChannel(input.bytes) === 0) this.handshakes++;
  }

  /** After the endpoint got an input, and after each drain. */
  looks(): void {
    const { channels, swarms } = this.endpoint;
    for (const channel of channels.all()) {
      const { id, remoteId, address, origin } = channel;
      if (channel.established && !this.established.has(id)) {
        this.established.add(id);
        this.known.add(addressKey(address));
      }
      if (this.noted.get(id) === remoteId) continue;
      this.noted.set(id, remoteId);
      this.lines.set(lineKey(address, origin, remoteId), channel);
    }
    promise(channels.size <= Math.min(limits.channelsMax, this.handshakes + this.named), () => 'channels from nowhere');
    promise(swarms.size <= Math.min(limits.swarmsMax, this.handshakes + 1), () => 'swarms from nowhere');
  }

  /** What one drain told to do. */
  judges(effects: readonly Effect[]): void {
    this.looks();
    const bound = (this.endpoint.channels.size + this.lines.size + 1) * 2 * limits.burstDatagrams + effectsApart;
    promise(effects.length <= bound, () => `${effects.length} effects of one turn`);
    for (const effect of effects) {
      if (effect.kind === 'send') this.judgeSend(effect);
      if (effect.kind === 'write') this.judgeWrite(effect);
      if (effect.kind === 'not-ours') this.judgeReturn(effect);
    }
  }

  private judgeSend({ to, from, bytes }: EffectOf<'send'>): void {
    const key = addressKey(to);
    promise(bytes.length <= limits.datagramBytesMax, () => `a datagram of ${bytes.length} bytes`);
    const answered = (this.answered.get(key) ?? 0) + bytes.length;
    const heard = this.heard.get(key) ?? 0;
    if (!this.known.has(key)) {
      this.answered.set(key, answered);
      promise(answered <= heard, () => `${answered} bytes sent to an address that sent ${heard}`);
    }
    const line = this.lines.get(lineKey(to, from, peekChannel(bytes) ?? 0));
    if (line === undefined) return;
    const { swarmId } = line.swarm.holdings.metadata;
    if (swarmId === this.truth.metadata.swarmId) this.judgeContent(bytes, line.dialect);
    else promise(!carriesData(bytes, line.dialect), () => 'data of a swarm that has none');
  }

  private judgeReturn({ datagram: { origin, bytes }, flow }: EffectOf<'not-ours'>): void {
    if (origin === undefined) promise(flow === 'other', () => 'gives back what was meant for it as if it were not');
    else promise(this.diverted.delete(bytes), () => 'gives back what it did not get, or twice');
  }

  private judgeContent(bytes: Uint8Array, dialect: Dialect): void {
    const { messages, fault } = decodeDatagram(bytes, dialect);
    promise(fault === undefined, () => `sends what is refused as ${String(fault)}`);
    const { chunkSize } = this.truth.metadata;
    for (const message of messages) {
      if (message.type !== 'data') continue;
      const from = message.range.first * chunkSize;
      const right = this.truth.bytes.subarray(from, from + message.bytes.length);
      promise(message.bytes.length > 0 && equal(message.bytes, right), () => 'sends a chunk that is not the content');
    }
  }

  private judgeWrite({ record, extent, blocks }: EffectOf<'write'>): void {
    const { metadata, content, extents } = this.truth;
    const right = extents[extent.index];
    promise(record.metadata.swarmId === metadata.swarmId, () => 'stores a swarm that nobody has');
    promise(right !== undefined && equal(right.bytes, extent.bytes), () => 'stores bytes that are not the content');
    promise(right !== undefined && equal(right.hashes, extent.hashes), () => 'stores hashes that are not the content');
    promise(record.chunkCount === content.record.chunkCount, () => `stores a count of ${record.chunkCount} chunks`);
    promise(
      record.contentBytes === undefined || record.contentBytes === this.truth.bytes.length,
      () => 'stores a wrong size',
    );
    for (const block of blocks) this.judgeBlock(block);
  }

  /** Of a block some hashes may be unknown yet, which are zeros. */
  private judgeBlock({ tier, index, hashes }: HashBlock): void {
    const right = this.truth.content.blocks.find((block) => block.tier === tier && block.index === index);
    const isRight = hashes.every((byte, at) => byte === 0 || byte === right?.hashes[at]);
    promise(isRight, () => `stores a block of tier ${tier} that is not the tree`);
  }
}

function carriesData(bytes: Uint8Array, dialect: Dialect): boolean {
  return decodeDatagram(bytes, dialect).messages.some(({ type }) => type === 'data');
}

function lineKey(address: Address, origin: Address | undefined, channel: number): string {
  return `${origin === undefined ? '' : addressKey(origin)}<${addressKey(address)}>${String(channel)}`;
}

function equal(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

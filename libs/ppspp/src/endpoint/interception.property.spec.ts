import fc from 'fast-check';
import { limits, second } from '../limits';
import { published } from '../swarm/published.testing';
import { decodeDatagram } from '../wire/decode';
import { pathKey, type Address } from './address';
import { opening, saying, testDialect, type Sent } from './endpoint.testing';
import { inside, Interceptor, outside, type Called } from './interception.testing';

const held = published(3_000);
const contents = [held, published(70_000), published(140_000)];

/** What somebody may be told to do, with numbers that say who and what. */
const kinds = [
  ...['call', 'call', 'call', 'speak', 'close', 'shout', 'answer', 'answer', 'open', 'wait', 'wait'],
  ...['overload', 'lose', 'leave', 'name', 'call-us'],
] as const;
const step = fc.record({ kind: fc.constantFrom(...kinds), one: fc.nat(3), other: fc.nat(3), swarm: fc.nat(3) });
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** A HANDSHAKE that was intercepted. */
interface Asked {
  readonly bytes: Uint8Array;
  readonly key: string;
}

/** Sees to it that all that was intercepted comes to something. */
class Witness {
  readonly appliance: Interceptor;
  private readonly calls: Called[] = [];
  /** HANDSHAKEs that nothing came of yet. */
  private asked: Asked[] = [];
  /** Of channels as their initiators know them, our IDs. */
  private readonly answered = new Map<string, number>();
  private returned = 0;

  constructor(uploadSlots: number) {
    this.appliance = new Interceptor({ newSwarmsPerMinute: 6, uploadSlots }).seed(held);
    this.note(this.appliance.take());
  }

  play({ kind, one, other, swarm }: Step): void {
    const { appliance } = this;
    const [from, to] = [inside(one % 2), outside(other)];
    const { metadata } = contents[swarm] ?? held;
    const id = this.answered.get(keyOf(from, to, 1 + (swarm % 2))) ?? 0x7777 + one;
    const handshake = { type: 'handshake', channel: 0, options: {} } as const;
    switch (kind) {
      case 'call':
        return this.hear(from, opening(metadata, 1 + (one % 2), swarm === 3 ? { version: 9 } : {}), to);
      case 'speak':
        return this.hear(from, saying(id, { type: 'request', range: { first: 0, last: other } }), to);
      case 'close':
        return this.hear(from, saying(id, handshake), to);
      case 'shout':
        return this.hear(from, new Uint8Array(10 * swarm), to);
      case 'answer': {
        const call = this.calls.splice(one % Math.max(1, this.calls.length), 1)[0];
        if (call !== undefined) this.note(appliance.answer(call, metadata));
        return;
      }
      case 'open':
        appliance.opens = !appliance.opens;
        return;
      case 'wait':
        return this.note(appliance.wait([1_000, limits.proof / 2, limits.proof, limits.halfOpen][one] ?? 0));
      case 'overload':
        appliance.endpoint.handle({ kind: 'overload', overloaded: one === 0 }, appliance.now);
        return;
      case 'lose':
        appliance.endpoint.handle({ kind: 'flows-lost' }, appliance.now);
        this.asked = [];
        return this.note(appliance.take());
      case 'leave':
        if (swarm > 0) appliance.endpoint.handle({ kind: 'leave', swarmId: metadata.swarmId }, appliance.now);
        return this.note(appliance.take());
      case 'name': {
        const peers = [{ address: outside(10 + one), priority: one }];
        appliance.endpoint.handle({ kind: 'peers', swarmId: metadata.swarmId, peers }, appliance.now);
        return this.note(appliance.take());
      }
      case 'call-us':
        return this.note(appliance.hear(from, opening(metadata, 1)).take());
    }
  }

  end(): void {
    this.appliance.endpoint.close(this.appliance.now).forEach((effect) => {
      if (effect.kind === 'not-ours') this.appliance.returned.push(effect.datagram.bytes);
    });
    this.note([]);
    expect(this.asked.map(({ key }) => key)).toEqual([]);
    this.appliance.wait(limits.halfOpen);
    const paths = [0, 1].flatMap((host) => [0, 1, 2, 3].map((other) => [inside(host), outside(other)] as const));
    expect(paths.filter(([from, to]) => this.appliance.hasFlow(from, to))).toEqual([]);
  }

  private hear(from: Address, bytes: Uint8Array, to: Address): void {
    const { appliance } = this;
    const wasShared = appliance.hasFlow(from, to);
    const { messages } = decodeDatagram(bytes, testDialect);
    const [first] = messages;
    if (first?.type === 'handshake' && first.channel !== 0) {
      const key = keyOf(from, to, first.channel);
      if (!appliance.hasFlow(from, to) || !this.answered.has(key)) this.asked.push({ bytes, key });
    }
    this.note(appliance.hear(from, bytes, to).take());
    const isReturned = appliance.returned.includes(bytes);
    const isTaken = wasShared || appliance.hasFlow(from, to);
    expect(isReturned || isTaken).toBe(true);
  }

  /** What was sent and given back by now. */
  private note(sent: readonly Sent[]): void {
    this.calls.push(...this.appliance.calls(sent));
    for (const { to, from, bytes } of sent) {
      const { channel, messages } = decodeDatagram(bytes, testDialect);
      const [first] = messages;
      if (from === undefined || first?.type !== 'handshake' || first.channel === 0) continue;
      const key = keyOf(to, from, channel);
      this.answered.set(key, first.channel);
      this.asked = this.asked.filter((one) => one.key !== key);
    }
    const fresh = this.appliance.returned.slice(this.returned);
    this.returned = this.appliance.returned.length;
    // Of a HANDSHAKE that came again while it waited, the first one stands for all.
    const keys = new Set(this.asked.filter(({ bytes }) => fresh.includes(bytes)).map(({ key }) => key));
    this.asked = this.asked.filter(({ key }) => !keys.has(key));
    expect(new Set(this.appliance.returned).size).toBe(this.appliance.returned.length);
  }
}

function keyOf(from: Address, origin: Address, channel: number): string {
  return `${pathKey({ from, origin })}#${String(channel)}`;
}

it('takes, answers or gives back all that is intercepted, and each once', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(1, 100), (steps, uploadSlots) => {
      const witness = new Witness(uploadSlots);
      for (const one of steps) witness.play(one);
      witness.end();
    }),
    { numRuns: 1_000 },
  );
});

it('gives back within half a second what is not answered, though nobody asks for it', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(second), fc.nat(20)), { minLength: 1, maxLength: 40 }), (calls) => {
      const appliance = new Interceptor();
      for (const [span, host] of calls) {
        appliance.wait(span);
        const { metadata } = contents[host % 3] ?? held;
        appliance.hear(inside(host), opening(metadata, 1), outside(1)).take();
      }
      appliance.wait(limits.proof);
      const distinct = appliance.returned.length + appliance.endpoint.halfOpenSize;
      expect(appliance.endpoint.halfOpenSize).toBe(0);
      expect(distinct).toBeGreaterThan(0);
      expect(appliance.endpoint.nextTimeout() ?? Number.POSITIVE_INFINITY).toBeGreaterThan(appliance.now);
    }),
  );
});

import {
  digest,
  Endpoint,
  type SwarmId,
  subtreeOf,
  type Address,
  type Effect,
  type EndpointConfig,
  type Flow,
  type Input,
  type Micros,
  type Want,
} from '@weir/ppspp';
import type { Published } from '../sim/content';
import { SimulatedStore } from '../sim/store';
import { testConfig } from '../../libs/ppspp/src/endpoint/config.testing';
import { Judge } from './judge';
import { promise } from './target';

/** A datagram between an address and a party. */
export interface Letter {
  readonly from: Address;
  readonly to: Address;
  readonly bytes: Uint8Array;
  /** It was intercepted once, and goes on. */
  readonly isPassed?: boolean;
}

/** Work that an endpoint waits for. */
type Errand = Exclude<Effect, { kind: 'send' | 'notice' | 'used' | 'erase' | 'not-ours' }>;

/** Drains without rest at one point in time, beyond which an endpoint counts as busy for ever. */
const roundsMax = 5_000;
/** No wait is longer: a peer is dead after three minutes of silence, a ban over after ten. */
const waitMax: Micros = 3_600_000_000;
/** Errands that wait for an answer; what goes beyond it gets one at once. */
const errandsMax = 256;

/** An endpoint under the eyes of a judge. Its store and its hashing answer when they are told to. */
export class Party {
  readonly endpoint: Endpoint;
  readonly store = new SimulatedStore();
  private readonly judge: Judge;
  private readonly errands: Errand[] = [];
  private trusts = false;
  private hasRotted = false;
  /** Extents that the endpoint wrote or read: it checks them once, not at each later reading. */
  private readonly believed = new Set<number>();

  constructor(
    readonly address: Address,
    private readonly truth: Published,
    private readonly world: {
      readonly now: Micros;
      post(letter: Letter): void;
      forward(letter: Letter, flow: Flow): void;
    },
    config: Partial<EndpointConfig>,
  ) {
    this.endpoint = new Endpoint(testConfig(0, config));
    this.judge = new Judge(this.endpoint, truth);
  }

  get errandCount(): number {
    return this.errands.length;
  }

  /** `asTrusted`: what the store has needs no check, as far as it is right, and stays so. */
  join(want: Want, asTrusted: boolean): void {
    const { metadata } = this.truth;
    const trusted = asTrusted && !this.hasRotted;
    const content = this.store.open(metadata.swarmId);
    this.trusts ||= trusted;
    this.take({ kind: 'join', join: { metadata, want, content, trusted } });
  }

  /** An input whose effects wait for `turn`. */
  take(input: Input): void {
    this.judge.hears(input);
    this.endpoint.handle(input, this.world.now);
    this.judge.looks();
  }

  /** Drains until nothing is left to be done now. */
  turn(): void {
    const { endpoint, world } = this;
    for (let round = 0; ; round++) {
      promise(round < roundsMax, () => 'is never done');
      const effects = endpoint.drain(world.now);
      this.judge.judges(effects);
      for (const effect of effects) this.act(effect);
      const next = endpoint.nextTimeout();
      promise(next === undefined || Number.isSafeInteger(next), () => `wants to be called at ${String(next)}`);
      promise(next === undefined || next < world.now + waitMax, () => 'waits for an hour');
      if (effects.length === 0 && (next === undefined || next > world.now)) return;
    }
  }

  /** Answers one errand, rightly or by a failure. */
  answer(place: number, fails: boolean): void {
    const [errand] = this.errands.splice(place % Math.max(1, this.errands.length), 1);
    if (errand !== undefined) this.perform(errand, fails);
  }

  /** A bit of an extent in the store turns. */
  rot(extent: number, at: number): void {
    if (this.trusts || this.believed.has(extent)) return;
    this.hasRotted = true;
    this.store.corrupt(this.truth.metadata.swarmId, extent, at);
  }

  private act(effect: Effect): void {
    if (effect.kind === 'send')
      this.world.post({ from: effect.from ?? this.address, to: effect.to, bytes: effect.bytes });
    else if (effect.kind === 'erase') this.store.erase({ swarmId: effect.swarmId, index: effect.extent });
    else if (effect.kind === 'not-ours') this.pass(effect);
    else if (effect.kind !== 'notice' && effect.kind !== 'used') this.errands.push(effect);
    if (this.errands.length > errandsMax) this.answer(0, false);
  }

  private pass({ datagram: { from, origin, bytes }, flow }: Extract<Effect, { kind: 'not-ours' }>): void {
    if (origin !== undefined) this.world.forward({ from, to: origin, bytes, isPassed: true }, flow);
  }

  private perform(errand: Errand, fails: boolean): void {
    switch (errand.kind) {
      case 'open': {
        const { swarmId } = errand;
        if (fails) this.askAgain(swarmId);
        return this.take({ kind: 'swarm-opened', swarmId, content: fails ? undefined : this.store.open(swarmId) });
      }
      case 'read': {
        const { swarmId, extent } = errand;
        if (fails) this.askAgain(swarmId);
        return this.take({ kind: 'extent-read', swarmId, extent, read: this.read(errand, fails) });
      }
      case 'write':
        return this.write(errand, !fails);
      case 'hash': {
        const { swarmId, token, hash, chunks } = errand;
        return this.take({ kind: 'chunks-hashed', swarmId, token, leaves: chunks.map((chunk) => digest(hash, chunk)) });
      }
      case 'certify': {
        const { swarmId, token } = errand;
        // Nobody here can sign: no tracker's certificates are known.
        return this.take({ kind: 'certified', swarmId, token, verdict: { ok: false, fault: 'certificate-malformed' } });
      }
      case 'check': {
        const { swarmId, extent, hash, bytes, chunkSize } = errand;
        return this.take({ kind: 'extent-checked', swarmId, extent, subtree: subtreeOf(hash, bytes, chunkSize) });
      }
    }
  }

  /** What a store could not tell it tells later. */
  private askAgain(swarmId: SwarmId): void {
    if (this.errands.length < errandsMax) this.errands.push({ kind: 'open', swarmId });
  }

  private read({ swarmId, extent }: Extract<Errand, { kind: 'read' }>, fails: boolean) {
    const found = fails ? undefined : this.store.find(swarmId, extent);
    if (found !== undefined) this.believed.add(extent);
    // A copy: what was read does not change when the disk does.
    return found && { ...found, bytes: found.bytes.slice() };
  }

  private write({ record, extent, blocks }: Extract<Errand, { kind: 'write' }>, stored: boolean): void {
    const { swarmId } = record.metadata;
    if (stored) this.store.keep(record, extent, blocks);
    this.believed.add(extent.index);
    this.take({ kind: 'extent-written', swarmId, extent: extent.index, stored });
  }
}

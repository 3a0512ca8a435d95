import { monotonicMicros, type Datagram, type DatagramPort, type OutgoingDatagram } from '@weir/datagram';
import {
  Endpoint,
  type Effect,
  type EndpointConfig,
  type Flow,
  type Input,
  type InputOf,
  type Micros,
  type Notice,
  type MembershipVerdict,
} from '@weir/ppspp';
import { InlineVerifier, type Verifier } from '@weir/verify';
import type { ContentStore } from './content-store';
import type { CertificateCheck } from './certificate-check';
import { portFor } from './port-choice';
import { random32 } from './random';

/** What a driver drives, and with what. */
export interface DriverParts {
  readonly ports: readonly DatagramPort[];
  /** How many of them, the first ones, peers may be called from; all, when left out. */
  readonly servicePorts?: number;
  /** Sorts what arrived at a port before the endpoint sees it, and gives `arrive` what is for it; left out, all is. */
  readonly sort?: (batch: readonly Datagram[], port: number) => void;
  /** Takes intercepted datagrams that are none of ours; left out, none is intercepted. */
  readonly onNotOurs?: (datagram: InputOf<'datagram'>, flow: Flow) => void;
  readonly store: ContentStore;
  readonly verifier: Verifier;
  readonly endpoint: Omit<EndpointConfig, 'random' | 'wireOffset' | 'portFor'>;
  /** Looks at membership certificates; left out, none is believed. */
  readonly certificates?: CertificateCheck;
  readonly onNotice: (notice: Notice) => void;
  /** Told of a store or a verify pool that failed; the transfer goes on without what was asked. */
  readonly onFailure: (failure: unknown) => void;
}

type EffectOf<Kind extends Effect['kind']> = Extract<Effect, { kind: Kind }>;

/** Longest time the platform's timers take, in milliseconds. */
const timerMillisMax = 2 ** 31 - 1;

/**
 * Stands between an Endpoint and the world: a batch of inputs, then all effects, then one timer. What the world answers
 * later comes back as an input.
 */
export class Driver {
  readonly endpoint: Endpoint;
  private timer: NodeJS.Timeout | undefined;
  private turning: NodeJS.Immediate | undefined;
  private closed = false;
  private readonly inline = new InlineVerifier();
  private readonly pending = new Set<Promise<void>>();

  constructor(private readonly parts: DriverParts) {
    this.endpoint = new Endpoint({
      ...parts.endpoint,
      random: random32,
      wireOffset: BigInt(Date.now()) * 1_000n - BigInt(monotonicMicros()),
      portFor: (to) =>
        portFor(
          to,
          parts.ports.slice(0, parts.servicePorts).map(({ local }) => local),
        ),
    });
  }

  /** Opens the ports. Rejects with the first one's `DatagramError`, and then leaves none open. */
  async start(): Promise<void> {
    try {
      for (const [index, port] of this.parts.ports.entries()) {
        await port.open(
          (batch) => {
            this.receive(batch, index);
          },
          () => undefined,
        );
      }
    } catch (error) {
      await Promise.all(this.parts.ports.map((port) => port.close()));
      throw error;
    }
  }

  /** Takes an input of ours, and lets it act at the end of this turn of the event loop. */
  input(input: Input): void {
    if (this.closed) return;
    this.endpoint.handle(input, monotonicMicros());
    this.soon();
  }

  /** Takes a datagram that arrived here, or at another thread, and lets it act at the end of this turn of the event loop. */
  arrive(datagram: InputOf<'datagram'>, arrival: Micros): void {
    if (this.closed) return;
    this.endpoint.handle(datagram, arrival);
    this.soon();
  }

  /** Leaves all peers with a word, and waits for what the store was given. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.perform(this.endpoint.close(monotonicMicros()));
    this.closed = true;
    clearTimeout(this.timer);
    clearImmediate(this.turning);
    await Promise.allSettled(this.pending);
    await Promise.all(this.parts.ports.map((port) => port.close()));
  }

  private receive(batch: readonly Datagram[], port: number): void {
    if (this.closed) return;
    if (this.parts.sort !== undefined) this.parts.sort(batch, port);
    else
      for (const { from, bytes, arrival } of batch)
        this.endpoint.handle({ kind: 'datagram', from, port, bytes }, arrival);
    this.turn();
  }

  /** Inputs of one turn share a drain: answers of the store and of the verify pool come many at a time. */
  private soon(): void {
    this.turning ??= setImmediate(() => {
      this.turn();
    });
  }

  private turn(): void {
    if (this.closed) return;
    clearImmediate(this.turning);
    this.turning = undefined;
    this.perform(this.endpoint.drain(monotonicMicros()));
    this.setTimer();
  }

  private setTimer(): void {
    clearTimeout(this.timer);
    const next = this.endpoint.nextTimeout();
    if (next === undefined) return;
    const millis = Math.max(0, Math.ceil((next - monotonicMicros()) / 1_000));
    this.timer = setTimeout(
      () => {
        this.turn();
      },
      Math.min(millis, timerMillisMax),
    );
  }

  private perform(effects: readonly Effect[]): void {
    const outgoing = this.parts.ports.map((): OutgoingDatagram[] => []);
    for (const effect of effects) {
      if (effect.kind === 'send') outgoing[effect.port]?.push(effect);
      else this.act(effect);
    }
    outgoing.forEach((batch, index) => {
      if (batch.length > 0) this.parts.ports[index]?.send(batch);
    });
  }

  private act(effect: Exclude<Effect, { kind: 'send' }>): void {
    switch (effect.kind) {
      case 'open':
        return this.answer(() => this.open(effect));
      case 'read':
        return this.answer(() => this.read(effect));
      case 'write':
        return this.answer(() => this.write(effect));
      case 'hash':
        return this.answer(() => this.hash(effect));
      case 'check':
        return this.answer(() => this.check(effect));
      case 'certify':
        return this.answer(() => this.certify(effect));
      case 'erase':
        return this.answer(() => this.parts.store.erase(effect.swarmId, effect.extent));
      case 'used':
        return this.parts.store.used?.(effect);
      case 'not-ours':
        // Whoever wrote to an address of our own meant nobody else.
        if (effect.datagram.origin !== undefined) this.parts.onNotOurs?.(effect.datagram, effect.flow);
        return;
      case 'notice':
        return this.parts.onNotice(effect.notice);
    }
  }

  private answer(work: () => Promise<void>): void {
    const done: Promise<void> = work()
      .catch((error: unknown) => {
        this.parts.onFailure(error);
      })
      .finally(() => this.pending.delete(done));
    this.pending.add(done);
  }

  private async open({ swarmId }: EffectOf<'open'>): Promise<void> {
    const content = await this.parts.store.open(swarmId).catch((error: unknown) => this.without(error));
    this.input({ kind: 'swarm-opened', swarmId, content });
  }

  private async read({ swarmId, extent }: EffectOf<'read'>): Promise<void> {
    const read = await this.parts.store.read(swarmId, extent).catch((error: unknown) => this.without(error));
    this.input({ kind: 'extent-read', swarmId, extent, read });
  }

  private async write({ record, extent, blocks }: EffectOf<'write'>): Promise<void> {
    const { swarmId } = record.metadata;
    const done = await this.parts.store
      .write({ record, extents: [extent], blocks })
      .catch((error: unknown) => this.without(error));
    const stored = done?.written.includes(extent.index) === true;
    this.input({ kind: 'extent-written', swarmId, extent: extent.index, stored });
    for (const gone of done?.evicted ?? [])
      this.input({ kind: 'extent-evicted', swarmId: gone.swarmId, extent: gone.index });
  }

  private async hash({ swarmId, token, hash, chunks }: EffectOf<'hash'>): Promise<void> {
    const leaves = await this.verified((verifier) => verifier.leafHashes(hash, chunks));
    this.input({ kind: 'chunks-hashed', swarmId, token, leaves });
  }

  private async check({ swarmId, extent, hash, bytes, chunkSize }: EffectOf<'check'>): Promise<void> {
    const subtree = await this.verified((verifier) => verifier.subtree(hash, bytes, chunkSize));
    this.input({ kind: 'extent-checked', swarmId, extent, subtree });
  }

  private async certify({ swarmId, token, certificate }: EffectOf<'certify'>): Promise<void> {
    const unchecked: MembershipVerdict = { ok: false, fault: 'certificate-unchecked' };
    const { certificates } = this.parts;
    const checked = await certificates?.check(certificate, swarmId).catch((error: unknown) => this.without(error));
    this.input({ kind: 'certified', swarmId, token, verdict: checked ?? unchecked });
  }

  /** What waits for a verdict must get one: if the verifier fails, it is computed here. */
  private async verified<Hashes>(ask: (verifier: Verifier) => Promise<Hashes>): Promise<Hashes> {
    try {
      return await ask(this.parts.verifier);
    } catch (error) {
      this.parts.onFailure(error);
      return await ask(this.inline);
    }
  }

  private without(error: unknown): undefined {
    this.parts.onFailure(error);
    return undefined;
  }
}

import { initiatingOptions } from '../channel/handshake';
import type { MembershipVerdict } from '../exchange/verdict';
import { digest } from '../integrity/hash';
import { subtreeOf } from '../integrity/subtree';
import { second, type Micros } from '../limits';
import type { SwarmMetadata } from '../swarm/metadata';
import type { Published } from '../swarm/published.testing';
import { decodeDatagram } from '../wire/decode';
import { encodeDatagram } from '../wire/encode';
import type { Dialect, HandshakeOptions, Message } from '../wire/message';
import { addressKey, type Address } from './address';
import type { EndpointConfig } from './config';
import { testConfig } from './config.testing';
import type { EndpointFault } from './counters';
import type { Effect, Flow, Notice } from './effects';
import { Endpoint } from './endpoint';

/** A datagram that an endpoint sent. */
export interface Sent {
  readonly to: Address;
  readonly from?: Address | undefined;
  readonly bytes: Uint8Array;
}

/** Widths of all messages here. */
export const testDialect: Dialect = { addressing: 'chunk32', hashBytes: 32, chunkSize: 1_024 };

/** An endpoint whose world answers at once, and keeps what it says. */
export class TestEndpoint {
  readonly endpoint: Endpoint;
  readonly notices: Notice[] = [];
  /** What subscribers came to. */
  readonly uses: Extract<Effect, { kind: 'used' }>[] = [];
  /** Extents that it stored, by their number. */
  readonly written = new Map<number, Uint8Array>();
  /** Why datagrams were given back, and with what else on their flow. */
  readonly notOurs: EndpointFault[] = [];
  readonly flows: Flow[] = [];
  /** What was given back. */
  readonly returned: Uint8Array[] = [];
  /** False: the store does not answer when a swarm is opened. */
  opens = true;
  now: Micros = second;
  private sent: Sent[] = [];

  constructor(config: Partial<EndpointConfig> = {}) {
    this.endpoint = new Endpoint(testConfig(0x1000, config));
  }

  /** Serves a content; `trusted`, without checking it first. */
  seed({ metadata, content, extents }: Published, trusted = true): this {
    for (const { index, bytes } of extents) this.written.set(index, bytes);
    this.stock({ metadata, extents });
    this.endpoint.handle({ kind: 'join', join: { metadata, want: 'none', content, trusted } }, this.now);
    return this;
  }

  /** Puts a content where its reads are answered from. */
  stock({ metadata, extents }: Pick<Published, 'metadata' | 'extents'>): void {
    this.extents.set(metadata.swarmId, extents);
  }

  fetch(metadata: SwarmMetadata, from: Address): this {
    const { swarmId } = metadata;
    this.endpoint.handle(
      { kind: 'join', join: { metadata, want: 'all', content: undefined, trusted: false } },
      this.now,
    );
    this.endpoint.handle({ kind: 'peers', swarmId, peers: [{ address: from, priority: 1 }] }, this.now);
    return this;
  }

  /** Hands a datagram over, intercepted if it has an origin address; what it sends waits for `take`. */
  hear(from: Address, bytes: Uint8Array, origin?: Address): this {
    this.endpoint.handle({ kind: 'datagram', from, origin, port: 0, bytes }, this.now);
    return this;
  }

  /** All that it sent up to now. */
  take(): Sent[] {
    for (let effects = this.endpoint.drain(this.now); effects.length > 0; effects = this.endpoint.drain(this.now)) {
      for (const effect of effects) this.act(effect);
    }
    const sent = this.sent;
    this.sent = [];
    return sent;
  }

  /** Lets time pass, and everything happen that time brings; what it sent meanwhile. */
  wait(span: Micros): Sent[] {
    const end = this.now + span;
    const sent = this.take();
    for (
      let next = this.endpoint.nextTimeout();
      next !== undefined && next <= end;
      next = this.endpoint.nextTimeout()
    ) {
      this.now = Math.max(this.now, next);
      sent.push(...this.take());
    }
    this.now = end;
    return [...sent, ...this.take()];
  }

  /** What it makes of a membership certificate. */
  judge: (certificate: Uint8Array) => MembershipVerdict = () => ({ ok: false, fault: 'certificate-malformed' });

  private certify({ swarmId, token, certificate }: Extract<Effect, { kind: 'certify' }>): void {
    this.endpoint.handle({ kind: 'certified', swarmId, token, verdict: this.judge(certificate) }, this.now);
  }

  private readonly extents = new Map<string, Published['extents']>();

  private act(effect: Effect): void {
    const { endpoint, now } = this;
    switch (effect.kind) {
      case 'send':
        this.sent.push(effect);
        return;
      case 'open':
        if (this.opens) endpoint.handle({ kind: 'swarm-opened', swarmId: effect.swarmId, content: undefined }, now);
        return;
      case 'read': {
        const { swarmId, extent } = effect;
        const read = this.extents.get(swarmId)?.find(({ index }) => index === extent);
        endpoint.handle({ kind: 'extent-read', swarmId, extent, read }, now);
        return;
      }
      case 'write': {
        const { swarmId } = effect.record.metadata;
        this.written.set(effect.extent.index, effect.extent.bytes.slice());
        endpoint.handle({ kind: 'extent-written', swarmId, extent: effect.extent.index, stored: true }, now);
        return;
      }
      case 'hash': {
        const { swarmId, token, hash, chunks } = effect;
        endpoint.handle(
          { kind: 'chunks-hashed', swarmId, token, leaves: chunks.map((chunk) => digest(hash, chunk)) },
          now,
        );
        return;
      }
      case 'check': {
        const { swarmId, extent, hash, bytes, chunkSize } = effect;
        endpoint.handle({ kind: 'extent-checked', swarmId, extent, subtree: subtreeOf(hash, bytes, chunkSize) }, now);
        return;
      }
      case 'not-ours':
        this.notOurs.push(effect.fault);
        this.flows.push(effect.flow);
        this.returned.push(effect.datagram.bytes);
        return;
      case 'certify':
        this.certify(effect);
        return;
      case 'used':
        this.uses.push(effect);
        return;
      case 'erase':
        return;
      case 'notice':
        this.notices.push(effect.notice);
    }
  }
}

/** An opening HANDSHAKE from a channel of its sender's. */
export function opening(metadata: SwarmMetadata, channel: number, more: HandshakeOptions = {}): Uint8Array {
  const options = { ...initiatingOptions(metadata, true), ...more };
  return encodeDatagram(0, [{ type: 'handshake', channel, options }], testDialect);
}

/** Messages to a channel. */
export function saying(channel: number, ...messages: readonly Message[]): Uint8Array {
  return encodeDatagram(channel, messages, testDialect);
}

/** The messages of datagrams, in order. */
export function messagesOf(sent: readonly Sent[]): Message[] {
  return sent.flatMap(({ bytes }) => decodeDatagram(bytes, testDialect).messages);
}

/** The channel ID that the first HANDSHAKE among datagrams names as its sender's. */
export function channelOf(sent: readonly Sent[]): number {
  for (const message of messagesOf(sent)) if (message.type === 'handshake') return message.channel;
  return 0;
}

/** Bytes by address. */
export class Ledger {
  private readonly bytes = new Map<string, number>();

  add(address: Address, bytes: number): void {
    this.bytes.set(addressKey(address), this.of(address) + bytes);
  }

  of(address: Address): number {
    return this.bytes.get(addressKey(address)) ?? 0;
  }
}

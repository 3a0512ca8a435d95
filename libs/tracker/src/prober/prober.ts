import { type Address, decodeHandshake, judgeAnswer, normalIp, peekChannel, type SwarmMetadata } from '@weir/ppspp';
import { sourcePrefix, TokenBuckets } from '@weir/ppstp';
import { limits } from './limits';
import { Remembered } from './remembered';
import { datagramOf, farewellTo, mayProbe, type Opening, openingsOf } from './target';

/** An address that a peer says is its own. */
export interface Claim {
  readonly peerId: string;
  readonly swarmId: string;
  readonly address: Address;
}

/** The request that made the claim: where it came from, and how long it was. */
export interface ClaimOrigin {
  readonly ip: string;
  readonly bytes: number;
}

/** What is to be done. */
export type ProbeEffect =
  | { readonly kind: 'send'; readonly to: Address; readonly bytes: Uint8Array }
  | { readonly kind: 'proven'; readonly peerId: string; readonly address: Address };

/**
 * What became of a claim: `proven`, `known` (proven a moment ago), `refused` (a peer answered that it is in no such swarm),
 * `silent`, `forbidden` (an address that is not written to), `unspeakable` (no handshake of ours fits the swarm), `excess` (over
 * a rate, the room, or the bytes of the request).
 */
export type ProbeOutcome = 'proven' | 'known' | 'refused' | 'silent' | 'forbidden' | 'unspeakable' | 'excess';

/** What a prober is given. */
export interface ProberParts {
  readonly allowLoopback: boolean;
  /** What a provider published of a swarm. */
  readonly metadataOf: (swarmId: string) => SwarmMetadata | undefined;
  /** Draws 32 unpredictable bits: whoever does not read what we send must not guess them. */
  readonly random: () => number;
  readonly observe?: (outcome: ProbeOutcome) => void;
}

/** A datagram to try, and what it states. */
interface Try {
  readonly metadata: SwarmMetadata;
  readonly bytes: Uint8Array;
}

interface Probe {
  /** Address and swarm: whoever claims the same waits for the same answer. */
  readonly key: string;
  readonly channel: number;
  readonly address: Address;
  readonly peerIds: string[];
  readonly tries: readonly Try[];
  tried: number;
  /** When it is repeated, or given up. */
  due: number;
}

/**
 * Finds out whether peers are where they say: a handshake of the peer protocol that makes a round trip proves it (RFC 7574
 * section 12.1). Sans I/O: claims, datagrams and time in, effects out.
 *
 * Strangers say where it sends to. So it sends each address two small datagrams at most, no more bytes than the request
 * had that named it, at bounded rates over all, for each source and to each target, and nothing to where no peer can be.
 */
export class Prober {
  /** By our channel ID, in the order in which they are due. */
  private readonly probes = new Map<number, Probe>();
  private readonly byKey = new Map<string, Probe>();
  private readonly effects: ProbeEffect[] = [];
  private readonly proven = new Remembered();
  /** Addresses that were silent in a swarm, or not in it. */
  private readonly vain = new Remembered();
  private readonly overall = bucketsOf(limits.probesPerSecond, limits.probesBurst);
  private readonly bySource = bucketsOf(limits.probesPerSourceSecond, limits.probesPerSourceBurst);
  private readonly byTarget = bucketsOf(limits.probesPerTargetSecond, limits.probesPerTargetBurst);

  constructor(private readonly parts: ProberParts) {}

  /** Handshakes under way. */
  get size(): number {
    return this.probes.size;
  }

  /** Takes what one accepted request claims. */
  ask(claims: readonly Claim[], { ip, bytes }: ClaimOrigin, now: number): void {
    let room = bytes;
    for (const claim of claims) {
      const outcome = this.settle(claim, ip, now) ?? this.begin(claim, { ip, bytes: room }, now);
      if (typeof outcome === 'string') this.parts.observe?.(outcome);
      else room -= outcome;
    }
  }

  /** Takes a datagram: perhaps an answer. */
  receive(from: Address, bytes: Uint8Array, now: number): void {
    const probe = this.probes.get(peekChannel(bytes) ?? 0);
    if (probe === undefined || textOf(from) !== textOf(probe.address)) return;
    const decoded = decodeHandshake(bytes);
    if ('fault' in decoded) return;
    const { channel, options } = decoded.handshake;
    this.end(probe);
    const tried = probe.tries.slice(0, probe.tried);
    const isMember = channel !== 0 && tried.some(({ metadata }) => judgeAnswer(options, metadata) === undefined);
    this.parts.observe?.(isMember ? 'proven' : 'refused');
    if (!isMember) return this.vain.add(probe.key, now);
    this.proven.add(textOf(probe.address), now);
    for (const peerId of probe.peerIds) this.effects.push({ kind: 'proven', peerId, address: probe.address });
    this.effects.push({ kind: 'send', to: probe.address, bytes: farewellTo(channel) });
  }

  /** Lets time act. */
  expire(now: number): void {
    // What is sent again stands last from then on, and is not due.
    for (const probe of this.probes.values()) {
      if (probe.due > now) return;
      this.end(probe);
      if (probe.tried < probe.tries.length) this.send(probe, now);
      else {
        this.vain.add(probe.key, now);
        this.parts.observe?.('silent');
      }
    }
  }

  /** When time alone changes something. */
  nextTimeout(): number | undefined {
    for (const { due } of this.probes.values()) return due;
    return undefined;
  }

  /** What is to be done since the last call. */
  drain(): readonly ProbeEffect[] {
    return this.effects.splice(0);
  }

  /** What becomes of a claim without a handshake of its own; undefined if it needs one. */
  private settle({ peerId, swarmId, address }: Claim, source: string, now: number): ProbeOutcome | 0 | undefined {
    const isPort = Number.isInteger(address.port) && address.port >= 1 && address.port <= 65_535;
    if (!isPort || !mayProbe(address.ip, source, this.parts.allowLoopback)) return 'forbidden';
    if (this.proven.has(textOf(address), now)) {
      this.effects.push({ kind: 'proven', peerId, address });
      return 'known';
    }
    const key = keyOf(address, swarmId);
    const underWay = this.byKey.get(key);
    if (underWay === undefined) return this.vain.has(key, now) ? 'silent' : undefined;
    if (underWay.peerIds.length >= limits.waitersMax) return 'excess';
    if (!underWay.peerIds.includes(peerId)) underWay.peerIds.push(peerId);
    return 0;
  }

  /** Begins with as many tries as there is room for. Answers the bytes that they take, or why there are none. */
  private begin(claim: Claim, { ip, bytes }: ClaimOrigin, now: number): ProbeOutcome | number {
    const { peerId, swarmId, address } = claim;
    const openings = openingsOf(swarmId, this.parts.metadataOf(swarmId));
    if (openings.length === 0) return 'unspeakable';
    const channel = this.freshChannel();
    const tries = affordable(openings, channel, bytes);
    if (tries.length === 0 || !this.mayBegin(address.ip, ip, now)) return 'excess';
    const key = keyOf(address, swarmId);
    this.send({ key, channel, address, peerIds: [peerId], tries, tried: 0, due: 0 }, now);
    return bytesOf(tries);
  }

  private send(probe: Probe, now: number): void {
    const next = probe.tries[probe.tried];
    if (next === undefined) return;
    probe.tried++;
    probe.due = now + limits.patience;
    this.probes.set(probe.channel, probe);
    this.byKey.set(probe.key, probe);
    this.effects.push({ kind: 'send', to: probe.address, bytes: next.bytes });
  }

  private end(probe: Probe): void {
    this.probes.delete(probe.channel);
    this.byKey.delete(probe.key);
  }

  /** Who has no rate left takes nothing from others. */
  private mayBegin(target: string, source: string, now: number): boolean {
    if (this.probes.size >= limits.probesMax) return false;
    return (
      this.bySource.take(sourcePrefix(normalIp(source) ?? source), now) &&
      this.byTarget.take(sourcePrefix(normalIp(target) ?? target), now) &&
      this.overall.take('', now)
    );
  }

  private freshChannel(): number {
    let channel = 0;
    while (channel === 0 || this.probes.has(channel)) channel = this.parts.random();
    return channel;
  }
}

function affordable(openings: readonly Opening[], channel: number, room: number): Try[] {
  const tries: Try[] = [];
  for (const opening of openings) {
    const bytes = datagramOf(opening, channel);
    if (bytesOf(tries) + bytes.length <= room) tries.push({ metadata: opening.metadata, bytes });
  }
  return tries;
}

function bytesOf(tries: readonly Try[]): number {
  return tries.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

function bucketsOf(perSecond: number, burst: number): TokenBuckets {
  return new TokenBuckets({ perSecond, burst }, limits.prefixesMax);
}

function textOf({ ip, port }: Address): string {
  return `${normalIp(ip) ?? ip} ${port}`;
}

function keyOf(address: Address, swarmId: string): string {
  return `${textOf(address)} ${swarmId}`;
}

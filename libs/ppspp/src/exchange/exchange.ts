import { formatIp, normalIp, parseIp } from '../address/ip';
import type { Channel } from '../channel/channel';
import { addressKey, type Address } from '../endpoint/address';
import { limits, type Micros } from '../limits';
import type { Candidates } from '../swarm/candidates';
import type { SwarmContext } from '../swarm/context';
import type { Members } from '../swarm/members';
import type { SwarmId } from '../swarm/metadata';
import type { ExchangeMessage, PexCertificateMessage, PexResponseMessage } from '../wire/message';
import { Certificates } from './certificates';
import { Conversation } from './conversation';
import { mayCross } from './reach';
import type { OwnCertificate, MembershipVerdict } from './verdict';

/** What peer exchange shares with its swarm. */
export interface ExchangeParts {
  readonly swarmId: SwarmId;
  readonly members: Members;
  readonly candidates: Candidates;
  readonly context: SwarmContext;
}

interface Pending {
  readonly channel: Channel;
  readonly certificate: Uint8Array;
}

/**
 * Peer exchange in one swarm: who is told of whom, and who is believed. RFC 7574 sections 3.10, 8.13 and 12.2.
 *
 * Strangers are told and believed membership certificates alone; plain addresses are for benign networks. All that is
 * believed of an address is that it may be called, seldom, beside peers that a tracker or an operator named.
 */
export class Exchange {
  private readonly conversations = new WeakMap<Channel, Conversation>();
  private readonly certificates = new Certificates();
  private readonly pending = new Map<number, Pending>();
  /** Channels whose peer was asked and has not answered. */
  private readonly unanswered = new Set<Channel>();
  private tokens = 0;
  /** Ours, for each of our addresses. */
  private readonly own = new Certificates();

  constructor(private readonly parts: ExchangeParts) {}

  /** Whether this peer is to be asked for others now; it then counts as asked. */
  seeks(channel: Channel, now: Micros): boolean {
    const { certified, benign } = this.parts.context.exchange;
    const isUseful = certified || benign(channel.address);
    const isAsked = isUseful && channel.accepts('pex-request') && this.conversationOf(channel).ask(now);
    if (isAsked) {
      this.unanswered.add(channel);
      this.parts.context.stirred(this.parts.swarmId);
    }
    return isAsked;
  }

  /** Asks those once more who have not answered; tells when to look again, or undefined if there are none. */
  tend(now: Micros): Micros | undefined {
    let next = Number.POSITIVE_INFINITY;
    for (const channel of this.unanswered) {
      const conversation = this.conversationOf(channel);
      const { repeatAt } = conversation;
      if (channel.closed || repeatAt === undefined) this.unanswered.delete(channel);
      else if (repeatAt > now) next = Math.min(next, repeatAt);
      else {
        conversation.repeat(now);
        next = Math.min(next, conversation.repeatAt ?? next);
        channel.tell({ type: 'pex-request' });
        this.parts.context.touch(channel);
      }
    }
    return Number.isFinite(next) ? next : undefined;
  }

  /** A channel is established. Whoever can verify certificates wants its peer's, to hand it on; nobody else knows it yet. */
  established(channel: Channel, now: Micros): void {
    if (!this.parts.context.exchange.certified) return;
    if (this.seeks(channel, now)) channel.tell({ type: 'pex-request' });
  }

  /** A message of peer exchange, whichever. */
  heard(channel: Channel, message: ExchangeMessage, now: Micros): void {
    switch (message.type) {
      case 'pex-request':
        return this.asked(channel, now);
      case 'pex-response-v4':
      case 'pex-response-v6':
        return this.told(channel, message, now);
      case 'pex-certificate':
        return this.shown(channel, message, now);
    }
  }

  /** Our own membership certificate, new or renewed. Sections 3.10.1 and 12.2.2. */
  certify({ address, certificate, validFor }: OwnCertificate, now: Micros): void {
    if (certificate.length <= limits.certificateBytesMax) this.own.keep(address, certificate, now + validFor);
  }

  /** A certificate was looked at. */
  certified(token: number, verdict: MembershipVerdict, now: Micros): void {
    const pending = this.pending.get(token);
    if (pending === undefined) return;
    this.pending.delete(token);
    const { channel, certificate } = pending;
    if (!verdict.ok) {
      this.parts.context.counters.fault(verdict.fault);
      // One that nobody had the time to look at says nothing of who showed it.
      if (verdict.fault !== 'certificate-unchecked') this.conversationOf(channel).distrust();
      return;
    }
    const { address, validFor } = verdict;
    if (addressKey(address) !== channel.key && !this.isAcceptable(address, channel)) return;
    this.certificates.keep(address, certificate, now + validFor);
    if (addressKey(address) !== channel.key) this.learn(address, channel, now);
  }

  /** PEX_REQ. Of more that it is worth to know of, any may be named: a random choice cannot be steered. */
  private asked(channel: Channel, now: Micros): void {
    const { context } = this.parts;
    if (!this.conversationOf(channel).answer(now)) return context.counters.fault('exchange-flood');
    const own = [...this.own.valid(now)].filter(({ address }) => mayCross(address, channel.address)).slice(0, 2);
    for (const { bytes: certificate } of own) channel.tell({ type: 'pex-certificate', certificate });
    const room = limits.exchangeAnswers - own.length;
    const named = this.nameable(channel, now).flatMap((member) => this.answerFor(member, channel, now) ?? []);
    for (let count = 0; count < room && named.length > 0; count++) {
      const [answer] = named.splice(context.random() % named.length, 1);
      if (answer !== undefined) channel.tell(answer);
    }
  }

  /** Members that were heard in the last minute and that the asker may know of, each address once. Section 3.10.1. */
  private nameable(asker: Channel, now: Micros): Address[] {
    const { members, context } = this.parts;
    const named = new Map<string, Address>();
    for (const { key, address, phase, heardAt } of members) {
      const isLive = phase === 'open' && now - heardAt <= limits.exchangeLively;
      if (!isLive || key === asker.key || !mayCross(address, asker.address)) continue;
      if (context.exchange.names(address, asker.address)) named.set(key, address);
    }
    return [...named.values()];
  }

  private answerFor(member: Address, { address: asker }: Channel, now: Micros): ExchangeMessage | undefined {
    const certificate = this.certificates.of(member, now);
    if (certificate !== undefined) return { type: 'pex-certificate', certificate };
    return this.parts.context.exchange.benign(asker) ? plain(member) : undefined;
  }

  /** PEX_RESv4 and PEX_RESv6. */
  private told(channel: Channel, { ip, port }: PexResponseMessage, now: Micros): void {
    const { exchange, counters } = this.parts.context;
    if (!this.conversationOf(channel).expects(now)) return counters.fault('exchange-unasked');
    if (!exchange.benign(channel.address)) return counters.fault('exchange-plain');
    const text = formatIp([...ip]);
    // An IPv4-mapped address is the IPv4 address.
    const address = { ip: normalIp(text) ?? text, port };
    if (this.isAcceptable(address, channel)) this.learn(address, channel, now);
  }

  /** PEX_REScert: looked at elsewhere, since that costs; a few at a time. Section 12.2.2. */
  private shown(channel: Channel, message: PexCertificateMessage, now: Micros): void {
    const { context, swarmId } = this.parts;
    const { counters, exchange } = context;
    if (!this.conversationOf(channel).expects(now)) return counters.fault('exchange-unasked');
    if (message.certificate.length > limits.certificateBytesMax) return counters.fault('certificate-oversize');
    if (!exchange.certified || this.pending.size >= limits.certificateChecksMax)
      return counters.fault('certificate-unchecked');
    const certificate = message.certificate.slice();
    const token = this.tokens++;
    this.pending.set(token, { channel, certificate });
    context.push({ kind: 'certify', swarmId, token, certificate });
  }

  private isAcceptable(address: Address, teller: Channel): boolean {
    const { exchange, counters } = this.parts.context;
    if (mayCross(address, teller.address) && !exchange.own(address)) return true;
    counters.fault('exchange-address');
    return false;
  }

  /** A peer is as near as the one that told of it, as far as we know. */
  private learn(address: Address, teller: Channel, now: Micros): void {
    const { candidates, context, members, swarmId } = this.parts;
    const key = addressKey(address);
    for (const member of members) if (member.key === key && !member.closed) return;
    const priority = candidates.priorityOf(teller.address);
    candidates.add([{ address, priority, origin: 'exchange' }], now);
    context.stirred(swarmId);
  }

  private conversationOf(channel: Channel): Conversation {
    const known = this.conversations.get(channel);
    if (known !== undefined) return known;
    const conversation = new Conversation();
    this.conversations.set(channel, conversation);
    return conversation;
  }
}

function plain({ ip, port }: Address): PexResponseMessage | undefined {
  const bytes = parseIp(ip);
  if (bytes === undefined) return undefined;
  return { type: bytes.length === 4 ? 'pex-response-v4' : 'pex-response-v6', ip: Uint8Array.from(bytes), port };
}

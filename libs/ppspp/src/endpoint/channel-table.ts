import type { Channel } from '../channel/channel';
import { limits } from '../limits';
import { pathKey, subscriberKey, type Address, type Path } from './address';
import type { FlowTable } from './flows';
import { Tally } from './tally';

/** All channels of an endpoint, by our ID and by what their initiator sent. */
export class ChannelTable {
  private readonly channels = new Map<number, Channel>();
  /** Incoming channels by address and the initiator's channel ID, so that a repeated HANDSHAKE is known. */
  private readonly initiations = new Map<string, Channel>();
  private readonly initiationKeys = new Map<Channel, string>();
  /** Incoming channels of each subscriber. */
  private readonly bySubscriber = new Tally();
  private guests = 0;

  /** `flows` learns which flows intercepted channels are on. */
  constructor(private readonly flows: FlowTable) {}

  find(id: number): Channel | undefined {
    return this.channels.get(id);
  }

  all(): IterableIterator<Channel> {
    return this.channels.values();
  }

  get size(): number {
    return this.channels.size;
  }

  /** No room to call anybody. */
  get full(): boolean {
    return this.channels.size >= limits.channelsMax;
  }

  /** No room for one more channel from this address: some are kept for calls of ours. RFC 7574 section 12.6.1, HS.1. */
  fullFor(from: Address): boolean {
    const subscribed = this.bySubscriber.of(subscriberKey(from));
    return this.initiationKeys.size >= limits.incomingChannelsMax || subscribed >= limits.channelsEachMax;
  }

  /** No room for one more guest. */
  get guestsFull(): boolean {
    return this.guests >= limits.guestChannelsMax;
  }

  add(channel: Channel): void {
    this.channels.set(channel.id, channel);
  }

  /** Adds one that was asked for, and notes what its initiator sent. */
  addIncoming(channel: Channel, remoteId: number): void {
    this.add(channel);
    const { address: from, origin } = channel;
    const key = initiationKey({ from, origin }, remoteId);
    this.initiations.set(key, channel);
    this.initiationKeys.set(channel, key);
    this.bySubscriber.add(subscriberKey(from));
    if (channel.guest) this.guests++;
    if (origin !== undefined) this.flows.add(from, origin);
  }

  findInitiation(path: Path, remoteId: number): Channel | undefined {
    return this.initiations.get(initiationKey(path, remoteId));
  }

  remove(channel: Channel): void {
    this.channels.delete(channel.id);
    const key = this.initiationKeys.get(channel);
    if (key === undefined) return;
    this.initiationKeys.delete(channel);
    if (this.initiations.get(key) === channel) this.initiations.delete(key);
    const { address: from, origin } = channel;
    this.bySubscriber.remove(subscriberKey(from));
    if (channel.guest) this.guests--;
    if (origin !== undefined) this.flows.remove(from, origin);
  }
}

/** One string for a channel as its initiator knows it. */
function initiationKey(path: Path, remoteId: number): string {
  return `${pathKey(path)}|${String(remoteId)}`;
}

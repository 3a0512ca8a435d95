import { disagreement, judgeInitiation } from '../channel/handshake';
import { limits, type Micros } from '../limits';
import { extentChunks } from '../swarm/content';
import { integrityOf, type SwarmMetadata } from '../swarm/metadata';
import type { Swarm } from '../swarm/swarm';
import { decodeHandshake } from '../wire/decode';
import type { HandshakeMessage } from '../wire/message';
import { subscriberKey, type Address, type Path } from './address';
import { openingOf, type Opening } from './answer';
import type { EndpointFault } from './counters';
import type { InputOf, OpenedContent } from './effects';
import type { Hall } from './hall';
import { SwarmQuota } from './swarm-quota';

/** An initiating datagram that may be answered: what it says, and of which swarm. */
export interface Request {
  readonly opening: Opening;
  readonly metadata: SwarmMetadata;
}

/** Judges who may have a channel, and in which swarm. RFC 7574 sections 3.1.1 and 12.1. */
export class Gate {
  private readonly quota: SwarmQuota;

  constructor(private readonly hall: Hall) {
    this.quota = new SwarmQuota(hall.config.newSwarmsPerMinute);
  }

  /** Reads an initiating datagram, or tells why it gets no answer. */
  read({ from, origin, bytes }: InputOf<'datagram'>, now: Micros): Request | EndpointFault {
    const decoded = decodeHandshake(bytes.subarray(0, limits.openingBytesMax));
    if ('fault' in decoded) return decoded.fault;
    const { handshake } = decoded;
    const judgement = judgeInitiation(handshake.options, this.hall.config.integrityMethods);
    return this.admit({ handshake, judgement }, { from, origin }, now);
  }

  /** As `read`, of a datagram that was kept. */
  openingOf(bytes: Uint8Array): Opening {
    return openingOf(bytes, this.hall.config.integrityMethods);
  }

  /** Opens the swarm for somebody who asked for it, if the store has it; why he is not answered. */
  welcome(from: Address, opening: Opening, content: OpenedContent | undefined, now: Micros): EndpointFault | undefined {
    const { quota, hall } = this;
    const metadata = content?.record.metadata;
    const fault = this.obstacleTo(opening, metadata);
    const { judgement } = opening;
    if (fault !== undefined || !judgement.ok) return fault;
    const open = hall.swarms.find(judgement.metadata.swarmId);
    if (!this.mayShare(from, open?.holdings.complete ?? isComplete(content))) return 'not-admitted';
    if (open !== undefined) return undefined;
    if (metadata === undefined) return quota.admits(subscriberKey(from), now) ? undefined : 'swarm-quota';
    if (!hall.swarms.admitsUnproven) return 'table-full';
    hall.swarms.openUnproven(metadata).open(content, false);
    return undefined;
  }

  /** The swarm that a proven caller means, opened if nobody knew it. */
  swarmOf(opening: Opening, from: Address, now: Micros): Swarm | EndpointFault {
    const request = this.admit(opening, { from }, now);
    if (typeof request === 'string') return request;
    const { metadata } = request;
    const swarm = this.hall.swarms.find(metadata.swarmId);
    if (!this.mayShare(from, swarm?.holdings.complete)) return 'not-admitted';
    if (swarm !== undefined) return swarm;
    if (!this.quota.take(subscriberKey(from), now)) return 'swarm-quota';
    const opened = this.hall.swarms.open(metadata, 'demand');
    opened.open(undefined, false);
    return opened;
  }

  /** Whether somebody may be in a swarm that is complete here, or not, or of which there is nothing. */
  private mayShare(from: Address, complete: boolean | undefined): boolean {
    switch (this.hall.config.admit(from)) {
      case 'serve':
        return true;
      case 'share':
        return complete !== undefined;
      case 'visit':
        return complete === true;
      case 'refuse':
        return false;
    }
  }

  private admit(opening: Opening, path: Path, now: Micros): Request | EndpointFault {
    const { handshake, judgement } = opening;
    const fault = this.refusal(path, handshake, now) ?? this.obstacleTo(opening);
    if (fault !== undefined) return fault;
    return judgement.ok ? { opening, metadata: judgement.metadata } : judgement.fault;
  }

  private refusal({ from, origin }: Path, { channel }: HandshakeMessage, now: Micros): EndpointFault | undefined {
    // Closing a channel needs its ID; on channel 0 it means nothing.
    if (channel === 0) return 'no-channel';
    if (this.hall.bans.has(from, now)) return 'banned';
    const admission = this.hall.config.admit(from);
    // Who wants somebody else, and is no subscriber, is not ours.
    const isOurs = origin === undefined ? admission !== 'refuse' : admission === 'serve';
    return isOurs ? undefined : 'not-admitted';
  }

  /** Why a HANDSHAKE leads into no swarm of ours, open or `stored`, nor into one that could be opened. */
  private obstacleTo({ judgement }: Opening, stored?: SwarmMetadata): EndpointFault | undefined {
    if (!judgement.ok) return judgement.fault;
    const { metadata } = judgement;
    const { config, swarms } = this.hall;
    if (config.admitsSwarm?.(metadata.swarmId) === false) return 'swarm-blocked';
    const ours = swarms.find(metadata.swarmId)?.metadata ?? stored;
    // Where bytes are what is addressed, another chunk size means other chunks, though it is but a guess. Section 4.1.2.
    const chunkSizeGiven = judgement.chunkSizeGiven || metadata.addressing === 'byte64';
    if (ours !== undefined) return disagreement({ ...judgement, chunkSizeGiven }, ours);
    // What nothing protects is never fetched because a stranger asks for it.
    if (!config.opensUnknown || integrityOf(metadata) === 'none') return 'swarm-other';
    return swarms.full ? 'table-full' : undefined;
  }
}

/** Whether all of a content is stored; undefined for what nothing is stored of. */
export function isComplete(content: OpenedContent | undefined): boolean | undefined {
  if (content === undefined) return undefined;
  return content.extents.length === Math.ceil(content.record.chunkCount / extentChunks);
}

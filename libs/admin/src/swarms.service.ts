import { Injectable } from '@nestjs/common';
import { PeerService } from '@weir/peer';
import type { SwarmId, SwarmMetadata } from '@weir/ppspp';
import { RegistrationService } from '@weir/registration';
import { AdminError } from './errors';
import { type KnownSwarm, type StoredSwarm, type SwarmsView, swarmViewOf } from './swarm-view';
import type { SwarmsQuery } from './swarms-query';

/** Every swarm that is stored or open, as of now. */
@Injectable()
export class SwarmsService {
  constructor(
    private readonly peer: PeerService,
    private readonly registration: RegistrationService,
  ) {}

  /** One page, ordered by swarm ID: so the next page begins where this one ends, whatever came or went meanwhile. */
  async page({ limit, after = '' }: SwarmsQuery): Promise<SwarmsView> {
    const known = await this.known();
    const rest = [...known.keys()].filter((id) => id > after).sort();
    const ids = rest.slice(0, limit);
    const swarms = ids.map((id) => known.get(id)).filter((swarm) => swarm !== undefined);
    return { swarms: swarms.map(swarmViewOf), next: rest.length > limit ? (ids.at(-1) ?? null) : null };
  }

  async find(swarmId: SwarmId): Promise<KnownSwarm | undefined> {
    await this.peer.refresh();
    const stored = this.peer.storedSwarm(swarmId);
    const live = this.peer.live().find(({ metadata }) => metadata.swarmId === swarmId);
    if (live !== undefined) return { metadata: live.metadata, live, stored };
    return stored && knownOf(stored);
  }

  /** As `find`; throws `SWARM_NOT_FOUND`. */
  async require(swarmId: SwarmId): Promise<KnownSwarm> {
    return (await this.find(swarmId)) ?? notFound(swarmId);
  }

  /** Closes a swarm, removes what is stored of it and leaves it at the trackers. Throws `SWARM_NOT_FOUND`. */
  async purge(swarmId: SwarmId): Promise<void> {
    const known = await this.find(swarmId);
    const erased = await this.peer.purge(swarmId);
    if (known === undefined && !erased) notFound(swarmId);
    this.registration.leave(swarmId);
  }

  private async known(): Promise<ReadonlyMap<SwarmId, KnownSwarm>> {
    await this.peer.refresh();
    const stored = new Map(this.peer.stored().map((swarm) => [swarm.record.metadata.swarmId, swarm]));
    const live = this.peer.live().map((swarm) => ({ metadata: swarm.metadata, live: swarm }));
    const known = new Map<SwarmId, KnownSwarm>([...stored].map(([id, swarm]) => [id, knownOf(swarm)]));
    for (const swarm of live) {
      const { swarmId } = swarm.metadata;
      known.set(swarmId, { ...swarm, stored: stored.get(swarmId) });
    }
    return known;
  }
}

function knownOf(stored: StoredSwarm): { metadata: SwarmMetadata; stored: StoredSwarm } {
  return { metadata: stored.record.metadata, stored };
}

function notFound(swarmId: SwarmId): never {
  throw new AdminError('SWARM_NOT_FOUND', `nothing of swarm ${swarmId} is stored or open`);
}

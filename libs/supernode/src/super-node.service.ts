import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { PeerService } from '@weir/peer';
import { extentChunks, type Notice, type SwarmId } from '@weir/ppspp';
import { candidatesOf, RegistrationService } from '@weir/registration';

/**
 * Binds the peer to its registration: a swarm that subscribers want is joined at the trackers, their peers are the
 * external ones, and what is complete is offered as a seeder's. A super node in the sense of RFC 6972 section 5.4.
 */
@Injectable()
export class SuperNodeService implements OnApplicationBootstrap {
  /** Swarms joined because somebody wanted them, of which the store may have nothing yet. */
  private readonly wanted = new Set<SwarmId>();
  /** Swarms joined as a seeder before it was known what is stored; undefined afterwards. */
  private completed: Set<SwarmId> | undefined = new Set<SwarmId>();

  constructor(
    private readonly peer: PeerService,
    private readonly registration: RegistrationService,
  ) {}

  onApplicationBootstrap(): void {
    this.peer.onNotice((notice) => {
      this.hear(notice);
    });
    void this.joinStored();
  }

  private async joinStored(): Promise<void> {
    await this.peer.storedKnown;
    for (const { record, extentsHeld } of this.peer.stored()) {
      const { swarmId } = record.metadata;
      if (this.peer.isBlocked(swarmId) || this.completed?.has(swarmId) === true) continue;
      const isComplete = extentsHeld === Math.ceil(record.chunkCount / extentChunks);
      this.registration.join(swarmId, isComplete ? 'SEEDER' : 'LEECH');
    }
    this.completed = undefined;
  }

  private hear(notice: Notice): void {
    switch (notice.type) {
      case 'swarm-wanted':
        return void this.lookUp(notice.metadata.swarmId);
      case 'peers-wanted':
        return void this.lookUp(notice.swarmId);
      case 'swarm-complete':
        this.wanted.delete(notice.swarmId);
        this.completed?.add(notice.swarmId);
        this.registration.join(notice.swarmId, 'SEEDER');
        return;
      case 'swarm-closed':
        return void this.reconsider(notice.swarmId);
      case 'swarm-sized':
      case 'peer-lied':
      case 'peer-measured':
      case 'extent-corrupt':
        return;
    }
  }

  private async lookUp(swarmId: SwarmId): Promise<void> {
    if (this.peer.isBlocked(swarmId)) return;
    this.wanted.add(swarmId);
    this.registration.join(swarmId, 'LEECH');
    // Each tracker's peers as it answers: who waits for one that does not is not to wait for the others.
    await this.registration.peersFor(swarmId, (peers) => this.peer.addPeers(swarmId, candidatesOf(peers)));
  }

  /** A swarm that nobody is in any more: we stay in it at the trackers for what the store has of it. */
  private async reconsider(swarmId: SwarmId): Promise<void> {
    if (!this.wanted.delete(swarmId)) return;
    await this.peer.storedKnown;
    const isIn = this.wanted.has(swarmId) || this.peer.storedSwarm(swarmId) !== undefined;
    if (!isIn) this.registration.leave(swarmId);
  }
}

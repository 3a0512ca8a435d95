import { Injectable } from '@nestjs/common';
import { PeerService } from '@weir/peer';
import type { Candidate, SwarmMetadata } from '@weir/ppspp';
import { candidatesOf, mergePeers, RegistrationService } from '@weir/registration';
import { AdminError } from './errors';
import type { FetchRequest } from './fetch-request';
import { limits } from './limits';
import { type FetchView, type KnownSwarm, swarmViewOf } from './swarm-view';
import { SwarmsService } from './swarms.service';
import { inquire, type TrackerAnswer } from './tracker-inquiry';

/** Fetches swarms ahead of demand: tells the peer what to fetch, and brings it together with who has it. */
@Injectable()
export class FetchService {
  private waiting = 0;

  constructor(
    private readonly peer: PeerService,
    private readonly registration: RegistrationService,
    private readonly swarms: SwarmsService,
  ) {}

  /**
   * Starts at once with the peers that are named, then asks the trackers and resolves. What is complete is left as it
   * is. Throws `SWARM_BLOCKED`, `SWARM_TOO_LARGE`, `SWARM_CONFLICT`, `FETCHES_BUSY` or `REGISTRATION_FULL`, and then has started nothing.
   */
  async start(request: FetchRequest): Promise<FetchView> {
    const { metadata, peers } = request;
    this.requireAllowed(metadata);
    const known = await this.swarms.find(metadata.swarmId);
    if (known !== undefined) requireSame(known, metadata);
    if (known !== undefined && swarmViewOf(known).complete) return { ...swarmViewOf(known), peers: 0, trackers: [] };
    this.join(metadata);
    const named = peers.map((address): Candidate => ({ address, priority: 0 }));
    this.peer.fetch(metadata, named);
    const { listed, answers } = await this.lookUp(request);
    this.peer.addPeers(metadata.swarmId, listed);
    const started = (await this.swarms.find(metadata.swarmId)) ?? { metadata };
    return {
      ...swarmViewOf(started),
      peers: named.length + listed.length,
      trackers: answers.map(({ url, peers: found, error }) => ({ url, peers: found.length, error: error ?? null })),
    };
  }

  /** Throws `SWARM_BLOCKED`, or `SWARM_TOO_LARGE` as far as the size is known: it would push out what it just fetched. */
  requireAllowed({ swarmId, contentBytes = 0 }: SwarmMetadata): void {
    if (this.peer.isBlocked(swarmId)) {
      throw new AdminError('SWARM_BLOCKED', `swarm ${swarmId} is blocked; unblock it first`);
    }
    const { capacityBytes } = this.peer.usage;
    if (contentBytes <= capacityBytes) return;
    const message = `swarm ${swarmId} has ${contentBytes} bytes, and the store takes ${capacityBytes}; give it more by store.capacity`;
    throw new AdminError('SWARM_TOO_LARGE', message);
  }

  private join({ swarmId }: SwarmMetadata): void {
    if (this.waiting >= limits.fetchesMax) {
      const message = `${limits.fetchesMax} fetches wait for trackers already; try again in a few seconds`;
      throw new AdminError('FETCHES_BUSY', message);
    }
    if (this.registration.join(swarmId, 'LEECH')) return;
    const message = 'we are in as many swarms as trackers are told of; purge some that nobody needs';
    throw new AdminError('REGISTRATION_FULL', message);
  }

  /** Peers known to the configured trackers, and to those of the request that are no configured ones. */
  private async lookUp({ metadata: { swarmId }, trackers }: FetchRequest) {
    this.waiting++;
    try {
      const configured = new Set(this.registration.trackers.map(({ url }) => url));
      const others = [...new Set(trackers)].filter((url) => !configured.has(url));
      const [tracked, answers] = await Promise.all([
        this.registration.peersFor(swarmId, (peers) => this.peer.addPeers(swarmId, candidatesOf(peers))),
        Promise.all(others.map((url) => inquire(url, swarmId, this.registration.forbids))),
      ]);
      return { listed: candidatesOf([...tracked, ...this.believed(answers)]), answers };
    } finally {
      this.waiting--;
    }
  }

  /** A tracker may lie: what cannot be a peer's address, or is ours, is left out. */
  private believed(answers: readonly TrackerAnswer[]) {
    const { addresses, onLoopback: allowLoopback } = this.peer;
    const { peerId } = this.registration;
    const lists = answers.map(({ peers }) => peers);
    return mergePeers(lists, { peerId, addresses, allowLoopback }, () => undefined);
  }
}

/** Throws `SWARM_CONFLICT`. A chunk size is proven by what is stored; of a swarm that is merely open it is a guess. */
function requireSame({ metadata: known, stored }: KnownSwarm, wanted: SwarmMetadata): void {
  const { hash, addressing, chunkSize } = known;
  const sameSize = stored === undefined || chunkSize === wanted.chunkSize;
  if (hash === wanted.hash && addressing === wanted.addressing && sameSize) return;
  const message = `swarm ${known.swarmId} is known with ${hash}, ${addressing} and chunks of ${chunkSize} bytes; ask for that, or purge it first`;
  throw new AdminError('SWARM_CONFLICT', message);
}

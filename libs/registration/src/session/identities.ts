import type { PeerMode } from '@weir/ppstp';

/**
 * One peer ID of ours that a tracker has in TRACKING (RFC 7846 section 2.3). All its swarms were joined in one mode:
 * table 6 has no row that mixes them.
 */
export interface Identity {
  readonly peerId: string;
  readonly mode: PeerMode;
  readonly swarms: Set<string>;
  /** When it reports next, Unix milliseconds. */
  reportAt: number;
  /**
   * Whether swarms were joined since it last reported of all of them: a tracker that restarted before such a JOIN takes it
   * for a CONNECT from START, and has us in nothing else.
   */
  unsure: boolean;
}

/** Where we are registered at one tracker, and as whom. As many identities as swarms at most. */
export class Identities {
  private readonly identities = new Set<Identity>();
  private readonly bySwarm: Readonly<Record<PeerMode, Map<string, Identity>>> = { SEEDER: new Map(), LEECH: new Map() };
  /** Peer IDs that the tracker should know no more, or never knew, to be taken first. */
  private spare: string[];

  constructor(
    peerId: string,
    private readonly freshId: () => string,
  ) {
    this.spare = [peerId];
  }

  [Symbol.iterator](): IterableIterator<Identity> {
    return this.identities.values();
  }

  get size(): number {
    return this.identities.size;
  }

  /** Swarms that we are in, in any mode. */
  get swarms(): number {
    const { SEEDER: seeding, LEECH: leeching } = this.bySwarm;
    let both = 0;
    for (const swarmId of leeching.keys()) if (seeding.has(swarmId)) both++;
    return seeding.size + leeching.size - both;
  }

  has(identity: Identity): boolean {
    return this.identities.has(identity);
  }

  /**
   * Whether we are in the swarm as well as we can be. Once joined as LEECH, a swarm that has become complete stays so:
   * SEEDER is said at "start (or re-start)" only (section 4.1.1), and invalid while TRACKING (table 6).
   */
  covers(swarmId: string, mode: PeerMode): boolean {
    return this.bySwarm.LEECH.has(swarmId) || (mode === 'SEEDER' && this.bySwarm.SEEDER.has(swarmId));
  }

  /** Whoever is in the swarm. */
  in(swarmId: string): Identity | undefined {
    return this.bySwarm.LEECH.get(swarmId) ?? this.bySwarm.SEEDER.get(swarmId);
  }

  /** Whoever may ask about the swarm: who is in it, else anyone. */
  speaker(swarmId: string): Identity | undefined {
    return this.in(swarmId) ?? this.first('LEECH') ?? this.first('SEEDER');
  }

  first(mode: PeerMode): Identity | undefined {
    for (const identity of this.identities) if (identity.mode === mode) return identity;
    return undefined;
  }

  /** A peer ID for a registration, and whether it may have a past at the tracker. */
  takeId(): { readonly peerId: string; readonly used: boolean } {
    const spare = this.spare.shift();
    return spare === undefined ? { peerId: this.freshId(), used: false } : { peerId: spare, used: true };
  }

  /** The peer ID of a registration of which nothing became known. */
  giveBack(peerId: string): void {
    this.spare.unshift(peerId);
  }

  /** No peer ID is used again: the tracker may still know those that we take for forgotten. */
  dropSpares(): void {
    this.spare = [];
  }

  /** A registration has begun. */
  add(identity: Identity): void {
    this.identities.add(identity);
    for (const swarmId of identity.swarms) this.bySwarm[identity.mode].set(swarmId, identity);
  }

  /** Nothing if the identity was found to be forgotten meanwhile: then it is registered anew, with all its swarms. */
  join(identity: Identity, swarmId: string): void {
    if (!this.identities.has(identity)) return;
    identity.swarms.add(swarmId);
    identity.unsure = true;
    this.bySwarm[identity.mode].set(swarmId, identity);
  }

  /** Ends the registration with its last swarm. */
  leave(identity: Identity, swarmId: string): void {
    identity.swarms.delete(swarmId);
    this.unlist(identity, swarmId);
    if (identity.swarms.size === 0) this.forget(identity);
  }

  /** The tracker knows the identity no more. */
  forget(identity: Identity): void {
    if (!this.identities.delete(identity)) return;
    for (const swarmId of identity.swarms) this.unlist(identity, swarmId);
    this.spare.push(identity.peerId);
  }

  /** Another identity may be in the swarm by now. */
  private unlist(identity: Identity, swarmId: string): void {
    const of = this.bySwarm[identity.mode];
    if (of.get(swarmId) === identity) of.delete(swarmId);
  }
}

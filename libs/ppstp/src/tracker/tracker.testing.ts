import { parsePrefix } from '@weir/ppspp';
import type { PeerAddress } from '../message/fields';
import type { PeerInfo } from '../message/peer-info';
import type { PeerMode, PeerNumber, StreamStats, SwarmAction } from '../message/request';
import type { Response } from '../message/response';
import type { Principal, RequestContext } from './context';
import { defaultTrackerOptions, type TrackerOptions } from './options';
import { Tracker } from './tracker';

const second = 1_000_000;

/** A tracker in a world of its own: time that stands until it is moved, dice that repeat, and peers by name. */
export class TrackerWorld {
  readonly tracker: Tracker;
  now = 0;
  private transactions = 0;

  constructor(options: Partial<TrackerOptions> = {}, seed = 1) {
    this.tracker = new Tracker({ ...defaultTrackerOptions, ...options }, diceOf(seed));
  }

  pass(seconds: number): void {
    this.now += seconds * second;
  }

  connect(peerId: string, actions: readonly SwarmAction[], more: ConnectMore = {}): Response {
    const { addresses = [hostOf(peerId)], peerNumber } = more;
    const request = { type: 'CONNECT', ...this.base(peerId), actions, addresses, peerNumber } as const;
    return this.tracker.handle(request, this.context(peerId, more));
  }

  find(peerId: string, swarmId: string, more: FindMore = {}): Response {
    const request = { type: 'FIND', ...this.base(peerId), swarmId, peerNumber: more.peerNumber } as const;
    return this.tracker.handle(request, this.context(peerId, more));
  }

  /** What a registered peer finds. */
  peersOf(peerId: string, swarmId: string, more: FindMore = {}): readonly PeerInfo[] {
    return this.find(peerId, swarmId, more).results[0]?.peers ?? [];
  }

  report(peerId: string, swarmIds: readonly string[] = [], more: ReportMore = {}): Response {
    const stats = swarmIds.map((swarmId) => ({
      swarmId,
      uploadedBytes: 1,
      downloadedBytes: 2,
      availableBandwidth: 3,
      concurrentLinks: 4,
      ...more.stats,
    }));
    return this.tracker.handle({ type: 'STAT_REPORT', ...this.base(peerId), stats }, this.context(peerId, more));
  }

  private base(peerId: string) {
    return { transactionId: String(++this.transactions), peerId };
  }

  private context(peerId: string, { from = ipOf(peerId), principal }: Asker): RequestContext {
    return { now: this.now, from: { ip: from, port: 50_000 }, principal };
  }
}

/** Who asks: without more, whoever has the peer ID, from its address. */
interface Asker {
  readonly from?: string;
  readonly principal?: Principal;
}

interface FindMore extends Asker {
  readonly peerNumber?: PeerNumber;
}

interface ConnectMore extends FindMore {
  readonly addresses?: readonly PeerAddress[];
}

interface ReportMore extends Asker {
  readonly stats?: Partial<StreamStats>;
}

/** Dice that fall the same for the same seed (Park and Miller's generator). */
export function diceOf(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** The address of the peer `10.0.0.7` is 10.0.0.7: a peer that is named by an address lives there, others at one place. */
export function hostOf(peerId: string, port = 7000): PeerAddress {
  return { ip: ipOf(peerId), port, priority: 1, type: 'HOST' };
}

export function join(swarmId: string, mode: PeerMode): SwarmAction {
  return { swarmId, action: 'JOIN', mode };
}

export function leave(swarmId: string, mode: PeerMode = 'LEECH'): SwarmAction {
  return { swarmId, action: 'LEAVE', mode };
}

export function prefixes(...texts: string[]) {
  return texts.flatMap((text) => parsePrefix(text) ?? []);
}

/** The peer IDs of the first list in the response. */
export function listed(response: Response): string[] | undefined {
  return response.results.find(({ peers }) => peers !== undefined)?.peers?.map(({ peerId }) => peerId);
}

function ipOf(peerId: string): string {
  return /^[\d.]+$|:/.test(peerId) ? peerId : '198.51.100.1';
}

import { parsePrefix } from '@weir/ppspp';
import type { PeerAddress } from '../message/fields';
import type { PeerMode, PeerNumber, SwarmAction } from '../message/request';
import type { Response } from '../message/response';
import { defaultTrackerOptions, type TrackerOptions } from './options';
import { Tracker } from './tracker';

const second = 1_000_000;

/** A tracker in a world of its own: time that stands until it is moved, dice that repeat, and peers by name. */
export class TrackerWorld {
  readonly tracker: Tracker;
  now = 0;
  private transactions = 0;
  private dice = 1;

  constructor(options: Partial<TrackerOptions> = {}) {
    this.tracker = new Tracker({ ...defaultTrackerOptions, ...options }, () => {
      this.dice = (this.dice * 48_271) % 2_147_483_647;
      return this.dice / 2_147_483_647;
    });
  }

  pass(seconds: number): void {
    this.now += seconds * second;
  }

  connect(peerId: string, actions: readonly SwarmAction[], more: ConnectMore = {}): Response {
    const { addresses = [hostOf(peerId)], peerNumber, from } = more;
    const request = { type: 'CONNECT', ...this.base(peerId), actions, addresses, peerNumber } as const;
    return this.tracker.handle(request, this.context(peerId, from));
  }

  find(peerId: string, swarmId: string, peerNumber?: PeerNumber): Response {
    return this.tracker.handle({ type: 'FIND', ...this.base(peerId), swarmId, peerNumber }, this.context(peerId));
  }

  report(peerId: string, swarmIds: readonly string[] = []): Response {
    const stats = swarmIds.map((swarmId) => ({
      swarmId,
      uploadedBytes: 1,
      downloadedBytes: 2,
      availableBandwidth: 3,
      concurrentLinks: 4,
    }));
    return this.tracker.handle({ type: 'STAT_REPORT', ...this.base(peerId), stats }, this.context(peerId));
  }

  private base(peerId: string) {
    return { transactionId: String(++this.transactions), peerId };
  }

  private context(peerId: string, from = ipOf(peerId)) {
    return { now: this.now, from: { ip: from, port: 50_000 } };
  }
}

interface ConnectMore {
  readonly addresses?: readonly PeerAddress[];
  readonly peerNumber?: PeerNumber;
  readonly from?: string;
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
  return /^[\d.]+$/.test(peerId) ? peerId : '198.51.100.1';
}

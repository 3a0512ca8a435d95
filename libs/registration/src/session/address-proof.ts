import type { PeerAddress } from '@weir/ppstp';

import type { Family } from '../client/connector';
import type { Answer } from '../client/ppstp-client';
import type { Clock } from '../clock';
import type { SessionClient } from './session-client';

/** How long a family is left alone that led nowhere: the tracker may have no address in it, or we no route. */
const lostMillis = 600_000;

/**
 * Proves to a tracker that the addresses are ours that we announce in another family than the one we spoke to it in: by a
 * keep-alive that comes from there. A tracker that takes nobody's word lists them only then.
 */
export class AddressProof {
  private readonly families: readonly Family[];
  private readonly lostAt = new Map<Family, number>();
  /** One proof at a time: it is no hurry, and a family that leads nowhere shows it once. */
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly client: Pick<SessionClient, 'statReport'>,
    private readonly clock: Clock,
    addresses: readonly PeerAddress[],
  ) {
    this.families = [...new Set(addresses.map(({ ip }) => familyOf(ip)))];
  }

  /** After the answer to a CONNECT from START. Where it does not tell what it came from, each family is proven. */
  prove(peerId: string, answer: Answer): void {
    const spoken =
      answer.ok && answer.response.peerAddress !== undefined ? familyOf(answer.response.peerAddress.ip) : 0;
    for (const family of this.families) {
      if (family === spoken || (spoken === 0 && this.families.length === 1)) continue;
      this.last = this.last.then(() => this.send(peerId, family));
    }
  }

  private async send(peerId: string, family: Family): Promise<void> {
    const lostAt = this.lostAt.get(family);
    if (lostAt !== undefined && this.clock.now() - lostAt < lostMillis) return;
    const answer = await this.client.statReport([], { peerId, family });
    if (answer.ok) this.lostAt.delete(family);
    else this.lostAt.set(family, this.clock.now());
  }
}

function familyOf(ip: string): Family {
  return ip.includes(':') ? 6 : 4;
}

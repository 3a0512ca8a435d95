import type { PeerAddress } from '@weir/ppstp';

import type { Answer, Speaker } from '../client/ppstp-client';
import { settled, TestClock } from '../registration.testing';
import { AddressProof } from './address-proof';

const ipv4: PeerAddress = { ip: '192.0.2.1', port: 7000, priority: 1, type: 'HOST' };
const ipv6: PeerAddress = { ...ipv4, ip: '2001:db8::1' };

function seenAs(peerAddress?: PeerAddress): Answer {
  return { ok: true, response: { transactionId: 't', errorCode: 0, results: [], ...(peerAddress && { peerAddress }) } };
}

class Bench {
  readonly clock = new TestClock();
  readonly sent: Speaker[] = [];
  answer: Answer = seenAs();

  proof(...addresses: readonly PeerAddress[]): AddressProof {
    const statReport = (_: unknown, speaker: Speaker = {}) => {
      this.sent.push(speaker);
      return Promise.resolve(this.answer);
    };
    return new AddressProof({ statReport }, this.clock, addresses);
  }
}

describe('addresses of another family than the one that a tracker saw us in', () => {
  it('are proven by a keep-alive from there', async () => {
    const bench = new Bench();
    const proof = bench.proof(ipv4, ipv6);
    proof.prove('me', seenAs(ipv4));
    proof.prove('other', seenAs(ipv6));
    await settled();
    expect(bench.sent).toEqual([
      { peerId: 'me', family: 6 },
      { peerId: 'other', family: 4 },
    ]);
  });

  it('are each proven if it does not tell what it saw; one alone needs none', async () => {
    const bench = new Bench();
    bench.proof(ipv4, ipv6).prove('me', seenAs());
    bench.proof(ipv4).prove('me', seenAs());
    bench.proof(ipv4).prove('me', seenAs(ipv4));
    bench.proof(ipv6).prove('you', seenAs(ipv4));
    await settled();
    expect(bench.sent).toEqual([
      { peerId: 'me', family: 4 },
      { peerId: 'you', family: 6 },
      { peerId: 'me', family: 6 },
    ]);
  });

  it('are left alone for a while if nothing leads there', async () => {
    const bench = new Bench();
    bench.answer = { ok: false, fault: 'unreachable', reason: 'ENETUNREACH' };
    const proof = bench.proof(ipv4, ipv6);
    proof.prove('me', seenAs(ipv4));
    proof.prove('other', seenAs(ipv4));
    await settled();
    expect(bench.sent).toHaveLength(1);
    await bench.clock.pass(600_000);
    proof.prove('third', seenAs(ipv4));
    await settled();
    expect(bench.sent).toHaveLength(2);
  });
});

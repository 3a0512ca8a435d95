import type { PeerInfo } from '@weir/ppstp';

import { peersPerLookupMax } from './limits';
import { mergePeers } from './tracked-peers';

const filter = { peerId: 'me', addresses: [{ ip: '10.0.0.1', port: 7000 }], allowLoopback: false };

function peer(ip: string, priority = 1, peerId = ip): PeerInfo {
  return { peerId, address: { ip, port: 7000, priority, type: 'HOST' } };
}

function merged(lists: readonly (readonly PeerInfo[])[], allowLoopback = false) {
  const refused: string[] = [];
  const peers = mergePeers(lists, { ...filter, allowLoopback }, (reason) => refused.push(reason));
  return { ips: peers.map(({ address }) => address.ip), peers, refused };
}

describe('the lists of several trackers', () => {
  it('make one, the highest priority first, each address once', () => {
    const { peers } = merged([[peer('10.0.0.2'), peer('10.0.0.3', 2)], [peer('10.0.0.2', 5, 'other')]]);
    expect(peers).toEqual([
      { peerId: 'other', address: { ip: '10.0.0.2', port: 7000 }, priority: 5 },
      { peerId: '10.0.0.3', address: { ip: '10.0.0.3', port: 7000 }, priority: 2 },
    ]);
  });

  it('do not name ourselves, by address or by peer ID', () => {
    expect(merged([[peer('10.0.0.1'), peer('10.0.0.2', 1, 'me')]])).toMatchObject({ ips: [], refused: ['own', 'own'] });
  });

  it('name nobody who cannot be a peer', () => {
    const odd = ['0.0.0.0', '224.0.0.1', '255.255.255.255', '169.254.169.254', 'ff02::1', '::', 'fe80::1'];
    expect(merged([odd.map((ip) => peer(ip))])).toMatchObject({ ips: [], refused: odd.map(() => 'unusable') });
  });

  it('name peers on this host only in a lab', () => {
    expect(merged([[peer('127.0.0.1')]]).ips).toEqual([]);
    expect(merged([[peer('127.0.0.1')]], true).ips).toEqual(['127.0.0.1']);
  });

  it('are no longer than the bound', () => {
    const many = Array.from({ length: peersPerLookupMax + 1 }, (_, at) =>
      peer(`10.1.${String(at >> 8)}.${String(at & 255)}`),
    );
    expect(merged([many, [peer('10.9.9.9', 9)]]).ips).toHaveLength(peersPerLookupMax);
    expect(merged([many, [peer('10.9.9.9', 9)]]).ips[0]).toBe('10.9.9.9');
  });
});

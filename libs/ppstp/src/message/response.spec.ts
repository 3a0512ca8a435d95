import * as fc from 'fast-check';

import { limits } from '../limits';
import { responseRoot } from './definitions';
import { otherwise } from './lenient.testing';
import { anyCarelessResponse, anyPeer, anyResponse } from './message.testing';
import { renderPeer } from './peer-info';
import { decodeResponse, encodeResponse, errorCodes, errorResponse, faultResponse, type PeerInfo } from './response';

const inRoot = (body: string) => `{"PPSPTrackerProtocol": ${body}}`;

const response = (members: object = {}) =>
  inRoot(JSON.stringify({ version: 1, response_type: 0, error_code: 0, transaction_id: '7', ...members }));

const peerOf = (address: string) => ({
  peer_id: 'ab',
  peer_addr: { ip_address: { address_type: 'ipv4', address }, port: 80, priority: 1, type: 'HOST' },
});
const withPeers = (peers: unknown) =>
  response({ swarm_result: { swarm_id: '11', result: 0, peer_group: { peer_info: peers } } });

describe('responses, RFC 7846 section 3.3.4', () => {
  it('are sent as section 3 defines them, whatever the tracker would say beside an error', () => {
    fc.assert(
      fc.property(fc.oneof(anyResponse, anyCarelessResponse), (message) => {
        const sent: unknown = JSON.parse(encodeResponse(message));
        expect(responseRoot.parse(sent)).toEqual(sent);
        // One byte for each character, which who writes it may count on.
        expect(encodeResponse(message)).toMatch(/^[\x21-\x7e]+$/);
      }),
    );
  });

  it('mean the same in each form that they may come in', () => {
    fc.assert(
      fc.property(anyResponse, fc.infiniteStream(fc.boolean()), (message, whims) => {
        const text = otherwise(encodeResponse(message), () => whims.next().value === true);
        expect(decodeResponse(text)).toEqual({ ok: true, message });
      }),
    );
  });

  it('say the same of peers that have their text with them', () => {
    fc.assert(
      fc.property(fc.array(anyPeer), (peers) => {
        const listing = (listed: readonly PeerInfo[]) =>
          encodeResponse({
            transactionId: '7',
            errorCode: 0,
            results: [{ swarmId: '11', successful: true, peers: listed }],
          });
        expect(listing(peers.map((peer) => ({ ...peer, json: renderPeer(peer) })))).toBe(listing(peers));
      }),
    );
  });

  it('have the text of a peer as it is', () => {
    const address = { ip: '192.0.2.1', port: 1, priority: 1, type: 'HOST' } as const;
    const peers = [{ peerId: 'ab', address, json: '{"peer_id":"cd"}' }];
    const text = encodeResponse({
      transactionId: '7',
      errorCode: 0,
      results: [{ swarmId: '11', successful: true, peers }],
    });
    expect(text).toContain('{"peer_info":[{"peer_id":"cd"}]}');
  });

  it('round-trips any response', () => {
    fc.assert(
      fc.property(anyResponse, (message) => {
        expect(decodeResponse(encodeResponse(message))).toEqual({ ok: true, message });
      }),
    );
  });

  it('never throws, whatever JSON comes', () => {
    fc.assert(fc.property(fc.json(), (text) => expect(decodeResponse(inRoot(text)).ok).toBe(false)));
  });

  it.each(Object.entries(errorCodes))('writes an error with nothing but its code: %s', (_, code) => {
    expect(JSON.parse(encodeResponse(errorResponse('7', code)))).toEqual({
      PPSPTrackerProtocol: { version: 1, response_type: code === 0 ? 0 : 1, error_code: code, transaction_id: '7' },
    });
  });

  it('answers each fault with its code (section 4.3)', () => {
    expect(faultResponse('too-long', '').errorCode).toBe(1);
    expect(faultResponse('malformed', '7')).toEqual({ transactionId: '7', errorCode: 1, results: [] });
    expect(faultResponse('version', '7').errorCode).toBe(2);
  });

  it('reads codes that are strings of digits', () => {
    expect(decodeResponse(response({ response_type: '1', error_code: '03' }))).toMatchObject({
      message: { errorCode: 3 },
    });
  });

  it('leaves out the peers that it cannot read, and keeps the others', () => {
    const text = withPeers([peerOf('example.org'), peerOf('192.0.2.1'), null, { peer_id: 'ab' }]);
    expect(decodeResponse(text)).toMatchObject({
      message: { results: [{ peers: [{ peerId: 'ab', address: { ip: '192.0.2.1' } }] }] },
    });
  });

  it('reads a peer at several addresses as several peers', () => {
    const addresses = [peerOf('192.0.2.1').peer_addr, peerOf('192.0.2.2').peer_addr];
    const decoded = decodeResponse(withPeers({ peer_id: 'ab', peer_addr: addresses }));
    expect(ips(decoded)).toEqual(['192.0.2.1', '192.0.2.2']);
  });

  it('reads a peer without what is optional and cannot be read', () => {
    const peer = peerOf('192.0.2.1');
    const odd = { ...peer, peer_addr: { ...peer.peer_addr, connection: 'satellite', asn: 64_496, peer_protocol: '' } };
    expect(ips(decodeResponse(withPeers([odd])))).toEqual(['192.0.2.1']);
  });

  it('reads no more peers than its limit', () => {
    const many = Array.from({ length: limits.peersPerListMax + 1 }, () => peerOf('192.0.2.1'));
    expect(ips(decodeResponse(withPeers(many)))).toHaveLength(limits.peersPerListMax);
  });

  it('does without a public address that it cannot read', () => {
    expect(decodeResponse(response({ peer_addr: { ip_address: '192.0.2.1' } }))).toMatchObject({ ok: true });
  });

  it.each([[[]], [null], [undefined]])('reads %j as no swarm result', (swarm_result) => {
    expect(decodeResponse(response({ swarm_result }))).toMatchObject({ ok: true, message: { results: [] } });
  });

  it.each([
    ['a success with an error code', response({ error_code: 3 })],
    ['a failure without one', response({ response_type: 1 })],
    ['an unknown response type', response({ response_type: 2, error_code: 1 })],
    ['a code beyond a byte', response({ response_type: 1, error_code: 256 })],
    ['no transaction ID', response({ transaction_id: undefined })],
    ['a swarm result without a result', response({ swarm_result: [{ swarm_id: '11' }] })],
  ])('refuses %s', (_, text) => {
    expect(decodeResponse(text)).toMatchObject({ ok: false, fault: 'malformed' });
  });

  it('refuses a message longer than the limit', () => {
    const text = response();
    expect(decodeResponse(text + ' '.repeat(limits.responseCharsMax - text.length)).ok).toBe(true);
    expect(decodeResponse(text + ' '.repeat(limits.responseCharsMax - text.length + 1)).ok).toBe(false);
  });

  it('has values enough for as many peers as fit', () => {
    const peer = { peer_id: 'a', peer_addr: { ...peerOf('1.1.1.1').peer_addr, port: 1, type: undefined } };
    const room = Math.floor((limits.responseCharsMax - withPeers([]).length) / (JSON.stringify(peer).length + 1));
    expect(ips(decodeResponse(withPeers(Array<unknown>(room).fill(peer))))).toHaveLength(limits.peersPerListMax);
  });

  it('lets the tracker write as many peers as it may, with the longest swarm IDs', () => {
    const address = {
      ip: '2001:db8:1111:1111:1111:1111:1111:1111',
      port: 65_535,
      priority: 2,
      type: 'REFLEXIVE' as const,
      connection: 'wireless' as const,
      asn: 'f'.repeat(limits.labelCharsMax),
      peerProtocol: 'f'.repeat(limits.labelCharsMax),
    };
    const peer: PeerInfo = { peerId: 'f'.repeat(limits.peerIdCharsMax), address };
    const swarmId = 'f'.repeat(limits.swarmIdCharsMax);
    const results = Array.from({ length: limits.resultsPerResponseMax }, () => ({ swarmId, successful: true }));
    const peers = Array.from({ length: limits.peersPerResponseMax }, () => peer);
    const text = encodeResponse({
      transactionId: '7',
      errorCode: 0,
      results: [{ swarmId, successful: true, peers }, ...results.slice(1)],
    });
    expect(decodeResponse(text).ok).toBe(true);
  });
});

function ips(decoded: ReturnType<typeof decodeResponse>) {
  return decoded.ok ? decoded.message.results[0]?.peers?.map(({ address }) => address.ip) : undefined;
}

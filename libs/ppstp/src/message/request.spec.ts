import * as fc from 'fast-check';

import { limits } from '../limits';
import { anyRequest } from './message.testing';
import { decodeRequest, encodeRequest } from './request';
import { requestExamples } from './rfc-examples.testing';

const inRoot = (body: string) => `{"PPSPTrackerProtocol": ${body}}`;

/** A CONNECT in order, with members exchanged. */
const connect = (body: object = {}, data: object = {}) =>
  inRoot(
    JSON.stringify({
      version: 1,
      request_type: 'CONNECT',
      transaction_id: '7',
      peer_id: 'ab',
      connect: { swarm_action: [{ swarm_id: '11', action: 'JOIN', peer_mode: 'LEECH' }], ...data },
      ...body,
    }),
  );

const address = (members: object) => ({
  peer_addr: {
    ip_address: { address_type: 'ipv4', address: '192.0.2.1' },
    port: 1,
    priority: 1,
    type: 'HOST',
    ...members,
  },
});

describe('requests, RFC 7846 section 3.3.3', () => {
  it.each(requestExamples)('decodes $name', ({ wire, message }) => {
    expect(decodeRequest(inRoot(wire))).toEqual({ ok: true, message });
  });

  it.each(requestExamples)('encodes $name, as it is defined', ({ message, sent }) => {
    expect(JSON.parse(encodeRequest(message))).toEqual(JSON.parse(inRoot(sent)));
  });

  it('round-trips any request', () => {
    fc.assert(
      fc.property(anyRequest, (message) => {
        expect(decodeRequest(encodeRequest(message))).toEqual({ ok: true, message });
      }),
    );
  });

  it('refuses each strict prefix', () => {
    const text = encodeRequest({ type: 'FIND', transactionId: '1', peerId: '2', swarmId: '33' });
    for (let end = 0; end < text.length; end++) {
      expect(decodeRequest(text.slice(0, end))).toEqual({ ok: false, fault: 'malformed', transactionId: '' });
    }
  });

  it('never throws, whatever JSON comes', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(decodeRequest(text).ok).toBe(false);
        expect(decodeRequest(inRoot(text)).ok).toBe(false);
      }),
    );
  });

  it('ignores members that it does not know (section 4.4)', () => {
    expect(decodeRequest(connect({ colour: 'red' }, { hat: { size: 3 } })).ok).toBe(true);
  });

  it('has one form for a swarm ID in hex', () => {
    const action = { swarm_id: 'ABcd', action: 'JOIN', peer_mode: 'LEECH' };
    expect(decodeRequest(connect({}, { swarm_action: action }))).toMatchObject({
      message: { actions: [{ swarmId: 'abcd' }] },
    });
  });

  it('takes a STAT_REPORT of another property, or of none, for a keep-alive', () => {
    const report = (data: object) =>
      inRoot(JSON.stringify({ version: 1, request_type: 'STAT_REPORT', transaction_id: '7', peer_id: 'ab', ...data }));
    expect(decodeRequest(report({}))).toMatchObject({ ok: true, message: { stats: [] } });
    expect(decodeRequest(report({ stat_report: { type: 'MOOD', stat: ['fine'] } }))).toMatchObject({
      ok: true,
      message: { stats: [] },
    });
  });

  it('reads an IPv4-mapped address as the IPv4 address', () => {
    const mapped = address({ ip_address: { address_type: 'ipv6', address: '::ffff:192.0.2.7' } });
    expect(decodeRequest(connect({}, mapped))).toMatchObject({ message: { addresses: [{ ip: '192.0.2.7' }] } });
  });

  const refused: Record<string, string> = {
    'no request type': connect({ request_type: undefined }),
    'an unknown request type': connect({ request_type: 'HELLO' }),
    'no peer ID': connect({ peer_id: '' }),
    'a peer ID with a space': connect({ peer_id: 'a b' }),
    'a peer ID too long': connect({ peer_id: 'a'.repeat(limits.peerIdCharsMax + 1) }),
    'no data': connect({ connect: undefined }),
    'no swarm action': connect({}, { swarm_action: [] }),
    'too many swarm actions': connect({}, { swarm_action: actions(limits.actionsPerConnectMax + 1) }),
    'an unknown action': connect({}, { swarm_action: { swarm_id: '11', action: 'HUG', peer_mode: 'LEECH' } }),
    'a swarm ID too long': connect({}, { swarm_action: actions(1, 'a'.repeat(limits.swarmIdCharsMax + 1)) }),
    'a negative count': connect({}, { peer_num: { peer_count: -1 } }),
    'a fraction': connect({}, { peer_num: { peer_count: 1.5 } }),
    'an integer beyond 2^53': connect({}, { peer_num: { peer_count: '9999999999999999' } }),
    'port 0': connect({}, address({ port: 0 })),
    'port 65536': connect({}, address({ port: 65_536 })),
    'a host name': connect({}, address({ ip_address: { address_type: 'ipv4', address: 'localhost' } })),
    'an address of another family': connect(
      {},
      address({ ip_address: { address_type: 'ipv6', address: '192.0.2.1' } }),
    ),
  };

  it.each(Object.entries(refused))('refuses %s', (_, text) => {
    expect(decodeRequest(text)).toEqual({ ok: false, fault: 'malformed', transactionId: '7' });
  });

  it('refuses another version by name', () => {
    expect(decodeRequest(connect({ version: 2, request_type: 'HELLO' }))).toEqual({
      ok: false,
      fault: 'version',
      transactionId: '7',
    });
  });

  it('keeps no transaction ID that it cannot echo', () => {
    expect(decodeRequest(connect({ transaction_id: 'x'.repeat(limits.transactionIdCharsMax + 1) }))).toMatchObject({
      ok: false,
      transactionId: '',
    });
  });

  it('refuses a message longer than the limit without reading it', () => {
    const text = connect();
    const padded = text + ' '.repeat(limits.requestCharsMax - text.length);
    expect(decodeRequest(padded).ok).toBe(true);
    expect(decodeRequest(`${padded} `)).toEqual({ ok: false, fault: 'too-long', transactionId: '' });
  });
});

describe('limits of requests', () => {
  const id = 'f'.repeat(limits.swarmIdCharsMax);
  const base = { transactionId: 'f'.repeat(128), peerId: 'f'.repeat(128) };

  it('let a CONNECT have all its actions, whatever their swarm IDs', () => {
    const addresses = Array.from({ length: limits.addressesPerPeerMax }, () => ({
      ip: '2001:db8:1111:1111:1111:1111:1111:1111',
      port: 65_535,
      priority: Number.MAX_SAFE_INTEGER,
      type: 'REFLEXIVE' as const,
      asn: 'f'.repeat(limits.labelCharsMax),
      peerProtocol: 'f'.repeat(limits.labelCharsMax),
    }));
    const leave = { swarmId: id, action: 'LEAVE' as const, mode: 'SEEDER' as const };
    const joins = Array.from({ length: limits.actionsPerConnectMax }, () => leave);
    expect(decodeRequest(encodeRequest({ ...base, type: 'CONNECT', addresses, actions: joins })).ok).toBe(true);
  });

  it('let a STAT_REPORT have all its statistics', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const stats = Array.from({ length: limits.statsPerReportMax }, () => ({
      swarmId: id,
      uploadedBytes: most,
      downloadedBytes: most,
      availableBandwidth: most,
      concurrentLinks: most,
    }));
    expect(decodeRequest(encodeRequest({ ...base, type: 'STAT_REPORT', stats })).ok).toBe(true);
  });
});

function actions(count: number, swarmId = '11') {
  return Array.from({ length: count }, () => ({ swarm_id: swarmId, action: 'JOIN', peer_mode: 'LEECH' }));
}

import * as fc from 'fast-check';

import { limits } from '../limits';
import { requestRoot } from './definitions';
import { otherwise } from './lenient.testing';
import { anyRequest } from './message.testing';
import { decodeRequest } from './read-request';
import { encodeRequest } from './request';

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
  it('are sent as section 3 defines them, whatever they say', () => {
    fc.assert(
      fc.property(anyRequest, (message) => {
        const sent: unknown = JSON.parse(encodeRequest(message));
        expect(requestRoot.parse(sent)).toEqual(sent);
      }),
    );
  });

  it('mean the same in each form that they may come in', () => {
    fc.assert(
      fc.property(anyRequest, fc.infiniteStream(fc.boolean()), (message, whims) => {
        const text = otherwise(encodeRequest(message), () => whims.next().value === true);
        expect(decodeRequest(text)).toEqual({ ok: true, message });
      }),
    );
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

  it('asks for no more peers than it should (section 3.2.2)', () => {
    const asked = (peerCount: number) =>
      encodeRequest({ type: 'FIND', transactionId: '1', peerId: '2', swarmId: '33', peerNumber: { peerCount } });
    expect(asked(1_000)).toBe(asked(limits.peerCountMax));
  });

  it('reads the members of FIND where they stand first: in `find`', () => {
    const find = (data: object) =>
      decodeRequest(
        inRoot(JSON.stringify({ version: 1, request_type: 'FIND', transaction_id: '7', peer_id: 'ab', ...data })),
      );
    expect(find({ swarm_id: '22', find: { swarm_id: '11' } })).toMatchObject({ message: { swarmId: '11' } });
    expect(find({ swarm_id: '22', find: { swarm_id: '' } }).ok).toBe(false);
    expect(find({ swarm_id: '22', find: null }).ok).toBe(false);
    expect(find({ peer_num: { peer_count: 1 } }).ok).toBe(false);
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
    'an integer beyond 2^53': connect({}, { peer_num: { peer_count: 2 ** 53 } }),
    'an integer beyond 2^53 as a string': connect({}, { peer_num: { peer_count: '9007199254740992' } }),
    'a string of no digits': connect({}, { peer_num: { peer_count: '' } }),
    'a number that JavaScript would read': connect({}, { peer_num: { peer_count: '0x10' } }),
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

  it.each([
    ['whose message is ours', connect({ version: 2 })],
    ['whose message we cannot read', connect({ version: 2, request_type: 'HELLO', connect: [] })],
    ['that is reserved', connect({ version: 0 })],
    ['in a string', connect({ version: '3' })],
  ])('refuses a version %s by its own fault', (_, text) => {
    expect(decodeRequest(text)).toEqual({ ok: false, fault: 'version', transactionId: '7' });
  });

  it('refuses a message without a version, or with what is none', () => {
    for (const version of [undefined, null, 'one', -1, 1.5, [1]]) {
      expect(decodeRequest(connect({ version }))).toEqual({ ok: false, fault: 'malformed', transactionId: '7' });
    }
    expect(decodeRequest(connect({ version: '1' })).ok).toBe(true);
  });

  it.each(['é', 'a b', 'a\n', '\u0000', '\ud800', '😀'])('lets no name in that is not visible ASCII: %j', (name) => {
    const asn = address({ asn: name });
    const protocol = address({ peer_protocol: name });
    const action = { swarm_action: { swarm_id: name, action: 'JOIN', peer_mode: 'LEECH' } };
    const texts = [
      connect({ peer_id: name }),
      connect({ transaction_id: name }),
      ...[asn, protocol, action].map((data) => connect({}, data)),
    ];
    expect(texts.filter((text) => decodeRequest(text).ok)).toEqual([]);
    expect(decodeRequest(connect({ transaction_id: name }))).toMatchObject({ transactionId: '' });
  });

  it('refuses a message in which a name stands twice, wherever it is', () => {
    const twice = connect().replace('"peer_id":"ab"', '"peer_id":"ab","peer_id":"cd"');
    expect(decodeRequest(twice)).toEqual({ ok: false, fault: 'malformed', transactionId: '' });
    const within = connect().replace('"action":"JOIN"', '"action":"JOIN","action":"LEAVE"');
    expect(decodeRequest(within)).toEqual({ ok: false, fault: 'malformed', transactionId: '' });
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
  it('bound the values that are read for nothing', () => {
    const ignored = (values: number) => connect({ ignored: Array<number>(values).fill(0) });
    const others = connect({ ignored: [] }).match(/[,{[]/g) ?? [];
    const room = limits.requestValuesMax - others.length;
    expect(decodeRequest(ignored(room)).ok).toBe(true);
    expect(decodeRequest(ignored(room + 1))).toEqual({ ok: false, fault: 'malformed', transactionId: '' });
  });

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

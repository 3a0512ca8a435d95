import { decodeResponse, encodeResponse, type PeerInfo, type Request, type Response } from '@weir/ppstp';
import { priorityMax } from './limits';
import { listFirst, type Listing } from './peer-list';

const listing: Listing = {
  service: { ip: '192.0.2.1', port: 6778 },
  peerId: 'weir-1',
  serves: (swarmId) => swarmId.startsWith('aa'),
};
const six: Listing = { ...listing, service: { ip: '2001:db8::1', port: 6778 } };
const find: Request = { type: 'FIND', transactionId: '7', peerId: 'other', swarmId: 'aa' };

const peer = (ip: string, priority: number): PeerInfo => ({
  peerId: 'p',
  address: { ip, port: 6778, priority, type: 'HOST' },
});

const response = (results: Response['results'], errorCode = 0): string =>
  encodeResponse({ transactionId: '7', errorCode, results });

const listed = (...peers: PeerInfo[]): string => response([{ swarmId: 'aa', successful: true, peers }]);

function read(text: string | undefined): [string, number][][] {
  const decoded = decodeResponse(text ?? '');
  if (!decoded.ok) return [];
  return decoded.message.results.map(({ peers = [] }) =>
    peers.map(({ address }): [string, number] => [address.ip, address.priority]),
  );
}

describe('listFirst', () => {
  it('puts us first, better than anybody', () => {
    const text = listed(peer('198.51.100.1', 1), peer('198.51.100.2', 9));
    expect(read(listFirst(text, find, listing))).toEqual([
      [
        ['192.0.2.1', 10],
        ['198.51.100.1', 1],
        ['198.51.100.2', 9],
      ],
    ]);
  });

  it('is listed as a super node alone, where nobody is', () => {
    expect(read(listFirst(listed(), find, six))).toEqual([[['2001:db8::1', 2]]]);
  });

  it('changes nothing but lists of swarms that we serve', () => {
    const results = ['bb', 'aa01', 'cc', 'aa02'].map((swarmId) => ({
      swarmId,
      successful: true,
      peers: [peer('198.51.100.1', 1)],
    }));
    const text = response(results).replace('"aa02","result":0', '"aa02","result":1');
    const changed = read(listFirst(text, find, listing));
    expect(changed.map((peers) => peers.length)).toEqual([1, 2, 1, 1]);
  });

  it('leaves every other character as it stands', () => {
    const before = `{ "PPSPTrackerProtocol" : {"version":1, "response_type": "0", "error_code":0.0,"transaction_id":"7",
      "x": [1.50, 12345678901234567890, "\\u00e4", {"peer_group": 1}],
      "swarm_result": [ {"swarm_id":"AA","result":0,"peer_group": { "y" :1, "peer_info": [`;
    const after = ` {"peer_id":"p","peer_addr":{"ip_address":{"address_type":"ipv4","address":"198.51.100.1"},
      "port":"1","priority":3,"type":"HOST","z":null}} ] }} ]}  }\n`;
    const changed = listFirst(before + after, find, listing);
    expect(changed?.startsWith(before)).toBe(true);
    expect(changed?.endsWith(`,${after}`)).toBe(true);
    expect(read(changed)).toEqual([
      [
        ['192.0.2.1', 4],
        ['198.51.100.1', 3],
      ],
    ]);
  });

  it.each([
    ['an object alone', '{"peer_info":PEER}', 2],
    ['no member', '{ }', 1],
    ['other members', '{"hat":[]}', 1],
    ['an empty array', '{"peer_info":[ ]}', 1],
  ])('makes a list of %s', (_, group, count) => {
    const info = JSON.stringify({
      peer_id: 'p',
      peer_addr: { ip_address: { address_type: 'ipv4', address: '198.51.100.1' }, port: 1, priority: 1, type: 'HOST' },
    });
    const text = listed().replace('{"peer_info":[]}', group.replace('PEER', info));
    expect(text).not.toBe(listed());
    const [peers = []] = read(listFirst(text, find, listing));
    expect(peers[0]).toEqual(['192.0.2.1', 2]);
    expect(peers).toHaveLength(count);
  });

  it('reads one result that stands without its array', () => {
    const text = listed().replace('[{"swarm_id"', '{"swarm_id"').replace('}]}}', '}}}');
    expect(read(listFirst(text, find, listing))).toEqual([[['192.0.2.1', 2]]]);
  });

  it('stays within what a client can read', () => {
    const text = listed(peer('198.51.100.1', Number.MAX_SAFE_INTEGER));
    expect(read(listFirst(text, find, listing))[0]?.[0]).toEqual(['192.0.2.1', priorityMax]);
  });

  const untouched: Record<string, [string, Request?]> = {
    'a failure': [response([], 3)],
    'no list': [response([{ swarmId: 'aa', successful: true }])],
    'a swarm that we do not serve': [response([{ swarmId: 'bb', successful: true, peers: [] }])],
    'another transaction': [listed(), { ...find, transactionId: '8' }],
    'no PPSTP': ['{"swarm_result":[]}'],
    'a list that we lead already': [listed(peer('192.0.2.1', 3), peer('198.51.100.1', 2))],
    'a list that is there twice': [listed().replace('"peer_group"', '"peer_group":{},"peer_group"')],
    'a list that is none': [listed().replace('[]', 'null')],
    'a group that is none': [listed().replace('{"peer_info":[]}', '[]')],
    'our own question': [listed(), { ...find, peerId: 'weir-1' }],
    'one of ours under another ID': [
      listed(),
      {
        type: 'CONNECT',
        transactionId: '7',
        peerId: 'x',
        addresses: [{ ip: '192.0.2.1', port: 6778, priority: 1, type: 'HOST' }],
        actions: [],
      },
    ],
    'what becomes too long': [listed() + ' '.repeat(262_144 - listed().length)],
  };

  it.each(Object.entries(untouched))('has nothing to change in %s', (_, [text, request = find]) => {
    expect(listFirst(text, request, listing)).toBeUndefined();
  });

  it('is put first although it is there already, further down or not better than others', () => {
    const later = listed(peer('198.51.100.1', 2), peer('192.0.2.1', 2));
    expect(read(listFirst(later, find, listing))[0]?.[0]).toEqual(['192.0.2.1', 3]);
    const equal = listed(peer('192.0.2.1', 2), peer('198.51.100.1', 2));
    expect(read(listFirst(equal, find, listing))[0]?.[0]).toEqual(['192.0.2.1', 3]);
  });
});

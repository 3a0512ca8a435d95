import * as fc from 'fast-check';

import { limits } from '../limits';
import { readJson, isObject, type JsonObject } from './json-text';
import { altered } from './lenient.testing';
import { anyRequest } from './message.testing';
import { plainRequest } from './plain-request';
import { encodeRequest, type Request } from './request';
import { request } from './request-schema';

/** Values that stand where others are expected. */
const odds: readonly unknown[] = [
  ...[
    undefined,
    null,
    true,
    -0,
    0,
    -1,
    1.5,
    2,
    65_535,
    65_536,
    2 ** 53,
    '',
    ' ',
    'a b',
    'ABCD',
    'Video_1',
    '7',
    '0x7',
    'é',
  ],
  ...['CONNECT', 'FIND', 'STAT_REPORT', 'JOIN', 'SEEDER', 'LEECH', 'TURN', 'PROXY', 'wired', 'ipv4', 'ipv6', 'MOOD'],
  ...['192.0.2.1', '::1', '::ffff:192.0.2.1', '2001:DB8::1', '192.0.2.01', 'example.org'],
  ...[limits.labelCharsMax, limits.peerIdCharsMax, limits.swarmIdCharsMax].flatMap((max) => [
    'a'.repeat(max),
    'a'.repeat(max + 1),
  ]),
  ...[{}, [], [{}], [null], { swarm_id: '11' }],
];

const swarmId = '11ab';
const peerNumber = { peerCount: 5, abilityNat: 'STUN', concurrentLinks: 1, onlineTime: 2, uploadBandwidth: 3 } as const;
const address = {
  port: 80,
  priority: 1,
  type: 'HOST',
  connection: 'wired',
  asn: '64496',
  peerProtocol: 'PPSP-PP',
} as const;
const counts = { uploadedBytes: 1, downloadedBytes: 2, availableBandwidth: 3, concurrentLinks: 4 };
const ids = { transactionId: '7', peerId: 'ab' };

/** One of each type, with all members that there are. */
const whole: readonly Request[] = [
  {
    type: 'CONNECT',
    ...ids,
    peerNumber,
    addresses: [
      { ip: '192.0.2.1', ...address },
      { ip: '2001:db8::1', ...address },
    ],
    actions: [{ swarmId, action: 'LEAVE', mode: 'LEECH' }],
  },
  { type: 'FIND', ...ids, swarmId, peerNumber },
  { type: 'STAT_REPORT', ...ids, stats: [{ swarmId, ...counts }] },
];

/** What stands in the root. */
function bodyOf(text: string): JsonObject {
  const root = readJson(text, limits.requestValuesMax);
  const body = isObject(root) ? root['PPSPTrackerProtocol'] : undefined;
  return isObject(body) ? body : {};
}

describe('requests that are read without the schema', () => {
  it('are all that are as RFC 7846 section 3 defines them', () => {
    fc.assert(
      fc.property(anyRequest, (message) => {
        expect(plainRequest(bodyOf(encodeRequest(message)))).toEqual(message);
      }),
    );
  });

  it.each(whole)('are read as the schema reads them, whatever stands anywhere in a $type', (message) => {
    const text = encodeRequest(message);
    for (let place = 1; altered(text, place, 'a probe') !== text; place++) {
      for (const odd of odds) {
        const body = bodyOf(altered(text, place, odd));
        const plain = plainRequest(body);
        if (plain !== undefined) expect(request.safeParse(body)).toEqual({ success: true, data: plain });
      }
    }
  });

  it('have no more and no fewer actions than the schema reads', () => {
    const action = { swarm_id: '11', action: 'JOIN', peer_mode: 'SEEDER' };
    const connect = (count: number) => ({
      ...bodyOf(encodeRequest({ type: 'CONNECT', ...ids, addresses: [], actions: [] })),
      connect: { swarm_action: Array<object>(count).fill(action) },
    });
    expect(plainRequest(connect(limits.actionsPerConnectMax))).toBeDefined();
    expect(plainRequest(connect(limits.actionsPerConnectMax + 1))).toBeUndefined();
    expect(plainRequest(connect(0))).toBeUndefined();
  });

  it('are those with whatever members nobody knows, and no others', () => {
    const find = { version: 1, request_type: 'FIND', transaction_id: '7', peer_id: 'ab', find: { swarm_id: '11' } };
    expect(plainRequest({ ...find, colour: 'red' })).toBeDefined();
    for (const odd of [
      { version: '1' },
      { version: 2 },
      { find: undefined, swarm_id: '11' },
      { find: { swarm_id: 'AB' } },
    ])
      expect(plainRequest({ ...find, ...odd })).toBeUndefined();
  });
});

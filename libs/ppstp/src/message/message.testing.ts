import * as fc from 'fast-check';

import { limits } from '../limits';
import type { PeerAddress } from './fields';
import type {
  ConnectRequest,
  FindRequest,
  PeerNumber,
  Request,
  StatReportRequest,
  StreamStats,
  SwarmAction,
} from './request';
import type { PeerInfo, Response, SwarmResult } from './response';

const letters = fc.constantFrom(...Array.from('abcdef0123456789-._'));
const name = (max: number) => fc.string({ unit: letters, minLength: 1, maxLength: max });
const hex = fc.uint8Array({ minLength: 1, maxLength: 64 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const count = fc.maxSafeNat();
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const ip = fc.oneof(
  fc.ipV4(),
  fc
    .uint8Array({ minLength: 2, maxLength: 2 })
    .map(([a = 0, b = 0]) => `2001:db8::${Math.max(1, a * 256 + b).toString(16)}`),
);

/** Any address of a peer that can be written. */
export const anyPeerAddress: fc.Arbitrary<PeerAddress> = fc.record({
  ip,
  port: fc.integer({ min: 1, max: 65_535 }),
  priority: fc.nat(),
  type: fc.constantFrom('HOST', 'REFLEXIVE', 'PROXY'),
  connection: maybe(fc.constantFrom('wireless', 'wired')),
  asn: maybe(name(32)),
  peerProtocol: maybe(name(32)),
});

const anyPeerNumber: fc.Arbitrary<PeerNumber> = fc.record({
  peerCount: fc.nat({ max: limits.peerCountMax }),
  abilityNat: maybe(fc.constantFrom('NO_NAT', 'STUN', 'TURN')),
  concurrentLinks: maybe(count),
  onlineTime: maybe(count),
  uploadBandwidth: maybe(count),
});

const anyAction: fc.Arbitrary<SwarmAction> = fc.record({
  swarmId: hex,
  action: fc.constantFrom('JOIN', 'LEAVE'),
  mode: fc.constantFrom('SEEDER', 'LEECH'),
});

const anyStats: fc.Arbitrary<StreamStats> = fc.record({
  swarmId: hex,
  uploadedBytes: count,
  downloadedBytes: count,
  availableBandwidth: count,
  concurrentLinks: count,
});

const base = { transactionId: name(128), peerId: name(128) };

const anyConnect: fc.Arbitrary<ConnectRequest> = fc.record({
  ...base,
  type: fc.constant('CONNECT'),
  peerNumber: maybe(anyPeerNumber),
  addresses: fc.array(anyPeerAddress, { maxLength: 8 }),
  actions: fc.array(anyAction, { minLength: 1, maxLength: 20 }),
});
const anyFind: fc.Arbitrary<FindRequest> = fc.record({
  ...base,
  type: fc.constant('FIND'),
  swarmId: hex,
  peerNumber: maybe(anyPeerNumber),
});
const anyReport: fc.Arbitrary<StatReportRequest> = fc.record({
  ...base,
  type: fc.constant('STAT_REPORT'),
  stats: fc.array(anyStats, { maxLength: 20 }),
});

/** Any request that can be written. */
export const anyRequest: fc.Arbitrary<Request> = fc.oneof(anyConnect, anyFind, anyReport);

/** Any peer that can be listed. */
export const anyPeer: fc.Arbitrary<PeerInfo> = fc.record({ peerId: name(128), address: anyPeerAddress });

const anyCertificate = fc.uint8Array({ minLength: 1, maxLength: 1_280 });
const anySuccess = fc.record({
  swarmId: hex,
  successful: fc.constant(true),
  peers: maybe(fc.array(anyPeer, { maxLength: 30 })),
});
const anyFailure = fc.record({ swarmId: hex, successful: fc.constant(false) });
const anyResult: fc.Arbitrary<SwarmResult> = fc
  .tuple(fc.oneof(anySuccess, anyFailure), maybe(anyCertificate))
  .map(([result, certificate]) => (certificate === undefined ? result : { ...result, certificate }));

const anySuccessfulResponse: fc.Arbitrary<Response> = fc.record({
  transactionId: name(128),
  errorCode: fc.constant(0),
  peerAddress: maybe(anyPeerAddress),
  results: fc.array(anyResult, { maxLength: 10 }),
});
const anyErrorResponse: fc.Arbitrary<Response> = fc.record({
  transactionId: fc.oneof(name(128), fc.constant('')),
  errorCode: fc.integer({ min: 1, max: 6 }),
  results: fc.constant([]),
});

/** Any response that can be written, with all that is in it. */
export const anyResponse: fc.Arbitrary<Response> = fc.oneof(anySuccessfulResponse, anyErrorResponse);

/** Any response that can be given to be written, also with what does not belong into it. */
export const anyCarelessResponse: fc.Arbitrary<Response> = fc.record({
  transactionId: name(128),
  errorCode: fc.nat({ max: 6 }),
  peerAddress: maybe(anyPeerAddress),
  results: fc.array(
    fc.record({ swarmId: hex, successful: fc.boolean(), peers: maybe(fc.array(anyPeer, { maxLength: 4 })) }),
    { maxLength: 4 },
  ),
});

import { z } from 'zod';

import { limits } from '../limits';
import { integer, oneOrMany, peerAddress, peerId, swarmId, transactionId } from './fields';
import type {
  ConnectRequest,
  FindRequest,
  PeerNumber,
  Request,
  StatReportRequest,
  StreamStats,
  SwarmAction,
} from './request';

const swarmAction = z
  .object({ swarm_id: swarmId, action: z.enum(['JOIN', 'LEAVE']), peer_mode: z.enum(['SEEDER', 'LEECH']) })
  .transform((wire): SwarmAction => ({ swarmId: wire.swarm_id, action: wire.action, mode: wire.peer_mode }));

const peerNumber = z
  .object({
    peer_count: integer,
    ability_nat: z.enum(['NO_NAT', 'STUN', 'TURN']).optional(),
    concurrent_links: integer.optional(),
    online_time: integer.optional(),
    upload_bandwidth: integer.optional(),
  })
  .transform((wire): PeerNumber => ({
    peerCount: wire.peer_count,
    abilityNat: wire.ability_nat,
    concurrentLinks: wire.concurrent_links,
    onlineTime: wire.online_time,
    uploadBandwidth: wire.upload_bandwidth,
  }));

const streamStats = z
  .object({
    swarm_id: swarmId,
    uploaded_bytes: integer,
    downloaded_bytes: integer,
    available_bandwidth: integer,
    concurrent_links: integer,
  })
  .transform((wire): StreamStats => ({
    swarmId: wire.swarm_id,
    uploadedBytes: wire.uploaded_bytes,
    downloadedBytes: wire.downloaded_bytes,
    availableBandwidth: wire.available_bandwidth,
    concurrentLinks: wire.concurrent_links,
  }));

const base = { transaction_id: transactionId, peer_id: peerId };

const connectRequest = z
  .object({
    ...base,
    request_type: z.literal('CONNECT'),
    connect: z.object({
      peer_num: peerNumber.optional(),
      peer_addr: oneOrMany(peerAddress, limits.addressesPerPeerMax).optional(),
      swarm_action: oneOrMany(swarmAction, limits.actionsPerConnectMax),
    }),
  })
  .transform(({ connect, ...wire }): ConnectRequest => ({
    type: 'CONNECT',
    transactionId: wire.transaction_id,
    peerId: wire.peer_id,
    peerNumber: connect.peer_num,
    addresses: connect.peer_addr ?? [],
    actions: connect.swarm_action,
  }));

const findPlaces = { find: z.unknown().optional(), swarm_id: z.unknown().optional(), peer_num: z.unknown().optional() };
const findData = z.object({ swarm_id: swarmId, peer_num: peerNumber.optional() });

/** Section 3.3.3 puts the members of FIND into `find`; the example of section 4.1.2.1 puts them beside it. */
const findRequest = z
  .object({ ...base, request_type: z.literal('FIND'), ...findPlaces })
  .transform(({ find, swarm_id, peer_num, ...wire }, context): FindRequest => {
    const data = findData.safeParse(find === undefined ? { swarm_id, peer_num } : find);
    if (!data.success) {
      context.addIssue({ code: 'custom', message: 'no swarm' });
      return z.NEVER;
    }
    return {
      type: 'FIND',
      transactionId: wire.transaction_id,
      peerId: wire.peer_id,
      swarmId: data.data.swarm_id,
      peerNumber: data.data.peer_num,
    };
  });

const stat = oneOrMany(streamStats, limits.statsPerReportMax);

/** `Stat` is how the example of section 4.1.3.1 spells it. A property type beyond STREAM_STATS tells us nothing. */
const statGroup = z
  .union([
    z.object({ type: z.literal('STREAM_STATS'), stat }),
    z
      .object({ type: z.literal('STREAM_STATS'), stat: z.undefined().optional(), Stat: stat })
      .transform((group) => ({ stat: group.Stat })),
    z.object({ type: z.string().refine((type) => type !== 'STREAM_STATS') }).transform(() => ({ stat: [] })),
  ])
  .transform((group): readonly StreamStats[] => group.stat);

const statReportRequest = z
  .object({ ...base, request_type: z.literal('STAT_REPORT'), stat_report: statGroup.optional() })
  .transform((wire): StatReportRequest => ({
    type: 'STAT_REPORT',
    transactionId: wire.transaction_id,
    peerId: wire.peer_id,
    stats: wire.stat_report ?? [],
  }));

/** Requests in the forms of RFC 7846 section 3.3.3 and of its examples. */
export const request: z.ZodType<Request> = z.discriminatedUnion('request_type', [
  connectRequest,
  findRequest,
  statReportRequest,
]);

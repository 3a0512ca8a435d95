import { z } from 'zod';

import { normalIp } from '@weir/ppspp';
import { limits } from '../limits';

/**
 * The formal definitions of RFC 7846 section 3, member for member: what we send is of these forms and has no other member.
 * What we read may be of others, which the schemas of requests and responses know.
 */

/** `ppsp_tp_integer_t`. Section 3.1 has numbers; all that it counts with them is whole, and none is negative. */
const integer = z.int().nonnegative();
const swarmId = z.string().min(1).max(limits.swarmIdCharsMax);
const peerId = z.string().min(1).max(limits.peerIdCharsMax);
const transactionId = z.string().min(1).max(limits.transactionIdCharsMax);
const label = z.string().min(1).max(limits.labelCharsMax);

/** Section 3.2.1. */
const version = z.literal(1);

/** `ppsp_tp_peer_num_t`, section 3.2.2: "peer_count should be less than 30 in this specification". */
const peerNum = z.strictObject({
  peer_count: integer.max(limits.peerCountMax),
  ability_nat: z.enum(['NO_NAT', 'STUN', 'TURN']).optional(),
  concurrent_links: integer.optional(),
  online_time: integer.optional(),
  upload_bandwidth: integer.optional(),
});

/** `ppsp_tp_swarm_action_t`, section 3.2.3. */
const swarmAction = z.strictObject({
  swarm_id: swarmId,
  action: z.enum(['JOIN', 'LEAVE']),
  peer_mode: z.enum(['SEEDER', 'LEECH']),
});

/** `ppsp_tp_ip_address`, section 3.2.4: as RFC 3986 section 3.2.2 and RFC 5952 section 4 have addresses. */
const ipAddress = z.discriminatedUnion('address_type', [
  z.strictObject({ address_type: z.literal('ipv4'), address: z.ipv4() }),
  z.strictObject({ address_type: z.literal('ipv6'), address: z.ipv6().refine((text) => normalIp(text) === text) }),
]);

/** `ppsp_tp_peer_addr_t`, section 3.2.4. */
const peerAddr = z.strictObject({
  ip_address: ipAddress,
  port: integer.min(1).max(65_535),
  priority: integer,
  type: z.enum(['HOST', 'REFLEXIVE', 'PROXY']),
  connection: z.enum(['wireless', 'wired']).optional(),
  asn: label.optional(),
  peer_protocol: label.optional(),
});

/** `ppsp_tp_peer_info_t`, section 3.2.4. */
const peerInfo = z.strictObject({ peer_id: peerId, peer_addr: peerAddr });

/**
 * `ppsp_tp_peer_group_t`, section 3.2.4, but for its `<1..*>`: to a FIND for a swarm without another peer the answer "MUST
 * include a peer_group element" (section 4.1.2), and `<1..*>` has no form for nobody. It is an empty array.
 */
const peerGroup = z.strictObject({ peer_info: z.array(peerInfo) });

/** `stream_stats`, section 3.2.5. */
const streamStats = z.strictObject({
  swarm_id: swarmId,
  uploaded_bytes: integer,
  downloaded_bytes: integer,
  available_bandwidth: integer,
  concurrent_links: integer,
});

/** `ppsp_tp_stat_group_t`, section 3.2.5. */
const statGroup = z.strictObject({ type: z.literal('STREAM_STATS'), stat: z.array(streamStats).min(1) });

/** `ppsp_tp_request_connect`, section 3.3.3. */
const connect = z.strictObject({
  peer_num: peerNum.optional(),
  peer_addr: z.array(peerAddr).min(1).optional(),
  swarm_action: z.array(swarmAction).min(1),
});

/** `ppsp_tp_request_find`, section 3.3.3. */
const find = z.strictObject({ swarm_id: swarmId, peer_num: peerNum.optional() });

const requestBase = { version, transaction_id: transactionId, peer_id: peerId };

/** `ppsp_tp_request` in its root, sections 3.3.3 and 3.4: each type with its own `request_data` (table 5). */
export const requestRoot = z.strictObject({
  PPSPTrackerProtocol: z.discriminatedUnion('request_type', [
    z.strictObject({ ...requestBase, request_type: z.literal('CONNECT'), connect }),
    z.strictObject({ ...requestBase, request_type: z.literal('FIND'), find }),
    // "If no Statistics Group is included, the STAT_REPORT is used as a 'keep-alive' message" (section 4.1.3).
    z.strictObject({ ...requestBase, request_type: z.literal('STAT_REPORT'), stat_report: statGroup.optional() }),
  ]),
});

/** A request as it is sent. */
export type RequestRoot = z.infer<typeof requestRoot>;

/** Of ours; others ignore it (section 4.4). The DER of an X.509 certificate in base64. */
const extension = { membership_certificate: z.base64().min(1).optional() };

/** `ppsp_tp_swarm_action_result_t`, section 3.3.4: where the result is a failure, no peers are listed. */
const swarmResult = z.discriminatedUnion('result', [
  z.strictObject({ swarm_id: swarmId, result: z.literal(0), peer_group: peerGroup.optional(), ...extension }),
  z.strictObject({ swarm_id: swarmId, result: z.literal(1), ...extension }),
]);

/** `ppsp_tp_response` in its root, sections 3.3.4 and 3.4. A failure has nothing but its code (section 4.3). */
export const responseRoot = z.strictObject({
  PPSPTrackerProtocol: z.discriminatedUnion('response_type', [
    z.strictObject({
      version,
      response_type: z.literal(0),
      error_code: z.literal(0),
      transaction_id: transactionId,
      peer_addr: peerAddr.optional(),
      swarm_result: z.array(swarmResult).min(1).optional(),
    }),
    z.strictObject({
      version,
      response_type: z.literal(1),
      // Table 9.
      error_code: integer.min(1).max(6),
      // Empty where the request had none that could be read.
      transaction_id: transactionId.or(z.literal('')),
    }),
  ]),
});

/** A response as it is sent. */
export type ResponseRoot = z.infer<typeof responseRoot>;

import type { PeerNumber, Request } from './request';
import type { Response } from './response';

/** An example of RFC 7846: as it stands there, what it means, and the same in the form that section 3.3 defines. */
interface Example<Message> {
  readonly name: string;
  /** JSON, without the root. */
  readonly wire: string;
  readonly message: Message;
  /** JSON, without the root. */
  readonly sent: string;
}

const fivePeers: PeerNumber = {
  peerCount: 5,
  abilityNat: 'STUN',
  concurrentLinks: 5,
  onlineTime: 200,
  uploadBandwidth: 600,
};

export const requestExamples: readonly Example<Request>[] = [
  {
    name: 'CONNECT of a SEEDER to two swarms, section 4.1.1.1',
    wire: `{"version": 1, "request_type": "CONNECT", "transaction_id": "12345", "peer_id": "656164657220",
      "connect": {"peer_addr": {"ip_address": {"address_type": "ipv4", "address": "192.0.2.2"}, "port": 80,
      "priority": 1, "type": "HOST", "connection": "wired", "asn": "45645"}, "swarm_action": [{"swarm_id": "1111",
      "action": "JOIN", "peer_mode": "SEEDER"}, {"swarm_id": "2222", "action": "JOIN", "peer_mode": "SEEDER"}]}}`,
    message: {
      type: 'CONNECT',
      transactionId: '12345',
      peerId: '656164657220',
      addresses: [{ ip: '192.0.2.2', port: 80, priority: 1, type: 'HOST', connection: 'wired', asn: '45645' }],
      actions: [
        { swarmId: '1111', action: 'JOIN', mode: 'SEEDER' },
        { swarmId: '2222', action: 'JOIN', mode: 'SEEDER' },
      ],
    },
    sent: `{"version": 1, "request_type": "CONNECT", "transaction_id": "12345", "peer_id": "656164657220",
      "connect": {"peer_addr": [{"ip_address": {"address_type": "ipv4", "address": "192.0.2.2"}, "port": 80,
      "priority": 1, "type": "HOST", "connection": "wired", "asn": "45645"}], "swarm_action": [{"swarm_id": "1111",
      "action": "JOIN", "peer_mode": "SEEDER"}, {"swarm_id": "2222", "action": "JOIN", "peer_mode": "SEEDER"}]}}`,
  },
  {
    name: 'CONNECT of a LEECH with two interfaces, section 4.1.1.1',
    wire: `{"version": 1, "request_type": "CONNECT", "transaction_id": "12345.0", "peer_id": "656164657221",
      "connect": {"peer_num": {"peer_count": 5, "ability_nat": "STUN", "concurrent_links": "5",
      "online_time": "200", "upload_bandwidth": "600"}, "peer_addr": [{"ip_address": {"address_type": "ipv4",
      "address": "192.0.2.2"}, "port": 80, "priority": 1, "type": "HOST", "connection": "wired",
      "asn": "3256546"}, {"ip_address": {"address_type": "ipv6", "address": "2001:db8::2"}, "port": 80,
      "priority": 2, "type": "HOST", "connection": "wireless", "asn": "34563456", "peer_protocol": "PPSP-PP"}],
      "swarm_action": {"swarm_id": "1111", "action": "JOIN", "peer_mode": "LEECH"}}}`,
    message: {
      type: 'CONNECT',
      transactionId: '12345.0',
      peerId: '656164657221',
      peerNumber: fivePeers,
      addresses: [
        { ip: '192.0.2.2', port: 80, priority: 1, type: 'HOST', connection: 'wired', asn: '3256546' },
        {
          ip: '2001:db8::2',
          port: 80,
          priority: 2,
          type: 'HOST',
          connection: 'wireless',
          asn: '34563456',
          peerProtocol: 'PPSP-PP',
        },
      ],
      actions: [{ swarmId: '1111', action: 'JOIN', mode: 'LEECH' }],
    },
    sent: `{"version": 1, "request_type": "CONNECT", "transaction_id": "12345.0", "peer_id": "656164657221",
      "connect": {"peer_num": {"peer_count": 5, "ability_nat": "STUN", "concurrent_links": 5, "online_time": 200,
      "upload_bandwidth": 600}, "peer_addr": [{"ip_address": {"address_type": "ipv4", "address": "192.0.2.2"},
      "port": 80, "priority": 1, "type": "HOST", "connection": "wired", "asn": "3256546"},
      {"ip_address": {"address_type": "ipv6", "address": "2001:db8::2"}, "port": 80, "priority": 2, "type": "HOST",
      "connection": "wireless", "asn": "34563456", "peer_protocol": "PPSP-PP"}],
      "swarm_action": [{"swarm_id": "1111", "action": "JOIN", "peer_mode": "LEECH"}]}}`,
  },
  {
    name: 'CONNECT from one swarm to another, section 4.1.1.1',
    wire: `{"version": 1, "request_type": "CONNECT", "transaction_id": "12345", "peer_id": "656164657221",
      "connect": {"peer_num": {"peer_count": 5, "ability_nat": "STUN", "concurrent_links": "5",
      "online_time": "200", "upload_bandwidth": "600"}, "swarm_action": [{"swarm_id": "1111", "action": "LEAVE",
      "peer_mode": "LEECH"}, {"swarm_id": "2222", "action": "JOIN", "peer_mode": "LEECH"}]}}`,
    message: {
      type: 'CONNECT',
      transactionId: '12345',
      peerId: '656164657221',
      peerNumber: fivePeers,
      addresses: [],
      actions: [
        { swarmId: '1111', action: 'LEAVE', mode: 'LEECH' },
        { swarmId: '2222', action: 'JOIN', mode: 'LEECH' },
      ],
    },
    sent: `{"version": 1, "request_type": "CONNECT", "transaction_id": "12345", "peer_id": "656164657221",
      "connect": {"peer_num": {"peer_count": 5, "ability_nat": "STUN", "concurrent_links": 5, "online_time": 200,
      "upload_bandwidth": 600}, "swarm_action": [{"swarm_id": "1111", "action": "LEAVE", "peer_mode": "LEECH"},
      {"swarm_id": "2222", "action": "JOIN", "peer_mode": "LEECH"}]}}`,
  },
  {
    name: 'FIND, section 4.1.2.1',
    wire: `{"version": 1, "request_type": "FIND", "transaction_id": "12345", "peer_id": "656164657221",
      "swarm_id": "1111", "peer_num": {"peer_count": 5, "ability_nat": "STUN", "concurrent_links": "5",
      "online_time": "200", "upload_bandwidth": "600"}}`,
    message: { type: 'FIND', transactionId: '12345', peerId: '656164657221', swarmId: '1111', peerNumber: fivePeers },
    sent: `{"version": 1, "request_type": "FIND", "transaction_id": "12345", "peer_id": "656164657221",
      "find": {"swarm_id": "1111", "peer_num": {"peer_count": 5, "ability_nat": "STUN", "concurrent_links": 5,
      "online_time": 200, "upload_bandwidth": 600}}}`,
  },
  {
    name: 'STAT_REPORT, section 4.1.3.1',
    wire: `{"version": 1, "request_type": "STAT_REPORT", "transaction_id": "12345", "peer_id": "656164657221",
      "stat_report": {"type": "STREAM_STATS", "Stat": {"swarm_id": "1111", "uploaded_bytes": 512,
      "downloaded_bytes": 768, "available_bandwidth": 1024000, "concurrent_links": 5}}}`,
    message: {
      type: 'STAT_REPORT',
      transactionId: '12345',
      peerId: '656164657221',
      stats: [
        {
          swarmId: '1111',
          uploadedBytes: 512,
          downloadedBytes: 768,
          availableBandwidth: 1_024_000,
          concurrentLinks: 5,
        },
      ],
    },
    sent: `{"version": 1, "request_type": "STAT_REPORT", "transaction_id": "12345", "peer_id": "656164657221",
      "stat_report": {"type": "STREAM_STATS", "stat": [{"swarm_id": "1111", "uploaded_bytes": 512,
      "downloaded_bytes": 768, "available_bandwidth": 1024000, "concurrent_links": 5}]}}`,
  },
];

/** The first has a peer_addr without the mandatory type, which is then HOST. */
export const responseExamples: readonly Example<Response>[] = [
  {
    name: 'response to CONNECT, section 4.1.1.1',
    wire: `{"version": 1, "response_type": 0, "error_code": 0, "transaction_id": "12345",
      "peer_addr": {"ip_address": {"address_type": "ipv4", "address": "198.51.100.1"}, "port": 80, "priority": 1,
      "asn": "64496"}, "swarm_result": {"swarm_id": "2222", "result": 0,
      "peer_group": {"peer_info": [{"peer_id": "956264622298", "peer_addr": {"ip_address": {"address_type": "ipv4",
      "address": "198.51.100.22"}, "port": 80, "priority": 2, "type": "REFLEXIVE", "connection": "wired",
      "asn": "64496", "peer_protocol": "PPSP-PP"}}, {"peer_id": "3332001256741",
      "peer_addr": {"ip_address": {"address_type": "ipv4", "address": "198.51.100.201"}, "port": 80, "priority": 2,
      "type": "REFLEXIVE", "connection": "wired", "asn": "64496", "peer_protocol": "PPSP-PP"}}]}}}`,
    message: {
      transactionId: '12345',
      errorCode: 0,
      peerAddress: { ip: '198.51.100.1', port: 80, priority: 1, type: 'HOST', asn: '64496' },
      results: [
        {
          swarmId: '2222',
          successful: true,
          peers: [
            {
              peerId: '956264622298',
              address: {
                ip: '198.51.100.22',
                port: 80,
                priority: 2,
                type: 'REFLEXIVE',
                connection: 'wired',
                asn: '64496',
                peerProtocol: 'PPSP-PP',
              },
            },
            {
              peerId: '3332001256741',
              address: {
                ip: '198.51.100.201',
                port: 80,
                priority: 2,
                type: 'REFLEXIVE',
                connection: 'wired',
                asn: '64496',
                peerProtocol: 'PPSP-PP',
              },
            },
          ],
        },
      ],
    },
    sent: `{"version": 1, "response_type": 0, "error_code": 0, "transaction_id": "12345",
      "peer_addr": {"ip_address": {"address_type": "ipv4", "address": "198.51.100.1"}, "port": 80, "priority": 1,
      "asn": "64496", "type": "HOST"}, "swarm_result": [{"swarm_id": "2222", "result": 0,
      "peer_group": {"peer_info": [{"peer_id": "956264622298", "peer_addr": {"ip_address": {"address_type": "ipv4",
      "address": "198.51.100.22"}, "port": 80, "priority": 2, "type": "REFLEXIVE", "connection": "wired",
      "asn": "64496", "peer_protocol": "PPSP-PP"}}, {"peer_id": "3332001256741",
      "peer_addr": {"ip_address": {"address_type": "ipv4", "address": "198.51.100.201"}, "port": 80, "priority": 2,
      "type": "REFLEXIVE", "connection": "wired", "asn": "64496", "peer_protocol": "PPSP-PP"}}]}}]}`,
  },
  {
    name: 'response to FIND, section 4.1.2.1',
    wire: `{"version": 1, "response_type": 0, "error_code": 0, "transaction_id": "12345",
      "swarm_result": {"swarm_id": "1111", "result": 0, "peer_group": {"peer_info": [{"peer_id": "656164657221",
      "peer_addr": {"ip_address": {"address_type": "ipv4", "address": "198.51.100.1"}, "port": 80, "priority": 1,
      "type": "REFLEXIVE", "connection": "wireless", "asn": "64496"}}, {"peer_id": "956264622298",
      "peer_addr": {"ip_address": {"address_type": "ipv4", "address": "198.51.100.22"}, "port": 80, "priority": 1,
      "type": "REFLEXIVE", "connection": "wireless", "asn": "64496"}}, {"peer_id": "3332001256741",
      "peer_addr": {"ip_address": {"address_type": "ipv4", "address": "198.51.100.201"}, "port": 80, "priority": 1,
      "type": "REFLEXIVE", "connection": "wireless", "asn": "64496"}}]}}}`,
    message: {
      transactionId: '12345',
      errorCode: 0,
      results: [
        {
          swarmId: '1111',
          successful: true,
          peers: [
            {
              peerId: '656164657221',
              address: {
                ip: '198.51.100.1',
                port: 80,
                priority: 1,
                type: 'REFLEXIVE',
                connection: 'wireless',
                asn: '64496',
              },
            },
            {
              peerId: '956264622298',
              address: {
                ip: '198.51.100.22',
                port: 80,
                priority: 1,
                type: 'REFLEXIVE',
                connection: 'wireless',
                asn: '64496',
              },
            },
            {
              peerId: '3332001256741',
              address: {
                ip: '198.51.100.201',
                port: 80,
                priority: 1,
                type: 'REFLEXIVE',
                connection: 'wireless',
                asn: '64496',
              },
            },
          ],
        },
      ],
    },
    sent: `{"version": 1, "response_type": 0, "error_code": 0, "transaction_id": "12345",
      "swarm_result": [{"swarm_id": "1111", "result": 0, "peer_group": {"peer_info": [{"peer_id": "656164657221",
      "peer_addr": {"ip_address": {"address_type": "ipv4", "address": "198.51.100.1"}, "port": 80, "priority": 1,
      "type": "REFLEXIVE", "connection": "wireless", "asn": "64496"}}, {"peer_id": "956264622298",
      "peer_addr": {"ip_address": {"address_type": "ipv4", "address": "198.51.100.22"}, "port": 80, "priority": 1,
      "type": "REFLEXIVE", "connection": "wireless", "asn": "64496"}}, {"peer_id": "3332001256741",
      "peer_addr": {"ip_address": {"address_type": "ipv4", "address": "198.51.100.201"}, "port": 80, "priority": 1,
      "type": "REFLEXIVE", "connection": "wireless", "asn": "64496"}}]}}]}`,
  },
  {
    name: 'response to STAT_REPORT, section 4.1.3.1',
    wire: `{"version": 1, "response_type": 0, "error_code": 0, "transaction_id": "12345",
      "swarm_result": {"swarm_id": "1111", "result": 0}}`,
    message: { transactionId: '12345', errorCode: 0, results: [{ swarmId: '1111', successful: true }] },
    sent: `{"version": 1, "response_type": 0, "error_code": 0, "transaction_id": "12345",
      "swarm_result": [{"swarm_id": "1111", "result": 0}]}`,
  },
];

/**
 * Bounds on PPSTP messages. RFC 7846 sets only one (`peer_count`); the others keep what a stranger sends from
 * costing more than it is worth.
 */
export const limits = {
  /**
   * Characters of a request. Fits `actionsPerConnectMax` swarm actions or `statsPerReportMax` statistics with swarm
   * IDs of `swarmIdCharsMax`, so that a peer need not count characters. Protects the tracker's parser and memory.
   */
  requestCharsMax: 131_072,
  /** Characters of a response: `peersPerResponseMax` peers and the swarm IDs. Protects the peer from its tracker. */
  responseCharsMax: 262_144,
  /** Objects and arrays within each other. RFC 7846 has ten, with an array wherever its examples have one or may. */
  jsonDepthMax: 16,
  /** Values in a request, by commas and brackets: five times those of `statsPerReportMax` statistics. */
  requestValuesMax: 4_096,
  /** Values in a response, by commas and brackets: the densest that fits `responseCharsMax` has fewer. */
  responseValuesMax: 32_768,
  /** Characters of a swarm ID: the hex of an RSA-4096 key as a live swarm's ID (RFC 7574 section 6.1) is 1034. */
  swarmIdCharsMax: 1100,
  /** Characters of a peer ID: twice a UUID or a SHA-256 in hex. */
  peerIdCharsMax: 128,
  /** Characters of a transaction ID, which the tracker has to echo. */
  transactionIdCharsMax: 128,
  /** Characters of `asn` and `peer_protocol`, which are passed from peer to peer. */
  labelCharsMax: 32,
  /** Network interfaces of one peer. */
  addressesPerPeerMax: 8,
  /** Swarm actions in one CONNECT. */
  actionsPerConnectMax: 100,
  /** Statistics in one STAT_REPORT. */
  statsPerReportMax: 100,
  /** Swarm results that we read in one response: one for each action or statistic of our requests. */
  resultsPerResponseMax: 100,
  /** Peers in one list: `peer_count` "should be less than 30" (RFC 7846 section 3.2.2). */
  peerCountMax: 29,
  /** Peers in one response over all its swarm results, as the tracker writes it. */
  peersPerResponseMax: 256,
  /** Addresses of one peer in a list: one of each family, or two ways into one. More would crowd other peers out. */
  addressesListedMax: 2,
  /** Unproven addresses that wait to be looked into. What is beyond waits for its peer to ask from there. */
  unprovenMax: 16_384,
  /** Withdrawn swarms that a tracker remembers, where anybody may found others: as many as its catalogue may have. */
  withdrawnSwarmsMax: 262_144,
  /** Bytes of a membership certificate: what one packet of the peer protocol can hold. */
  certificateBytesMax: 1_280,
  /** Certificates in one response, as the tracker writes it; the others come with later responses. */
  certificatesPerResponseMax: 16,
  /** Peers that we read in one list; a tracker may hold nothing of `peer_count`. What is beyond is left out. */
  peersPerListMax: 256,
} as const;

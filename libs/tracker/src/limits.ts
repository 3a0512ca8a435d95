/** Bounds on what peers may cost a tracker's server. The first four hold where the settings name no others. */
export const limits = {
  /** Connections at a time: the process's file descriptors. A peer has one, for moments. */
  connectionsMax: 4_096,
  /** Connections at a time from one source prefix, IPv4 /24 or IPv6 /56: whoever floods leaves some for others. */
  connectionsPerPrefixMax: 256,
  /** Requests in a second from one source prefix: ten thousand peers behind one address report at 170. */
  requestsPerSecondMax: 500,
  /** Registrations of peers in a second from one source prefix: those ten thousand are back after some minutes. */
  registrationsPerSecondMax: 50,
  /** The most peers, and the most swarms, that settings may allow: more would not fit into the process's memory. */
  peersSettingMax: 16_777_216,
  /** The most memberships that settings may allow: a `Map` holds no more entries. */
  membershipsSettingMax: 16_777_216,
  /** The most connections that settings may allow: the descriptors that Linux gives one process by default. */
  connectionsSettingMax: 1_048_576,
  /** The highest rate that settings may allow: more than the process can answer, so that it stands for no bound. */
  perSecondSettingMax: 1_000_000,
  /** Certificates issued in a second: at half a millisecond each, some 3 % of one core. */
  issuedPerSecondMax: 50,
  /** Certificates issued in a second to one IP address: whoever joins many swarms leaves some for others. */
  issuedPerAddressMax: 10,
  /** Certificates kept to be given again, of half a kilobyte each: the oldest leaves, and costs another when it is asked for. */
  certificatesMax: 16_384,
  /** Milliseconds for which reports are answered with a new certificate: answers may be lost. */
  repeatMillis: 300_000,
} as const;

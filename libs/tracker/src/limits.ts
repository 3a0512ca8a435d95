/** Bounds on what peers may cost a tracker's server. The first two hold where the settings name no others. */
export const limits = {
  /** Connections at a time: the process's file descriptors. A peer has one, for moments. */
  connectionsMax: 4_096,
  /** Connections at a time from one source prefix, IPv4 /24 or IPv6 /48: whoever floods leaves some for others. */
  connectionsPerPrefixMax: 256,
  /** New connections in a second from one source prefix: each may cost a TLS handshake, half a millisecond. */
  connectionRateMax: 200,
  /** Such connections at once: peers of one prefix come back together when its line does. */
  connectionBurstMax: 1_000,
  /** Source prefixes whose rate of connections is kept, of a hundred bytes each. */
  prefixesMax: 65_536,
  /** Bytes of a body: a character of a request takes up to three. What is beyond is refused without being decoded. */
  bodyBytesMax: 131_072,
  /** Bytes of a body that are read, and dropped, so that a peer whose body is too long hears of it rather than be cut off. */
  drainedBytesMax: 524_288,
  /** Bytes of all bodies that are being received: protects memory from many that never end. */
  bodiesBytesMax: 67_108_864,
  /** Bytes of a request's header: Digest takes one kilobyte. */
  headerBytesMax: 16_384,
  /** Requests of one connection that wait until earlier ones are answered: their answers are memory that nobody reads. */
  pipelinedMax: 4,
  /** Requests of one connection, after which it is closed: its peer's next one is counted by its prefix again. */
  requestsPerConnectionMax: 1_000,
  /** Milliseconds for a whole request to arrive, for a TLS handshake, and without a byte of an answer being read. */
  requestMillis: 10_000,
  /** Milliseconds that a connection may stay open without a request. Peers report once in a minute: more gains nothing. */
  keepAliveMillis: 5_000,
  /** Milliseconds for which a nonce of HTTP Digest is good; clients that go on are given the next one in time. */
  nonceMillis: 300_000,
  /** Seconds after which a peer that was answered 05 is told to try again: a flood is over, or a restarted tracker full. */
  retrySeconds: 10,
  /** Milliseconds that the event loop may be late in the mean of a second before new peers are answered 05. */
  lagMillisMax: 250,
  /** Milliseconds that it may be late when they are let in again. */
  lagSettledMillis: 50,
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

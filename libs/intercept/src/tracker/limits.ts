/** Bytes of an HTTP head that is read: a longer one is passed unread. Protects memory, and costs no request of a real client. */
export const headBytesMax = 8_192;

/** Bytes of a request's body that is read: `requestCharsMax` of PPSTP, whose characters are ASCII but in unknown members. */
export const requestBodyBytesMax = 131_072;

/** Bytes of a response's body that is held back to be completed: `responseCharsMax` of PPSTP. */
export const responseBodyBytesMax = 262_144;

/**
 * Bytes of messages that are being read, over all connections: what comes beyond is passed unread. Protects memory from many
 * clients, or trackers, that never finish what they say.
 */
export const heldBytesMax = 33_554_432;

/**
 * Microseconds of parsing in a second, over all connections: a quarter of one core, which is enough for some 400 exchanges with 29
 * peers each. The rest passes unread. Time and not bytes, since a list of nonsense takes ten times as long as one of peers.
 * Protects the control thread, whose heart must beat.
 */
export const parsingMicrosPerSecond = 250_000;

/**
 * Milliseconds that a message may take from its first byte to its last. Then it is passed as far as it came, and so is all that
 * follows: a tracker that is slow must not be slower by us.
 */
export const holdMillisMax = 5_000;

/** Connections at a time, of two sockets each. Bounds file descriptors; who was idle for longest makes room. */
export const connectionsMax = 2_048;

/** Connections of one subscriber at a time, an IPv4 address or 64 bits of an IPv6 one: its share of them. */
export const connectionsEachMax = 64;

/** Milliseconds without a byte in either direction after which a connection is cut. Trackers themselves wait for seconds. */
export const idleMillisMax = 300_000;

/** Swarms of one connection that are told as asked for, each once: whoever repeats himself makes nothing popular. */
export const askedPerConnectionMax = 256;

/** Swarms whose popularity is remembered; one that is asked for little makes room. */
export const popularSwarmsMax = 8_192;

/** The largest priority that we list ourselves with: whatever a tracker wrote, a client must be able to read it. */
export const priorityMax = 2_147_483_647;

/** Datagrams handed over at a time: keeps one batch from holding up the timers of the endpoint that takes it. */
export const receiveBatchMax = 512;

/** Bytes that may wait inside the process for a kernel that takes no more. Bounds memory and the age of what is sent. */
export const sendQueueBytesMax = 1024 * 1024;

/** Bytes asked of the kernel for either socket buffer: 35 ms at 1 Gbit/s. The kernel caps it at its own limit. */
export const socketBufferBytes = 4 * 1024 * 1024;

/** The largest payload of a UDP datagram over IPv4, 65,535 bytes less the IP and UDP headers. We send none longer over IPv6. */
export const datagramBytesMax = 65_507;

/**
 * Datagrams of one train, which the kernel takes and delivers as one: as many as every kernel with segmentation offload
 * allows.
 */
export const runDatagramsMax = 64;

/** Bytes of one train: an IPv6 packet of 65,535 bytes less its headers. */
export const runBytesMax = 65_487;

/** Runs that may wait in the queue before the kernel, trains or single datagrams. */
export const sendRunsMax = 2_048;

/** Failures that one call of the addon tells; what is left is sent by the next. Compiled into the addon. */
export const sendFailuresMax = 64;

/** Messages of one receiving system call, trains or single datagrams. Compiled into the addon. */
export const receivedMessagesMax = 32;

/** Addresses that the addon knows by number for each port: a peer's is written out once and not for each datagram. Compiled in. */
export const addressSlots = 4_096;

/** Bytes of memory that datagrams received one after another share: who keeps one keeps as much. Compiled into the addon. */
export const receivedSlabBytes = 65_536;

/** Destinations of which each port remembers the binary form. */
export const knownAddressesMax = 4_096;

/** Sockets that lend other addresses to what one port sends; the one unused longest makes room. Bounds file descriptors. */
export const originSocketsMax = 1_024;

/** Connections that may wait to be accepted by a listening socket. The kernel caps it at its own limit. */
export const listenBacklogMax = 511;

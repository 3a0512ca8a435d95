/** Datagrams handed over at a time: keeps one batch from holding up the timers of the endpoint that takes it. */
export const receiveBatchMax = 512;

/** Bytes that may wait inside the process for a kernel that takes no more. Bounds memory and the age of what is sent. */
export const sendQueueBytesMax = 1024 * 1024;

/** Bytes asked of the kernel for either socket buffer: 35 ms at 1 Gbit/s. The kernel caps it at its own limit. */
export const socketBufferBytes = 4 * 1024 * 1024;

/** The largest payload of a UDP datagram over IPv4: 65,535 bytes less the IP and UDP headers. */
export const datagramBytesMax = 65_507;

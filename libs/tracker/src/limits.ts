/** Bounds on the membership certificates that a tracker issues. */
export const limits = {
  /** Certificates issued in a second: at half a millisecond each, some 3 % of one core. */
  issuedPerSecondMax: 50,
  /** Certificates issued in a second to one IP address: whoever joins many swarms leaves some for others. */
  issuedPerAddressMax: 10,
  /** Certificates kept to be given again, of half a kilobyte each: the oldest leaves, and costs another when it is asked for. */
  certificatesMax: 16_384,
  /** Milliseconds for which reports are answered with a new certificate: answers may be lost. */
  repeatMillis: 300_000,
} as const;

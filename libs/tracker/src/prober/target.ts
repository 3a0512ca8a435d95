import {
  addressScope,
  type Dialect,
  encodeDatagram,
  hashBytes,
  hashFunctionOfLength,
  initiatingOptions,
  isPrivateIp,
  parseIp,
  type SwarmMetadata,
} from '@weir/ppspp';

/**
 * Whether a tracker may send a handshake to `ip` because somebody at `source` registered it. Never to what reaches the
 * tracker's own machine, its links, or many; and to private networks only for those who are in one: a stranger on the
 * Internet must not have datagrams sent within the provider's own network.
 */
export function mayProbe(ip: string, source: string, allowLoopback: boolean): boolean {
  const [target, asking] = [parseIp(ip), parseIp(source)];
  if (target === undefined || asking === undefined) return false;
  const scope = addressScope(target);
  if (scope === 'loopback') return allowLoopback;
  if (scope !== 'unicast') return false;
  return !isPrivateIp(target) || isPrivateIp(asking) || (allowLoopback && addressScope(asking) === 'loopback');
}

/** A handshake to try: what it states of the swarm, and whether in the form that has all options. */
export interface Opening {
  readonly metadata: SwarmMetadata;
  readonly full: boolean;
}

/**
 * The two handshakes that are tried one after the other. What a provider published is stated in the two forms that peers in
 * the field accept; of another swarm, whose ID must be a root hash, nothing but its ID is stated and the usual ways to address
 * its chunks. Empty where no handshake can be composed.
 */
export function openingsOf(swarmId: string, published: SwarmMetadata | undefined): readonly Opening[] {
  if (!/^(?:[\da-f]{2})+$/.test(swarmId)) return [];
  const hash = hashFunctionOfLength(swarmId.length / 2);
  if (hash === undefined) return [];
  if (published?.hash === hash) return [true, false].map((full) => ({ metadata: published, full }));
  const usual = { swarmId, hash, chunkSize: 1_024 };
  return usualAddressings.map((addressing) => ({ metadata: { ...usual, addressing }, full: false }));
}

/** RFC 7574 section 11.1 recommends the first; older peers know the other. */
const usualAddressings = ['chunk32', 'bin32'] as const;

/** The datagram that opens a channel. RFC 7574 section 3.1.1, step 1. */
export function datagramOf({ metadata, full }: Opening, channel: number): Uint8Array {
  return encodeDatagram(0, [{ type: 'handshake', channel, options: initiatingOptions(metadata, full) }], anyDialect);
}

/** A word to a peer whose address is proven: there is nothing more to say. RFC 7574 section 8.4. */
export function farewellTo(channel: number): Uint8Array {
  return encodeDatagram(channel, [{ type: 'handshake', channel: 0, options: {} }], anyDialect);
}

/** Handshakes are the same in all. */
const anyDialect: Dialect = { addressing: 'chunk32', hashBytes: hashBytes.sha256, chunkSize: undefined };

import type { Extent } from '@weir/ppspp';

export { publish } from '../../ppspp/src/swarm/published.testing';

/** The bytes of extents, in their order. */
export function joined(extents: Iterable<Extent>): Uint8Array {
  return Buffer.concat([...extents].sort((one, other) => one.index - other.index).map(({ bytes }) => bytes));
}

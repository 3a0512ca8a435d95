import type { Parsed } from './parsed';

/** Ports, both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

const portMax = 65_535;
const remedy = 'write a port or a range of ports, 1 to 65535, such as 6778 or 7000-7999';

/** Reads `6778` or `7000-7999`. */
export function parsePortRange(text: string): Parsed<PortRange> {
  const [, low, high = low] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const [first, last] = [Number(low), Number(high)];
  if (low === undefined || first < 1 || last > portMax || last < first) return { remedy };
  return { value: { first, last } };
}

import type { Parsed } from './parsed';

/** Largest number of an autonomous system. RFC 6793. */
const asnMax = 2 ** 32 - 1;

const remedy = 'write the number of an autonomous system, such as 64500 or AS64500';

/** The number of an autonomous system: `64500` or `AS64500`. */
export function parseAsn(text: string): Parsed<number> {
  const [, digits] = /^(?:AS)?([1-9]\d{0,9})$/i.exec(text.trim()) ?? [];
  const asn = Number(digits);
  return digits === undefined || asn > asnMax ? { remedy } : { value: asn };
}

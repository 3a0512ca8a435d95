import { z } from 'zod';

/** JSON. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Decides whether something is to be written otherwise. */
export type Whim = () => boolean;

const json: z.ZodType<Json> = z.json();
const lists = ['peer_addr', 'swarm_action', 'stat', 'swarm_result', 'peer_info'];
/** Not integers, though digits: an ASN is a string already. */
const integers =
  /^(?:version|response_type|error_code|result|port|priority|peer_count|\w+_(?:bytes|links|time|bandwidth))$/;

/**
 * The message in one of the other forms in which it may come: a list of one without its array, integers as strings, a FIND
 * without `find`, `Stat`, and members that nobody knows.
 */
export function otherwise(text: string, whim: Whim): string {
  return JSON.stringify(varied(json.parse(JSON.parse(text)), '', whim));
}

/** The message with the value at one place, counted over all of them, exchanged for another, or left out for `undefined`. */
export function altered(text: string, place: number, other: unknown): string {
  let at = 0;
  return JSON.stringify(JSON.parse(text), (_, value: unknown) => (at++ === place ? other : value));
}

function varied(value: Json, name: string, whim: Whim): Json {
  if (Array.isArray(value)) {
    const elements = value.map((element) => varied(element, '', whim));
    const [only] = elements;
    return elements.length === 1 && only !== undefined && lists.includes(name) && whim() ? only : elements;
  }
  if (typeof value === 'number' && integers.test(name)) return whim() ? String(value) : value;
  return typeof value === 'object' && value !== null ? variedObject(value, whim) : value;
}

function variedObject(object: Record<string, Json>, whim: Whim): Record<string, Json> {
  const members = Object.entries(object).flatMap(([name, value]): [string, Json][] => {
    const other = varied(value, name, whim);
    if (name === 'find' && typeof other === 'object' && other !== null && whim()) return Object.entries(other);
    return [[name === 'stat' && whim() ? 'Stat' : name, other]];
  });
  if (whim()) members.unshift(['x_extension', { x: [{ swarm_id: null }] }]);
  return Object.fromEntries(members);
}

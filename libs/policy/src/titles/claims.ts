import { at } from '../numbers';
import { ObjectTable } from '../trace/object-table';
import type { Links } from './links';

/** What the names of objects say. */
export interface Claims {
  /** The swarm of each object, from `namedFrom` to below 2^52; 0: the name says nothing. */
  readonly swarms: Float64Array;
  /** Its number in the swarm. */
  readonly segments: Uint32Array;
}

/** Swarms that names tell are numbered from here on; those below are left to others. */
export const namedFrom = 2 ** 32;
/** Who asks for an object was so many segments before it at most, if names are right. */
const stepMax = 8;
/** Names are wrong where so many times as many links speak against a swarm as for it, and for so large a share of its objects. */
const contraryTimes = 3;
const contraryShare = 0.5;

/**
 * The swarms that names tell, but for those that requests speak against: what is asked for before their segments is mostly something
 * else. Negative where the swarm has but one object, as what most hashes begin with: that is one only if nothing better is known.
 */
export function believedSwarms({ swarms, segments }: Claims, links: Links): Float64Array {
  const table = new ObjectTable();
  const numberOf = new Uint32Array(swarms.length);
  for (let object = 0; object < swarms.length; object++) {
    const swarm = at(swarms, object);
    if (swarm !== 0) numberOf[object] = 1 + table.intern(Math.floor(swarm / 2 ** 32), swarm % 2 ** 32, 0);
  }
  const members = new Uint32Array(table.count + 1);
  const speakFor = new Uint32Array(table.count + 1);
  const speakAgainst = new Uint32Array(table.count + 1);
  for (let object = 0; object < swarms.length; object++) {
    const number = at(numberOf, object);
    members[number] = at(members, number) + 1;
    const before = at(links.predecessors, object) - 1;
    if (before < 0) continue;
    const step = at(segments, object) - at(segments, before);
    const tally = at(numberOf, before) === number && step > 0 && step <= stepMax ? speakFor : speakAgainst;
    tally[number] = at(tally, number) + 1;
  }
  return swarms.map((swarm, object) => {
    const number = at(numberOf, object);
    if (number === 0) return 0;
    if (members[number] === 1) return -swarm;
    const contrary = at(speakAgainst, number);
    const isWrong = contrary > contraryTimes * at(speakFor, number) && contrary >= contraryShare * at(members, number);
    return isWrong ? 0 : swarm;
  });
}

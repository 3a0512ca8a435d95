import { at } from '../numbers';
import { believedSwarms, namedFrom, type Claims } from './claims';
import { Links } from './links';
import type { Precedents } from './precedents';

/** Fewer objects in a row are not taken for a title: as few may come by chance. */
const titleObjectsMin = 4;
/** What has no title has such multiples for numbers, so that what came in one after another is not taken for neighbours. */
const apart = 0x9e37_79b1;

/** How it is known what is of one title, in objects. */
export interface TitleCounts {
  /** By their names. */
  readonly named: number;
  /** By who asked for what after which. */
  readonly inferred: number;
  /** So many titles these make. */
  readonly inferredTitles: number;
  /** Not at all: they stand for themselves. */
  readonly none: number;
}

/** The title that each object is of. */
export interface Titles {
  /** A whole number below 2^52; 0: of none. */
  readonly swarms: Float64Array;
  /** The object's place there. No two objects have swarm and segment in common. */
  readonly segments: Uint32Array;
  readonly counts: TitleCounts;
}

/** Names are believed as far as requests do not speak against them; of all other objects requests tell what is of one title. */
export function titlesOf(claims: Claims, precedents: Precedents): Titles {
  const links = new Links(precedents);
  const swarms = believedSwarms(claims, links);
  const segments = claims.segments.slice();
  const counts = { named: 0, inferred: 0, inferredTitles: 0, none: 0 };
  for (let object = 0; object < swarms.length; object++) {
    if (isNamed(swarms, object)) counts.named++;
    else if (!isNameless(swarms, at(links.predecessors, object))) {
      const length = number(chainFrom(object, links, swarms), swarms, segments);
      counts.inferred += length;
      counts.inferredTitles += Number(length > 0);
    }
  }
  counts.none = swarms.length - counts.named - counts.inferred;
  for (let object = 0; object < swarms.length; object++) {
    const swarm = at(swarms, object);
    if (swarm < 0) swarms[object] = -swarm;
    else if (swarm === 0) segments[object] = Math.imul(object, apart);
  }
  return { swarms, segments, counts };
}

/** Makes a title of objects that follow one another, named by the first, and says how many they are; 0: too few. */
function number(chain: readonly number[], swarms: Float64Array, segments: Uint32Array): number {
  const [first = 0] = chain;
  if (chain.length < titleObjectsMin) return 0;
  chain.forEach((object, place) => {
    swarms[object] = first + 1;
    segments[object] = place;
  });
  return chain.length;
}

function isNamed(swarms: Float64Array, object: number): boolean {
  return at(swarms, object) >= namedFrom;
}

/** True of an object whose name tells nothing. `link`: its number and 1; 0: there is none. */
function isNameless(swarms: Float64Array, link: number): boolean {
  return link !== 0 && !isNamed(swarms, link - 1);
}

function chainFrom(object: number, { successors }: Links, swarms: Float64Array): number[] {
  const chain = [object];
  for (let link = at(successors, object); isNameless(swarms, link); link = at(successors, link - 1))
    chain.push(link - 1);
  return chain;
}

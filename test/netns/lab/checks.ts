import { untilTrue } from '../../e2e/harness/waiting';
import { families, type Family } from './addresses';
import type { LabAppliance } from './appliance';
import { gapMillis, isFrom, openEnds, type Ends } from './flows';
import { aliveEpochs } from './kernel';
import type { Lab } from './lab';
import { handshake, keepalive } from './words';

/** What an appliance that is dead, stopped or stalled may cost: the promise to subscribers. */
export const gapMillisMax = 3_000;

/** What is tried while nobody listens is passed by the first rule that asks for a listener: at once, on any machine. */
const atOnceMillis = 700;

/** Longer than any check: an epoch that is kept alive for the sake of one. */
const longLife = '60s';

/** Subscribers and external peers of their own, so that nothing else is on their flows. */
const strangers = { subscriber: 15, external: 23 } as const;

/** New flows reach their origins, of both families, within what is promised since a failure just now. Rejects otherwise. */
export async function checkGap(lab: Lab): Promise<number> {
  const gaps = await Promise.all(families.map((family) => gapMillis(lab, { ...strangers, family })));
  const worst = Math.max(...gaps);
  if (worst > gapMillisMax) throw new Error(`new flows passed after ${worst.toFixed(0)} ms`);
  return worst;
}

/** A flow of each family between strangers. */
export function openStrangers(lab: Lab): Promise<Ends[]> {
  return Promise.all(families.map((family) => openEnds(lab, { ...strangers, family })));
}

/** While an epoch lives and nobody listens, new flows pass at once: by the rules alone. Rejects otherwise. */
export async function checkNobodyListens(lab: Lab, epoch: string): Promise<void> {
  const { namespace, inside } = lab.router();
  namespace.run('nft -f -', keepAlive(inside, epoch));
  try {
    await Promise.all(families.map((family) => gapMillis(lab, { ...strangers, family }, atOnceMillis)));
  } finally {
    namespace.run('nft -f -', `flush map inet weir living\nflush set inet weir alive\n`);
  }
}

function keepAlive(inside: string, epoch: string): string {
  const elements = [`living { "${inside}" timeout ${longLife} : ${epoch} }`, `alive { ${epoch} timeout ${longLife} }`];
  return [
    'flush map inet weir living',
    'flush set inet weir alive',
    ...elements.map((one) => `add element inet weir ${one}`),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** Datagrams of a flow that went to its origin keep going there, and none is diverted. Rejects otherwise. */
export async function checkStaysWithOrigin(lab: Lab, ends: Ends): Promise<void> {
  const { subscriber, origin } = ends;
  const way = { from: subscriber.place, to: origin.place };
  const before = { diverted: lab.diverted.packets('datagrams', way), heard: heardBy(ends) };
  const count = 20;
  await subscriber.send(origin.place, ...Array.from({ length: count }, (_, index) => keepalive(0x1bad_0000 + index)));
  await untilTrue('all of them are with the origin or were diverted', () => {
    const diverted = lab.diverted.packets('datagrams', way) - before.diverted;
    return diverted > 0 || heardBy(ends) - before.heard >= count;
  });
  if (lab.diverted.packets('datagrams', way) > before.diverted) throw new Error('a flow of the origin was diverted');
}

/** What an origin has heard of a subscriber. */
export function heardBy({ subscriber, origin }: Ends): number {
  return origin.heard.filter(isFrom(subscriber)).length;
}

/** Says HANDSHAKE until the origin hears it, as a peer does that was let down. */
export async function callUntilHeard({ subscriber, origin }: Ends, swarmId: string): Promise<void> {
  const before = origin.heard.length;
  await untilTrue('the origin hears a HANDSHAKE', async () => {
    await subscriber.send(origin.place, handshake({ swarmId }));
    return origin.heard.slice(before).some(isFrom(subscriber));
  });
}

/** Waits until an appliance diverts, in an epoch that is none of those before. */
export async function untilDiverting({ router }: LabAppliance, before: readonly string[] = []): Promise<string> {
  let found: string | undefined;
  await untilTrue('a new epoch lives', () => {
    found = aliveEpochs(router.namespace).find((epoch) => !before.includes(epoch));
    return found !== undefined;
  });
  return found ?? '';
}

/** A family's number among subscribers or external peers, beside a base. */
export function numberOf(base: number, family: Family): number {
  return base + families.indexOf(family);
}

import { untilTrue } from '../../e2e/harness/waiting';
import { external, subscriber, type Family } from './addresses';
import type { Heard, UdpEnd } from './agent';
import type { Lab } from './lab';
import { answerOf, handshake, type Wording } from './words';

/** A raw peer inside, one outside, and what each heard: the ends of a flow. */
export interface Ends {
  readonly subscriber: UdpEnd;
  readonly origin: UdpEnd;
}

/** Who they are. */
export interface EndNumbers {
  readonly subscriber: number;
  readonly external: number;
  readonly family?: Family;
}

/** Opens a socket on either side, at ports that are free. */
export async function openEnds(
  lab: Lab,
  { subscriber: inner, external: outer, family = 4 }: EndNumbers,
): Promise<Ends> {
  return {
    subscriber: await lab.subscribers.bind(subscriber(inner, family)),
    origin: await lab.internet.bind(external(outer, family)),
  };
}

/** Whether a datagram came from the other end of a flow itself, as far as an address tells. */
export function isFrom({ place }: UdpEnd): (one: Heard) => boolean {
  return ({ from }) => from.ip === place.ip && from.port === place.port;
}

/** Says HANDSHAKE to an origin, and waits for the answer from its address: the channel that it names. */
export async function callOrigin({ subscriber: caller, origin }: Ends, wording: Wording = {}): Promise<number> {
  const channel = wording.channel ?? 1;
  const isAnswer = (one: Heard): boolean => isFrom(origin)(one) && answerOf(one.hex).to === channel;
  await caller.send(origin.place, handshake({ ...wording, channel }));
  const [answer] = await caller.until(1, (one) => isAnswer(one) && answerOf(one.hex).channel !== undefined);
  return answerOf(answer?.hex ?? '').channel ?? 0;
}

/** Milliseconds that somebody waits for an answer, before another calls. */
const patienceMillis = 700;

/**
 * One after the other calls an origin, each once and by a flow of his own, until one is answered: an appliance that was let
 * down for some seconds takes nobody new while it catches up, and who is passed stays passed.
 */
export async function untilServed(lab: Lab, numbers: EndNumbers, swarmId: string): Promise<void> {
  await untilTrue('somebody new is served', async () => {
    const ends = await openEnds(lab, numbers);
    await ends.subscriber.send(ends.origin.place, handshake({ swarmId }));
    await ends.subscriber.until(1, isFrom(ends.origin), patienceMillis);
    await Promise.all([ends.subscriber.close(), ends.origin.close()]);
    return true;
  });
}

/** Milliseconds that one flow after the other is tried, each with a first datagram of its own. */
const attemptMillis = 100;

/**
 * Milliseconds until a new flow's first datagram reaches its origin: how long a gap lasts that just began. Rejects after
 * `limitMillis`.
 */
export async function gapMillis(lab: Lab, numbers: EndNumbers, limitMillis = 10_000): Promise<number> {
  const begin = performance.now();
  const origin = await lab.internet.bind(external(numbers.external, numbers.family));
  const callers: UdpEnd[] = [];
  const isTheirs = ({ from }: Heard): boolean =>
    callers.some(({ place }) => place.ip === from.ip && place.port === from.port);
  while (performance.now() - begin < limitMillis) {
    const caller = await lab.subscribers.bind(subscriber(numbers.subscriber, numbers.family));
    callers.push(caller);
    await caller.send(origin.place, handshake());
    const found = await origin.until(1, isTheirs, attemptMillis).catch(() => []);
    if (found.length > 0) {
      const gap = performance.now() - begin;
      await Promise.all([origin, ...callers].map((end) => end.close()));
      return gap;
    }
  }
  throw new Error(`no new flow passed within ${limitMillis / 1_000} s`);
}

import { setTimeout as pause } from 'node:timers/promises';

const pollMillis = 25;
const limitMillisDefault = 10_000;

/**
 * Asks until there is an answer. For facts that nobody announces, such as what an HTTP answer says; rejects when they
 * are not so in time. An error of the probe counts as no answer, and is the reason told in the end.
 */
export async function eventually<Fact>(
  what: string,
  probe: () => Promise<Fact | undefined> | Fact | undefined,
  limitMillis = limitMillisDefault,
): Promise<Fact> {
  const deadline = performance.now() + limitMillis;
  let reason: unknown;
  do {
    try {
      const fact = await probe();
      if (fact !== undefined) return fact;
      reason = undefined;
    } catch (error) {
      reason = error;
    }
    await pause(pollMillis);
  } while (performance.now() < deadline);
  throw new Error(`not within ${limitMillis / 1000} s: ${what}`, { cause: reason });
}

/** As `eventually`, for a condition. */
export async function untilTrue(
  what: string,
  holds: () => Promise<boolean> | boolean,
  limitMillis?: number,
): Promise<void> {
  await eventually(what, async () => ((await holds()) ? true : undefined), limitMillis);
}

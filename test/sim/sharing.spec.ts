import { jain, meanRates, share } from './bottleneck';
import { eachSeed, expectThat } from './seeds';

/** Minutes of virtual time take seconds, and more on a busy machine. */
jest.setTimeout(120_000);

const path = { mbits: 2, queueSeconds: 0.3 };

it.each([0, 10, 60])('two flows, the second %i s later, get equal shares within minutes', async (later) => {
  await eachSeed(1, async (seed) => {
    const flows = [0, later].map((startsAt) => ({ kind: 'ours', startsAt }) as const);
    const rates = meanRates(await share({ ...path, seed, flows, seconds: 300 }), 240, 300);
    expectThat(jain(rates) >= 0.95, `Jain index ${jain(rates).toFixed(3)} of ${rates.join(' and ')} Mbit/s`);
    const [one = 0, other = 0] = rates;
    expectThat(one + other > 0.88 * path.mbits, `the link is used, by ${String(one + other)} Mbit/s`);
  });
});

it('gives way to a loss-based flow, and takes the path again when that stops', async () => {
  await eachSeed(2, async (seed) => {
    const other = { kind: 'loss-based', startsAt: 20, stopsAt: 70 } as const;
    const flows = [{ kind: 'ours', startsAt: 0 } as const, other];
    const samples = await share({ mbits: 5, queueSeconds: 0.3, seed, flows, seconds: 100 });
    const [before = 0] = meanRates(samples, 5, 20);
    const [beside = 0, theirs = 0] = meanRates(samples, 30, 70);
    const [after = 0] = meanRates(samples, 80, 100);
    expectThat(before > 0.85 * 5, `alone it takes ${before.toFixed(2)} of 5 Mbit/s`);
    expectThat(beside < 0.2 * 5, `beside the other it takes ${beside.toFixed(2)} of 5 Mbit/s`);
    expectThat(theirs > 0.75 * 5, `the other has ${theirs.toFixed(2)} of 5 Mbit/s`);
    expectThat(after > 0.85 * 5, `after it, it takes ${after.toFixed(2)} of 5 Mbit/s`);
  });
});

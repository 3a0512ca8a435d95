// Rounds: one kind of request after another, the bare application first in each. What is noise on the machine for seconds
// hits both, so that the ratio is taken in each round, and the median of the rounds counts.
/** What one order came to: rates, and CPU of the server's own process. */
async function measure(load, subject, order) {
  const before = await subject.cpuSeconds();
  const result = await load.tell({ ...order, url: subject.url });
  const cpuSeconds = (await subject.cpuSeconds()) - before;
  if (result.faults > 0) throw new Error(`${result.faults} answers to ${order.kind} were no answers`);
  return {
    perSecond: result.answers / order.seconds,
    micros: (cpuSeconds / result.answers) * 1e6,
    busy: cpuSeconds / result.seconds,
    loadBusy: result.cpuSeconds / result.seconds,
    bytes: result.bytes / result.answers,
  };
}

/**
 * Rows of medians, one for each contestant: `{ name, subject, order }`. The first is what the others are compared with. Each
 * is asked for a while before it counts, since code that was just compiled is slow.
 */
export async function rounds(load, contestants, { seconds, count }) {
  const results = contestants.map(() => []);
  for (let round = -1; round < count; round++) {
    for (const [at, { subject, order }] of contestants.entries()) {
      const result = await measure(load, subject, { ...order, seconds });
      if (round >= 0) results[at].push(result);
    }
  }
  const [base] = results;
  return contestants.map(({ name }, at) => ({ name, ...medians(results[at], base) }));
}

function medians(rows, base) {
  const of = (figure) => median(rows.map((row, at) => figure(row, at)));
  return {
    perSecond: of(({ perSecond }) => perSecond),
    micros: of(({ micros }) => micros),
    busy: of(({ busy }) => busy),
    loadBusy: of(({ loadBusy }) => loadBusy),
    bytes: of(({ bytes }) => bytes),
    rateRatio: of(({ perSecond }, at) => perSecond / base[at].perSecond),
    cpuRatio: of(({ micros }, at) => base[at].micros / micros),
  };
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

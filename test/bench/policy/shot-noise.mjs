// A model that is none of the library's: titles are released, are asked for most on their first days, and fade. Which of them
// are popular is not known beforehand; whoever begins goes on segment by segment, and half leave early.
const subscribers = 10_000;
/** Popularity: Pareto's law, so that few titles have most of the sessions. */
const paretoShape = 1.2;
const popularityMax = 200;

/**
 * `titles` in all; `life`: how long one is popular, in lengths of the trace; `segments`: of a title at the median. Same seed, same trace.
 */
export function shotNoise(random, requests, { titles = 1_000, life = 0.1, segments = 80, sessions = 200 } = {}) {
  const all = Array.from({ length: titles }, () => ({
    released: random.unit() * 1.3 - 0.3,
    life: Math.max(life * random.exponential(), 0.002),
    popularity: Math.min((1 - random.unit()) ** (-1 / paretoShape), popularityMax),
    length: Math.max(4, Math.round(segments * Math.exp(1.6 * (random.unit() + random.unit() + random.unit() - 1.5)))),
  }));
  const begins = beginsOf(all, requests, random);
  const watching = Array.from({ length: sessions }, () => ({ left: 0 }));
  let begun = 0;
  return {
    next(into) {
      const session = watching[random.below(sessions)];
      if (session.left === 0) begin(session, begins[begun++ % begins.length]);
      Object.assign(into, { title: session.title, segment: session.segment++, subscriber: session.subscriber });
      session.left--;
    },
  };

  function begin(session, title) {
    const { length } = all[title];
    const left = random.unit() < 0.5 ? 1 + Math.floor(random.exponential() * 0.3 * length) : length;
    Object.assign(session, { title, segment: 0, left: Math.min(left, length), subscriber: random.below(subscribers) });
  }
}

/** Titles in the order in which sessions of them begin: somewhat more than the requests need. */
function beginsOf(all, requests, random) {
  const volume = all.reduce((sum, { popularity, length }) => sum + popularity * length * 0.65, 0);
  const begins = [];
  all.forEach(({ released, life, popularity }, title) => {
    const count = Math.floor((popularity * requests * 1.25) / volume + random.unit());
    for (let session = 0; session < count; session++) {
      const at = released + life * random.exponential();
      if (at >= 0 && at < 1) begins.push({ at, title });
    }
  });
  return begins.sort((one, other) => one.at - other.at).map(({ title }) => title);
}

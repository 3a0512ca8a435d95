import { Flights, tellsRoundTrip, type Departure } from './flights';

const roundTrip = 40_000;

/** A chunk on which nothing else rests. */
function departure(chunk: number, isRepeat = false): Departure {
  return { chunk, bytes: 1_000, span: { first: chunk, last: chunk }, isRepeat };
}

/** Chunks 0 to `count - 1`, one each millisecond. */
function launched(count: number): Flights {
  const flights = new Flights();
  for (let chunk = 0; chunk < count; chunk++) flights.launch(departure(chunk), chunk * 1_000);
  return flights;
}

function lostAt(flights: Flights, now: number): number[] {
  return flights.takeLost(now, roundTrip).map(({ chunk }) => chunk);
}

describe('Flights', () => {
  it('counts what is under way', () => {
    const flights = launched(4);
    flights.launch(departure(2, true), 9_000);
    expect([flights.size, flights.bytes]).toEqual([4, 4_000]);
    const { bytes, newest } = flights.land({ first: 1, last: 2 }, 50_000);
    expect([bytes, newest?.chunk, newest?.isRepeat]).toEqual([2_000, 2, true]);
    expect([flights.size, flights.bytes, flights.find(1)?.chunk, flights.find(0)?.chunk]).toEqual([
      2,
      2_000,
      undefined,
      0,
    ]);
    expect(flights.takeAll().map(({ chunk }) => chunk)).toEqual([0, 3]);
    expect(flights.bytes).toBe(0);
  });

  it('loses nothing that no later one overtook', () => {
    const flights = launched(4);
    flights.land({ first: 0, last: 0 }, 40_000);
    expect(flights.lossAt(roundTrip)).toBeUndefined();
    expect(lostAt(flights, 10_000_000)).toEqual([]);
  });

  it('loses what was overtaken after an eighth more than a round trip', () => {
    const flights = launched(4);
    flights.land({ first: 3, last: 3 }, 43_000);
    expect(flights.lossAt(roundTrip)).toBe(45_000);
    expect(lostAt(flights, 44_999)).toEqual([]);
    expect(lostAt(flights, 46_000)).toEqual([0, 1]);
    expect(lostAt(flights, 47_000)).toEqual([2]);
    expect(flights.size).toBe(0);
  });

  it('is more patient once a loss proved to be none', () => {
    const flights = launched(4);
    flights.land({ first: 1, last: 3 }, 43_000);
    expect(lostAt(flights, 45_000)).toEqual([0]);
    flights.launch(departure(0, true), 45_000);
    // Five milliseconds after it was sent again, and nothing answers in less than forty: the first copy was only late.
    flights.land({ first: 0, last: 0 }, 50_000);
    flights.launch(departure(4), 100_000);
    flights.launch(departure(5), 101_000);
    flights.land({ first: 5, last: 5 }, 141_000);
    expect(flights.lossAt(roundTrip)).toBe(150_000);
  });

  it('is so up to two round trips', () => {
    const flights = launched(2);
    flights.land({ first: 1, last: 1 }, 41_000);
    for (let time = 1; time < 20; time++) {
      flights.launch(departure(0, true), time * 1e6);
      flights.land({ first: 0, last: 0 }, time * 1e6 + 5_000);
    }
    flights.launch(departure(7), 30e6);
    flights.launch(departure(8), 30e6);
    flights.land({ first: 8, last: 8 }, 30e6 + roundTrip);
    expect(flights.lossAt(roundTrip)).toBe(30e6 + 2 * roundTrip);
  });

  it('waits anew for what rests on a chunk that was lost, and takes no round trip from it', () => {
    const flights = new Flights();
    flights.launch({ ...departure(0), span: { first: 0, last: 3 } }, 0);
    for (const chunk of [1, 2, 4, 5]) flights.launch(departure(chunk), chunk * 1_000);
    flights.land({ first: 4, last: 4 }, roundTrip);
    const lost = flights.takeLost(roundTrip * (9 / 8), roundTrip);
    expect(lost.map(({ chunk }) => chunk)).toEqual([0]);
    flights.strand(lost, roundTrip * (9 / 8));
    expect(lostAt(flights, 2 * roundTrip)).toEqual([]);
    flights.launch(departure(0, true), roundTrip * (9 / 8));
    expect(flights.oldest()?.chunk).toBe(5);
    const { newest } = flights.land({ first: 1, last: 1 }, 2 * roundTrip);
    expect(newest === undefined || tellsRoundTrip(newest)).toBe(false);
    flights.land({ first: 0, last: 0 }, 3 * roundTrip);
    // What rested on it and did not come with it is lost.
    expect(lostAt(flights, 3 * roundTrip)).toEqual([5, 2]);
  });

  it('gives back what was sent before a time', () => {
    const flights = launched(6);
    expect(flights.takeOlder({ first: 1, last: 5 }, 3_000).map(({ chunk }) => chunk)).toEqual([1, 2, 3]);
    expect(flights.size).toBe(3);
  });

  it('finds the few within a wide range, and the many within a narrow one', () => {
    const flights = new Flights();
    for (const chunk of [1, 2 ** 40, 2 ** 52]) flights.launch(departure(chunk), 0);
    expect(flights.land({ first: 2, last: Number.MAX_SAFE_INTEGER }, 1).bytes).toBe(2_000);
  });

  it('remembers what the peer wants no more', () => {
    const flights = launched(3);
    flights.abandon({ first: 1, last: 1 });
    expect(flights.takeAll().map(({ wanted }) => wanted)).toEqual([true, false, true]);
  });
});

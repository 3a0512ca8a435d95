import * as fc from 'fast-check';
import { limits, second, type Micros } from '../limits';
import { Throughput, typicalSpeed } from './throughput';

function peer(host: number) {
  return { ip: `10.0.${String(host >> 8)}.${String(host & 255)}`, port: 7 };
}

/** What a peer delivers in a second. */
function rate(bytes: number) {
  return { bytes, awaited: second };
}

const start = 100 * second;

it('knows nothing of anybody at first', () => {
  expect(new Throughput().speed(peer(1), start)).toEqual(typicalSpeed);
});

it('tells fast peers from slow ones, and takes those it does not know for as fast as most', () => {
  const throughput = new Throughput();
  throughput.note(peer(1), rate(2 ** 20), start);
  throughput.note(peer(2), rate(2 ** 12), start);
  expect(throughput.speed(peer(1), start)).toEqual({ octave: 20, most: 16, measured: 'fast' });
  expect(throughput.speed(peer(2), start)).toEqual({ octave: 12, most: 16, measured: 'slow' });
  expect(throughput.speed(peer(3), start)).toEqual({ octave: 16, most: 16, measured: undefined });
});

it('counts what was delivered long ago for less, and then for nothing', () => {
  const throughput = new Throughput();
  throughput.note(peer(1), rate(2 ** 20), start);
  throughput.note(peer(1), rate(2 ** 10), start + limits.throughputHalf);
  // (2^20 / 2 + 2^10) bytes in a second and a half.
  expect(throughput.speed(peer(1), start + limits.throughputHalf).octave).toBe(18);
  const last = start + limits.throughputHalf + limits.throughputLife;
  expect(throughput.speed(peer(1), last).measured).toBe('fast');
  expect(throughput.speed(peer(1), last + 1)).toEqual(typicalSpeed);
});

it('takes one that delivers nothing for the slowest there is', () => {
  const throughput = new Throughput();
  throughput.note(peer(1), rate(2 ** 20), start);
  throughput.note(peer(2), { bytes: 0, awaited: 5 * second }, start);
  expect(throughput.speed(peer(2), start)).toMatchObject({ octave: 0, measured: 'slow' });
});

it('is bounded: who was measured longest ago is forgotten first', () => {
  const throughput = new Throughput();
  for (let host = 0; host <= limits.throughputPeersMax; host++) throughput.note(peer(host), rate(2 ** 20), start);
  expect(throughput.speed(peer(0), start).measured).toBeUndefined();
  expect(throughput.speed(peer(1), start).measured).toBe('fast');
});

it('orders peers by what they delivered, whatever it heard and when', () => {
  const note = fc.record({ host: fc.nat(6), bytes: fc.nat(2 ** 30), awaited: fc.nat(100 * second), wait: fc.nat(900) });
  fc.assert(
    fc.property(fc.array(note, { maxLength: 60 }), (notes) => {
      const throughput = new Throughput();
      let now: Micros = start;
      let seen = 0;
      for (const { host, bytes, awaited, wait } of notes) {
        now += wait * second;
        throughput.note(peer(host), { bytes, awaited }, now);
        seen++;
        const speeds = Array.from({ length: 7 }, (_, at) => throughput.speed(peer(at), now));
        const known = speeds.filter(({ measured }) => measured !== undefined);
        expect(known.length).toBeGreaterThan(0);
        expect(known.length).toBeLessThanOrEqual(seen);
        // Most is within what was measured, so that not all are slow.
        expect(known.some(({ measured }) => measured === 'fast')).toBe(true);
        const octaves = known.map(({ octave }) => octave);
        for (const { most } of speeds) {
          expect(most).toBeGreaterThanOrEqual(Math.min(...octaves));
          expect(most).toBeLessThanOrEqual(Math.max(...octaves));
        }
        for (const one of known)
          if (one.measured === 'slow')
            expect(octaves.filter((octave) => octave < one.octave).length).toBeLessThan(octaves.length - 1);
      }
    }),
  );
});

import fc from 'fast-check';
import { second } from '../limits';
import { RoundTrip } from './round-trip';

it('waits a second before anything was measured, RFC 6298 section 2.1', () => {
  expect(new RoundTrip().timeout).toBe(second);
  expect(new RoundTrip({ timeoutMin: 3 * second }).timeout).toBe(3 * second);
});

it('estimates as RFC 6298 sections 2.2 and 2.3 say', () => {
  const roundTrip = new RoundTrip({ timeoutMin: 0 });
  roundTrip.sample(800_000);
  expect([roundTrip.smoothed, roundTrip.timeout]).toEqual([800_000, 800_000 + 4 * 400_000]);
  roundTrip.sample(1_600_000);
  expect([roundTrip.smoothed, roundTrip.timeout]).toEqual([900_000, 900_000 + 4 * 500_000]);
});

it('waits at least a millisecond longer than a round trip that never varies', () => {
  const roundTrip = new RoundTrip({ timeoutMin: 0 });
  for (let count = 0; count < 200; count++) roundTrip.sample(50_000);
  expect(roundTrip.timeout).toBe(51_000);
});

it('doubles with each timeout up to its bound, until the next sample', () => {
  const roundTrip = new RoundTrip({ timeoutMax: 60 * second });
  roundTrip.sample(500_000);
  roundTrip.backOff();
  expect(roundTrip.timeout).toBe(3 * second);
  for (let count = 0; count < 10; count++) roundTrip.backOff();
  expect(roundTrip.timeout).toBe(60 * second);
  roundTrip.sample(500_000);
  expect(roundTrip.timeout).toBe(500_000 + 4 * 187_500);
});

it('stays within its bounds', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(200 * second), { minLength: 1 }), (samples) => {
      const roundTrip = new RoundTrip();
      for (const sample of samples) roundTrip.sample(sample);
      expect(roundTrip.timeout).toBeGreaterThanOrEqual(second);
      expect(roundTrip.timeout).toBeLessThanOrEqual(60 * second);
      expect(roundTrip.smoothed).toBeLessThanOrEqual(Math.max(...samples));
    }),
  );
});

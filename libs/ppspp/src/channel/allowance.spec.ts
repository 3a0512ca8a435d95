import fc from 'fast-check';
import { second } from '../limits';
import { Allowance } from './allowance';
import { Uploader } from './uploader';
import { TestShelf } from './uploader.testing';

it('never lets more pass than its burst and what time brings', () => {
  const steps = fc.array(fc.record({ pause: fc.nat(second), tries: fc.nat(20) }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(steps, (turns) => {
      const allowance = new Allowance(10_000, 5_000);
      let now = 0;
      let sent = 0;
      for (const { pause, tries } of turns) {
        now += pause;
        allowance.refill(now);
        for (let at = 0; at < tries && !allowance.exhausted; at++) {
          allowance.spend(1_000);
          sent += 1_000;
        }
        const began = turns[0]?.pause ?? 0;
        expect(sent).toBeLessThanOrEqual(5_000 + (10_000 * (now - began)) / second + 1_000);
      }
    }),
  );
});

it('tells when it lets something pass again', () => {
  const allowance = new Allowance(1_000, 2_000);
  allowance.refill(0);
  allowance.spend(3_000);
  expect([allowance.exhausted, allowance.readyAt]).toEqual([true, second + 1_000]);
  allowance.refill(allowance.readyAt);
  expect(allowance.exhausted).toBe(false);
});

/** Content bytes that a peer gets in three seconds that acknowledges every chunk as soon as it is sent. */
function takenByEarlyAcks(bytesPerSecondMax: number): number {
  const shelf = new TestShelf(1_000_000);
  const uploader = new Uploader({ windowBytesMax: 64 * 1_024, segmentBytes: 1_024, bytesPerSecondMax }, shelf);
  let now = second;
  uploader.request({ first: 0, last: 999_999 }, now);
  while (now < 4 * second) {
    for (const message of uploader.pump(now, 0n).flat())
      if (message.type === 'data') uploader.acknowledge(message.range, 0n, now + 1);
    now += second / 1_000;
  }
  return shelf.servedBytes + shelf.repeatedBytes;
}

it('holds a peer that acknowledges what is still on its way to the configured rate', () => {
  expect(takenByEarlyAcks(1_000_000)).toBeLessThan(3_000_000 + 64 * 1_024 + 1_024);
  expect(takenByEarlyAcks(1_000_000)).toBeGreaterThan(2_900_000);
  expect(takenByEarlyAcks(1_000_000_000)).toBeGreaterThan(30_000_000);
});

it("sends a second's worth at once, however wide the window is", () => {
  expect(takenByEarlyAcks(16_000)).toBeLessThan(16_000 + 3 * 16_000 + 2 * 1_024);
});

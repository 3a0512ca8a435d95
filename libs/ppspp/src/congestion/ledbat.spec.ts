import fc from 'fast-check';
import { InvariantError } from '../errors';
import { second, type Micros } from '../limits';
import { Ledbat } from './ledbat';

const segmentBytes = 1000;
const windowBytesMax = 200 * segmentBytes;
const roundTrip = second / 20;
const minute = 60 * second;

/** A sender that always fills its window, and a receiver that acknowledges each segment. */
class Conversation {
  now: Micros = 0;

  constructor(readonly ledbat = new Ledbat({ segmentBytes, windowBytesMax })) {}

  /** One round trip, in which every segment of the window is acknowledged with this delay. */
  round(delay: Micros): void {
    const segments = Math.floor(this.ledbat.window / segmentBytes);
    for (let segment = 0; segment < segments; segment++)
      this.acknowledge(delay, this.ledbat.window, roundTrip / segments);
  }

  acknowledge(delay: Micros, flightBytes: number, pause: Micros): void {
    this.now += pause;
    this.ledbat.acknowledged({ bytes: segmentBytes, delay, flightBytes, roundTrip, now: this.now });
  }

  /** Out of slow start, with a window of some 30 segments and no queue. */
  settle(): this {
    while (this.ledbat.window < 60 * segmentBytes) this.round(0);
    this.ledbat.lost(this.now, this.now);
    return this;
  }
}

it('begins with two segments, RFC 6817 section 2.5', () => {
  expect(new Ledbat({ segmentBytes, windowBytesMax }).window).toBe(2 * segmentBytes);
});

it('doubles in each round trip of slow start', () => {
  const conversation = new Conversation();
  for (const segments of [4, 8, 16]) {
    conversation.round(0);
    expect(conversation.ledbat.window).toBe(segments * segmentBytes);
  }
});

it('grows by a segment in a round trip while the queue is empty', () => {
  const conversation = new Conversation().settle();
  const before = conversation.ledbat.window;
  conversation.round(0);
  expect(conversation.ledbat.window - before).toBeGreaterThan(0.9 * segmentBytes);
  expect(conversation.ledbat.window - before).toBeLessThanOrEqual(segmentBytes);
});

it.each([
  ['grows at half the pace at half the target', 50_000, 0.45, 0.51],
  ['is braked at the target, by a sixteenth', 100_000, -2.1, -1.7],
  ['shrinks faster above the target than it grew below', 200_000, -7, -5],
])('%s', (_, delay, least, most) => {
  const conversation = new Conversation().settle();
  // The filter needs a round trip to forget the empty queue.
  conversation.round(delay);
  conversation.round(delay);
  expect(conversation.ledbat.queueingDelay).toBe(delay);
  const before = conversation.ledbat.window;
  conversation.round(delay);
  expect((conversation.ledbat.window - before) / segmentBytes).toBeGreaterThan(least);
  expect((conversation.ledbat.window - before) / segmentBytes).toBeLessThan(most);
});

it('ends slow start once, with half the window, when half the target lasts', () => {
  const conversation = new Conversation();
  for (let round = 0; round < 4; round++) conversation.round(0);
  const before = conversation.ledbat.window;
  conversation.round(60_000);
  expect(conversation.ledbat.window).toBeLessThan(before);
  const after = conversation.ledbat.window;
  conversation.round(60_000);
  expect(conversation.ledbat.window).toBeGreaterThan(after);
  expect(conversation.ledbat.window).toBeLessThan(after + segmentBytes);
});

it('is not misled by a single late datagram', () => {
  const conversation = new Conversation();
  for (let round = 0; round < 4; round++) conversation.round(0);
  const before = conversation.ledbat.window;
  conversation.acknowledge(500_000, before, 1);
  expect(conversation.ledbat.window).toBe(before + segmentBytes);
  expect(conversation.ledbat.queueingDelay).toBe(0);
});

it('halves on loss, and not again for what was sent before', () => {
  const { ledbat, now } = new Conversation().settle();
  const before = ledbat.window;
  const later = now + roundTrip;
  expect([ledbat.lost(now, later), ledbat.lost(later - 1, later + roundTrip)]).toEqual([true, false]);
  expect(ledbat.window).toBe(Math.floor(before / 2));
  expect(ledbat.lost(later, later + roundTrip)).toBe(true);
  expect(ledbat.window).toBe(Math.floor(before / 4));
});

it('counts what overflowed in slow start once: its end, and the losses that follow', () => {
  const conversation = new Conversation();
  for (let round = 0; round < 5; round++) conversation.round(0);
  const sentAt = conversation.now;
  conversation.round(60_000);
  const after = conversation.ledbat.window;
  expect(after).toBeLessThan(64 * segmentBytes);
  expect(conversation.ledbat.lost(sentAt, conversation.now)).toBe(false);
  expect(conversation.ledbat.window).toBe(after);
});

describe('a gap', () => {
  /** A flow that has kept its queue above half the target until it leaves a gap; tells its window before. */
  function saturated(): { conversation: Conversation; before: number } {
    const conversation = new Conversation().settle();
    let before = 0;
    while (conversation.ledbat.window > 2 * segmentBytes && conversation.now < minute) {
      before = conversation.ledbat.window;
      conversation.acknowledge(60_000, before, roundTrip / 30);
    }
    return { conversation, before };
  }

  it('comes after five seconds with a standing queue, and not without one', () => {
    const idle = new Conversation().settle();
    while (idle.now < minute) idle.acknowledge(0, idle.ledbat.window, roundTrip / 30);
    expect(idle.ledbat.window).toBeGreaterThan(2 * segmentBytes);
    const { conversation, before } = saturated();
    expect(before).toBeGreaterThan(10 * segmentBytes);
    expect(conversation.now / second).toBeGreaterThan(5);
    expect(conversation.now / second).toBeLessThan(8);
  });

  it('lasts a round trip beyond what was in flight, and then leads to the window that fills the path alone', () => {
    const { conversation, before } = saturated();
    const { ledbat } = conversation;
    for (let flight = before; flight > 2 * segmentBytes; flight -= segmentBytes) {
      conversation.acknowledge(60_000, flight, roundTrip / 30);
      expect(ledbat.window).toBe(2 * segmentBytes);
    }
    conversation.acknowledge(0, 2 * segmentBytes, 1);
    expect(ledbat.window).toBe(2 * segmentBytes);
    conversation.acknowledge(0, 2 * segmentBytes, roundTrip);
    for (let round = 0; round < 5; round++) conversation.round(0);
    expect(ledbat.window / before).toBeGreaterThan(0.5);
    expect(ledbat.window / before).toBeLessThan(0.7);
  });

  it('is over with a timeout, which halves the window that was', () => {
    const { conversation, before } = saturated();
    conversation.ledbat.timedOut();
    for (let round = 0; round < 8; round++) conversation.round(0);
    expect(conversation.ledbat.window / before).toBeGreaterThan(0.2);
    expect(conversation.ledbat.window / before).toBeLessThan(0.6);
  });
});

it('falls to one segment on a timeout, and returns to half its window by slow start', () => {
  const conversation = new Conversation().settle();
  const before = conversation.ledbat.window;
  conversation.ledbat.timedOut();
  expect(conversation.ledbat.window).toBe(segmentBytes);
  conversation.ledbat.timedOut();
  const windows: number[] = [];
  for (let round = 0; round < 6; round++) {
    conversation.round(0);
    windows.push(conversation.ledbat.window / segmentBytes);
  }
  expect(windows.slice(0, 3)).toEqual([2, 4, 8]);
  expect(windows[5]).toBeLessThan(before / 2 / segmentBytes + 4);
});

it('does not grow for a sender that leaves its window unused', () => {
  const conversation = new Conversation().settle();
  for (let round = 0; round < 100; round++) conversation.acknowledge(0, 3 * segmentBytes, roundTrip);
  expect(conversation.ledbat.window).toBeLessThanOrEqual(4 * segmentBytes);
});

it('keeps its window for a sender that waits for room for a train', () => {
  const conversation = new Conversation().settle();
  const before = conversation.ledbat.window;
  for (let round = 0; round < 20; round++) {
    for (let segment = 0; segment < 20; segment++) {
      conversation.acknowledge(0, conversation.ledbat.window - segment * segmentBytes, roundTrip / 20);
    }
  }
  expect(conversation.ledbat.window).toBeGreaterThan(before);
});

it('believes a longer base delay after ten minutes, RFC 6817 section 2.5', () => {
  const conversation = new Conversation().settle();
  const changedAt = conversation.now;
  while (conversation.now < changedAt + 8 * minute) conversation.acknowledge(80_000, 20 * segmentBytes, minute / 6);
  expect(conversation.ledbat.queueingDelay).toBe(80_000);
  while (conversation.now < changedAt + 11 * minute) conversation.acknowledge(80_000, 20 * segmentBytes, minute / 6);
  expect(conversation.ledbat.queueingDelay).toBe(0);
});

it('believes a shorter base delay at once', () => {
  const conversation = new Conversation().settle();
  conversation.acknowledge(-30_000, segmentBytes, roundTrip);
  conversation.acknowledge(0, segmentBytes, 2 * roundTrip);
  expect(conversation.ledbat.queueingDelay).toBe(30_000);
});

it('measures anew after ten idle minutes', () => {
  const conversation = new Conversation().settle();
  conversation.acknowledge(90_000, segmentBytes, 10 * minute);
  expect(conversation.ledbat.queueingDelay).toBe(0);
});

it('takes no notice of how far apart the clocks are', () => {
  const delays = fc.array(fc.nat(400_000), { maxLength: 60 });
  fc.assert(
    fc.property(delays, fc.integer({ min: -(2 ** 52), max: 2 ** 52 }), (samples, offset) => {
      const plain = new Conversation();
      const shifted = new Conversation();
      for (const delay of samples) {
        plain.round(delay);
        shifted.round(delay + offset);
      }
      expect(shifted.ledbat.window).toBe(plain.ledbat.window);
    }),
    { numRuns: 30 },
  );
});

it('keeps its window within its bounds, whatever the peer reports', () => {
  const event = fc.oneof(
    fc.record({
      bytes: fc.nat(50 * segmentBytes),
      delay: fc.oneof(fc.integer(), fc.constantFrom(Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER)),
      flightBytes: fc.nat(2 * windowBytesMax),
      roundTrip: fc.nat(second),
      pause: fc.nat(second),
    }),
    fc.constantFrom('lost' as const, 'timedOut' as const),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 100 }), (events) => {
      const ledbat = new Ledbat({ segmentBytes, windowBytesMax });
      let now = 0;
      for (const step of events) {
        if (step === 'lost') ledbat.lost(now, now);
        else if (step === 'timedOut') ledbat.timedOut();
        else ledbat.acknowledged({ ...step, now: (now += step.pause) });
        expect(ledbat.window).toBeGreaterThanOrEqual(segmentBytes);
        expect(ledbat.window).toBeLessThanOrEqual(windowBytesMax);
      }
    }),
  );
});

it.each([{ target: 100_001 }, { target: 0 }, { gain: 1.1 }, { windowBytesMax: segmentBytes }])(
  'refuses what RFC 6817 does not allow: %o',
  (options) => {
    expect(() => new Ledbat({ segmentBytes, windowBytesMax, ...options })).toThrow(InvariantError);
  },
);

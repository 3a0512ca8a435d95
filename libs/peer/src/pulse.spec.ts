import { Pulse } from './pulse';

describe('Pulse', () => {
  it('tells the age of the oldest last sign of life, to whoever has its memory', () => {
    const pulse = new Pulse(3);
    const threads = [0, 1, 2];
    for (const thread of threads) new Pulse(3, pulse.memory).sign(thread, 1_000 + thread);
    expect(pulse.slowest(1_500)).toBe(500);
    pulse.sign(0, 1_400);
    expect(pulse.slowest(1_500)).toBe(499);
  });

  it('takes a thread that does not run, or not yet, for one that never lived', () => {
    const pulse = new Pulse(2);
    pulse.sign(0, 5_000);
    expect(pulse.slowest(5_000)).toBe(5_000);
    pulse.sign(1, 5_000);
    expect(pulse.slowest(5_000)).toBe(0);
    pulse.clear(0);
    expect(pulse.slowest(5_000)).toBe(5_000);
  });

  it('has a generation that only changes by revoking', () => {
    const pulse = new Pulse(1);
    const thread = new Pulse(1, pulse.memory);
    const before = thread.generation;
    thread.sign(0, 1);
    expect(thread.generation).toBe(before);
    pulse.revoke();
    expect(thread.generation).not.toBe(before);
  });
});

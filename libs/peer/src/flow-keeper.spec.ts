import { Registry } from 'prom-client';
import { createDatapathMetrics } from './datapath-metrics';
import { FlowKeeper } from './flow-keeper';
import { Pulse } from './pulse';

describe('FlowKeeper', () => {
  const pulse = new Pulse(2);
  const deeds: string[] = [];
  let now = 10_000_000;
  let keeper: FlowKeeper;

  beforeEach(() => {
    deeds.length = 0;
    keeper = new FlowKeeper({
      thread: 1,
      pulse,
      metrics: createDatapathMetrics(new Registry()),
      // A loss is told of when the sign of life is still the old one, and what waits is gone.
      discard: () => deeds.push(`discards at sign ${String(pulse.slowest(now) > 0)}`),
      onLost: (isOwnFault) => void deeds.push(isOwnFault ? 'stalled' : 'revoked'),
      now: () => now,
    });
    pulse.sign(0, Number.MAX_SAFE_INTEGER);
    keeper.sign();
  });

  it('shows that it lives', () => {
    now += 700_000;
    expect(pulse.slowest(now)).toBe(700_000);
    keeper.sign();
    expect(pulse.slowest(now)).toBe(0);
    expect(deeds).toEqual([]);
  });

  it('discards what waits before it shows that it lives again after a stall', () => {
    now += 1_000_001;
    keeper.sign();
    expect(deeds).toEqual(['discards at sign true', 'stalled']);
    expect(keeper.look()).toBe(false);
  });

  it('does so when its flows were revoked, of which it need not tell', () => {
    pulse.revoke();
    now += 1;
    expect(keeper.look()).toBe(true);
    expect(deeds).toEqual(['discards at sign true', 'revoked']);
    expect([now - 1, now].map((arrivedAt) => keeper.keeps(arrivedAt))).toEqual([false, true]);
  });
});

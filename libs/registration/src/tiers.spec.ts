import { type Tiered, trackersInUse } from './tiers';

const steady = 60_000;

function tracker(tier: number, state: Tiered['state'], more: Partial<Tiered> = {}): Tiered {
  return { tier, group: '', state, since: 0, used: false, ...more };
}

function inUse(now: number, ...trackers: readonly Tiered[]): boolean[] {
  const used = trackersInUse(trackers, now, steady);
  return trackers.map((one) => used.has(one));
}

describe('of the trackers of a group', () => {
  it('the lowest tier is used, all of it', () => {
    expect(inUse(0, tracker(3, 'connecting'), tracker(1, 'connecting'), tracker(1, 'connected'))).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('the next tier is used while none of the lower ones answers', () => {
    expect(
      inUse(0, tracker(1, 'failed'), tracker(1, 'failed'), tracker(2, 'connecting'), tracker(3, 'connecting')),
    ).toEqual([true, true, true, false]);
    expect(inUse(0, tracker(1, 'failed'), tracker(2, 'failed', { used: true }), tracker(3, 'connecting'))).toEqual([
      true,
      true,
      true,
    ]);
    expect(inUse(0, tracker(1, 'failed'), tracker(1, 'connected'), tracker(2, 'connecting'))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('a higher tier is given up once a lower one has answered for a while', () => {
    const trackers = [tracker(1, 'connected', { since: 1_000, used: true }), tracker(2, 'connected', { used: true })];
    expect(inUse(1_000 + steady - 1, ...trackers)).toEqual([true, true]);
    expect(inUse(1_000 + steady, ...trackers)).toEqual([true, false]);
  });

  it('each group is used for itself', () => {
    const other = tracker(5, 'connecting', { group: 'other' });
    expect(inUse(0, tracker(1, 'connected'), other, tracker(6, 'connecting', { group: 'other' }))).toEqual([
      true,
      true,
      false,
    ]);
  });
});

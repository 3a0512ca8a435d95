import * as fc from 'fast-check';
import { nearnesses } from './standing';
import { lastPriority, levelOf, rankOf, type Ranked } from './rank';
import { octavesMax } from './throughput';

const octave = fc.nat(octavesMax);
const anyPeer: fc.Arbitrary<Ranked> = fc.record({
  nearness: fc.constantFrom(...nearnesses),
  speed: fc.record({ octave, most: octave, measured: fc.constantFrom('fast', 'slow', undefined) }),
  priority: fc.oneof(fc.nat(5), fc.nat(lastPriority), fc.maxSafeNat()),
  failures: fc.nat(40),
  defaults: fc.nat(4),
  origin: fc.constantFrom('operator', 'tracker', 'exchange', 'subscriber'),
});

/** The parts of the order, the most significant first, as they are promised. */
function parts({ nearness, speed, priority, failures, defaults, origin }: Ranked): number[] {
  const record = Math.min(15, failures + 5 * defaults);
  const pace = record > 0 ? Math.min(speed.octave, speed.most) : speed.octave;
  return [nearnesses.indexOf(nearness), -pace, Math.min(priority, lastPriority), record, origin === 'exchange' ? 1 : 0];
}

it('orders by nearness, then throughput, then priority, then record, then who named it', () => {
  fc.assert(
    fc.property(anyPeer, anyPeer, (one, other) => {
      const [ours, theirs] = [parts(one), parts(other)];
      const at = ours.findIndex((part, index) => part !== theirs[index]);
      const difference = at < 0 ? 0 : (ours[at] ?? 0) - (theirs[at] ?? 0);
      expect(Math.sign(rankOf(one) - rankOf(other))).toBe(Math.sign(difference));
    }),
  );
});

it('calls no farther peer on the level of a nearer one, and no slow one before another as near', () => {
  fc.assert(
    fc.property(anyPeer, anyPeer, (one, other) => {
      const nearer = nearnesses.indexOf(one.nearness) < nearnesses.indexOf(other.nearness);
      if (nearer) expect(levelOf(one)).toBeLessThan(levelOf(other));
      const isSlower = one.speed.measured !== 'slow' && other.speed.measured === 'slow';
      if (one.nearness === other.nearness && isSlower) expect(levelOf(one)).toBeLessThan(levelOf(other));
    }),
  );
});

it('calls what was measured and is not slow with the best that a tracker names', () => {
  fc.assert(
    fc.property(anyPeer, (peer) => {
      const best = levelOf({ ...peer, priority: 1, speed: { octave: 0, most: 0, measured: undefined } });
      if (peer.speed.measured === 'fast') expect(levelOf(peer)).toBeLessThanOrEqual(best);
      expect(levelOf({ ...peer, priority: 0 })).toBeLessThanOrEqual(levelOf(peer));
    }),
  );
});

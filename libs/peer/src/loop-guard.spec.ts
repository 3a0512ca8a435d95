import { loopRounds, loopSpan } from './limits';
import { LoopGuard } from './loop-guard';

const from = { ip: '198.51.100.1', port: 4_000 };
const origin = { ip: '203.0.113.7', port: 6_778 };
const bytes = Buffer.from('round and round');

/** How many of so many datagrams, one each `step`, are let through. */
function passed(
  guard: LoopGuard,
  count: number,
  step: number,
  bytesAt: (at: number) => Uint8Array = () => bytes,
): number {
  let through = 0;
  for (let at = 0; at < count; at++) if (!guard.circles(from, origin, bytesAt(at), at * step)) through++;
  return through;
}

describe('a loop guard', () => {
  it('ends what circles, after as many rounds as a time to live has', () => {
    expect(passed(new LoopGuard(), 10_000, 25)).toBe(loopRounds);
  });

  it('lets through what is said again now and then', () => {
    expect(passed(new LoopGuard(), 10_000, loopSpan / loopRounds)).toBe(10_000);
  });

  it('lets through what differs in a byte, or in a flow', () => {
    const guard = new LoopGuard();
    expect(passed(guard, 200, 25, (at) => Uint8Array.of(at))).toBe(200);
    for (let port = 1; port <= 200; port++) expect(guard.circles({ ...from, port }, origin, bytes, 0)).toBe(false);
  });
});

import { subscribersKnownMax, usesMax } from './limits';
import { Uses } from './uses';

const swarmId = 'ab'.repeat(32);
const one = { ip: '198.51.100.7', port: 1 };
const other = { ip: '198.51.100.8', port: 1 };

function use(extent: number, by = one, chunkSize = 1024) {
  return { swarmId, extent, chunkSize, by };
}

describe('what subscribers asked for', () => {
  it('is told once for each segment and subscriber, in the order of its coming', () => {
    const uses = new Uses();
    for (const each of [use(0), use(1), use(3), use(4), use(2), use(0, other), use(0, { ...one, port: 9 })])
      uses.note(each);
    const drained = uses.drain();
    expect(drained.map(({ index }) => index)).toEqual([0, 4, 0]);
    expect(new Set(drained.map(({ by }) => by)).size).toBe(2);
    expect(uses.drain()).toEqual([]);
    uses.note(use(0));
    expect(uses.drain()).toMatchObject([{ swarmId, index: 0, chunkSize: 1024, by: drained[0]?.by }]);
  });

  it('depends on the size of the chunks', () => {
    const uses = new Uses();
    for (const extent of [0, 1, 2]) uses.note(use(extent, one, 8192));
    expect(uses.drain()).toHaveLength(3);
  });

  it('names nobody: the numbers of another thread are others, and a host of IPv6 has one', () => {
    const [here, there] = [new Uses(), new Uses()];
    for (const uses of [here, there]) {
      uses.note(use(0, { ip: '2001:db8::1', port: 1 }));
      uses.note(use(0, { ip: '2001:db8::2', port: 1 }));
    }
    const [ours, theirs] = [here.drain(), there.drain()];
    expect([ours.length, theirs.length]).toEqual([1, 1]);
    expect(ours[0]?.by).toBeGreaterThan(0);
    expect(ours[0]?.by).not.toBe(theirs[0]?.by);
  });

  it('is bounded, whoever asks for whatever', () => {
    const uses = new Uses();
    for (let at = 0; at <= subscribersKnownMax; at++)
      uses.note(use(at, { ip: `10.${String(at >> 16)}.${String((at >> 8) & 255)}.${String(at & 255)}`, port: 1 }));
    expect(uses.size).toBe(usesMax);
  });
});

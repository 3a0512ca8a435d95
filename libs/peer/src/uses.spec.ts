import { subscribersKnownMax, usesMax } from './limits';
import { Uses } from './uses';

const key = new Uint8Array(16).fill(7);
const swarmId = 'ab'.repeat(32);
const one = { ip: '198.51.100.7', port: 1 };
const other = { ip: '198.51.100.8', port: 1 };

function use(extent: number, by = one, chunkSize = 1024) {
  return { swarmId, extent, chunkSize, by };
}

describe('what subscribers asked for', () => {
  it('is told once for each segment and subscriber, in the order of its coming', () => {
    const uses = new Uses(key);
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
    const uses = new Uses(key);
    for (const extent of [0, 1, 2]) uses.note(use(extent, one, 8192));
    expect(uses.drain()).toHaveLength(3);
  });

  it('names a subscriber alike in every thread, another process by other numbers, and a host of IPv6 once', () => {
    const [here, replaced, elsewhere] = [key, key, new Uint8Array(16)].map((each) => {
      const uses = new Uses(each);
      uses.note(use(0, { ip: '2001:db8::1', port: 1 }));
      uses.note(use(0, { ip: '2001:db8::2', port: 1 }));
      return uses.drain().map(({ by }) => by);
    });
    expect(here).toHaveLength(1);
    expect(here?.[0]).toBeGreaterThan(0);
    expect(replaced).toEqual(here);
    expect(elsewhere).not.toEqual(here);
  });

  it('is bounded, whoever asks for whatever', () => {
    const uses = new Uses(key);
    for (let at = 0; at <= subscribersKnownMax; at++)
      uses.note(use(at, { ip: `10.${String(at >> 16)}.${String((at >> 8) & 255)}.${String(at & 255)}`, port: 1 }));
    expect(uses.size).toBe(usesMax);
  });
});

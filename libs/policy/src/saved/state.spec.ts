import { decodeState, encodeState, type PolicyState } from './state';

const state: PolicyState = {
  seed: 7,
  probationShare: 0.25,
  odds: Float64Array.of(1, 2, 3),
  swarms: Float64Array.of(11, 2 ** 51),
  segments: Uint32Array.of(0, 5, 0, 1, 6, 1 << 21),
  ghosts: Uint32Array.of(9, 8),
};

describe('a saved state', () => {
  it('is read back from wherever its bytes lie: also from a Buffer within a larger one', () => {
    const bytes = encodeState(state);
    const place = Buffer.alloc(bytes.length + 12, 0xff);
    place.set(bytes, 5);
    expect(decodeState(bytes)).toEqual(state);
    expect(decodeState(place.subarray(5, 5 + bytes.length))).toEqual(state);
  });

  it('is none if a bit of it is another one, or if some of it is missing', () => {
    const bytes = encodeState(state);
    for (let at = 0; at < bytes.length; at++) {
      const other = Uint8Array.from(bytes);
      other[at] = (other[at] ?? 0) ^ (1 << (at % 8));
      expect(decodeState(other)).toBeUndefined();
    }
    for (const length of [0, 4, 32, bytes.length - 4]) expect(decodeState(bytes.subarray(0, length))).toBeUndefined();
  });
});

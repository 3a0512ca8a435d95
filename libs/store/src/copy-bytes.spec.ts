import fc from 'fast-check';
import { copyBytes } from './copy-bytes';

describe('copyBytes', () => {
  it('does what set does, between memory of any kind', () => {
    const kinds = fc.constantFrom(ArrayBuffer, SharedArrayBuffer);
    const sizes = fc.record({ offset: fc.nat(64), length: fc.nat(5000), at: fc.nat(5000), more: fc.nat(10) });
    fc.assert(
      fc.property(kinds, kinds, sizes, (From, To, { offset, length, at, more }) => {
        const source = new Uint8Array(new From(offset + length), offset);
        source.forEach((_, index) => (source[index] = index * 7 + 1));
        const target = new Uint8Array(new To(3 + at + length + more), 3);
        const expected = new Uint8Array(target.length);
        expected.set(source, at);
        copyBytes(target, source, at);
        expect(Buffer.compare(target, expected)).toBe(0);
      }),
    );
  });

  it.each([0, 1, 2000, -1])('writes nothing beyond its target, at %d', (at) => {
    const target = new Uint8Array(1500);
    expect(() => copyBytes(target, new Uint8Array(1501), at)).toThrow();
    expect(target.every((byte) => byte === 0)).toBe(true);
  });
});

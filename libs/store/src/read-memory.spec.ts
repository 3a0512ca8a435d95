import { ReadMemory } from './read-memory';

describe('ReadMemory', () => {
  it('lets the collector know of a quarter of what it gives out', () => {
    const memory = new ReadMemory();
    const taken = Array.from({ length: 400 }, () => memory.take(69_640));
    expect(taken.every(({ length, byteOffset }) => length === 69_640 && byteOffset === 0)).toBe(true);
    expect(taken.filter(({ buffer }) => buffer instanceof SharedArrayBuffer)).toHaveLength(300);
    expect(new Set(taken.map(({ buffer }) => buffer)).size).toBe(400);
  });
});

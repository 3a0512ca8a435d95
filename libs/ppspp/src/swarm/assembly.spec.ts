import { Assembly } from './assembly';

function chunk(fill: number, bytes = 16): Uint8Array {
  return new Uint8Array(bytes).fill(fill);
}

describe('Assembly', () => {
  it('puts chunks where they belong, in any order', () => {
    const assembly = new Assembly(2, 3, 16);
    for (const at of [130, 128, 129]) {
      expect(assembly.complete).toBe(false);
      assembly.put(at, chunk(at));
    }
    expect(assembly.complete).toBe(true);
    expect(Buffer.compare(assembly.content, Buffer.concat([chunk(128), chunk(129), chunk(130)]))).toBe(0);
  });

  it('ends where a short last chunk ends', () => {
    const assembly = new Assembly(0, 2, 16);
    assembly.put(1, chunk(2, 5));
    assembly.put(0, chunk(1));
    expect(assembly.content.length).toBe(21);
  });

  it('takes a chunk once', () => {
    const assembly = new Assembly(0, 2, 16);
    assembly.put(0, chunk(1));
    assembly.put(0, chunk(9));
    expect(assembly.complete).toBe(false);
    expect(assembly.bytes[0]).toBe(1);
  });

  it('knows what is open: neither here nor asked for', () => {
    const assembly = new Assembly(1, 4, 16);
    expect(assembly.untouched).toBe(true);
    assembly.ask(64);
    assembly.put(65, chunk(1));
    assembly.ask(65);
    expect(assembly.openChunks()).toEqual([66, 67]);
    expect([assembly.open, assembly.untouched, assembly.holds(65), assembly.lacks(64)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    assembly.release(64);
    assembly.release(65);
    expect(assembly.openChunks()).toEqual([64, 66, 67]);
    for (const at of [64, 66, 67]) assembly.ask(at);
    expect(assembly.open).toBe(false);
  });

  it('stands in shared memory, which other threads read in place', () => {
    expect(new Assembly(0, 64, 1_024).bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
  });
});

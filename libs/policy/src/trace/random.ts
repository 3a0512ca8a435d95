/** 2^-32: what turns a whole number of 32 bits into a fraction. */
const fraction = 2 ** -32;

/** Draws thrown away after seeding: until then close seeds give close numbers. */
const warmUp = 15;

/**
 * Dice that a seed replays exactly, on every machine: three words and a counter, stirred with shifts and additions, about
 * 2 ns a draw. For traces alone: whoever sees some draws can tell the next.
 */
export class Random {
  private a: number;
  private b: number;
  private c = 0x2545_f491;
  private counter = 1;

  constructor(seed: number) {
    this.a = seed | 0;
    this.b = (seed / 2 ** 32) | 0;
    for (let draw = 0; draw < warmUp; draw++) this.bits();
  }

  /** 32 bits, each as likely as not. */
  bits(): number {
    const drawn = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + drawn) | 0;
    return drawn >>> 0;
  }

  /** From 0 up to, but not, 1. */
  unit(): number {
    return this.bits() * fraction;
  }

  /** A whole number from 0 up to, but not, `bound`. */
  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }

  /** Waiting times of mean 1 without memory. */
  exponential(): number {
    return -Math.log1p(-this.unit());
  }
}

/** A number's own fraction of 1, the same each time: properties of things that are too many for a table. */
export function unitOf(value: number, salt: number): number {
  let mixed = Math.imul(value ^ salt, 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2_ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0x27d4_eb2f);
  return ((mixed ^ (mixed >>> 16)) >>> 0) * fraction;
}

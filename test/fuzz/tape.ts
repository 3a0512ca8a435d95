/** An input read as a row of decisions. Beyond its end everything is 0. */
export class Tape {
  private at = 0;

  constructor(private readonly input: Uint8Array) {}

  get ended(): boolean {
    return this.at >= this.input.length;
  }

  u8(): number {
    return this.input[this.at++] ?? 0;
  }

  u16(): number {
    return this.u8() * 256 + this.u8();
  }

  /** One of a list, undefined of an empty one. */
  pick<Choice>(choices: readonly Choice[]): Choice | undefined {
    return choices[this.u8() % choices.length];
  }

  flag(): boolean {
    return this.u8() % 2 === 1;
  }

  /** A copy of the next bytes, as many as are left. */
  bytes(count: number): Uint8Array {
    const bytes = this.input.slice(this.at, this.at + count);
    this.at += count;
    return bytes;
  }
}

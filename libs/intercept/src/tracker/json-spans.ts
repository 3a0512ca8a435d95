/** Where a value stands in a text. */
export interface Span {
  readonly start: number;
  /** The index after its last character. */
  readonly end: number;
}

/** A member of an object, and where its value stands. */
export interface MemberSpan extends Span {
  readonly name: string;
}

const blank = /[ \t\n\r]*/y;
const scalar = /[^\s,\]}]+/y;

/**
 * Finds values in a text that `JSON.parse` accepts, so that one can be written into it and all the rest stays as it was: digits,
 * blanks, order, members that nobody knows.
 */
export class JsonSpans {
  constructor(private readonly text: string) {}

  /** The value of the whole text. */
  root(): Span {
    return this.valueAt(this.skip(blank, 0));
  }

  /** The members of an object, in their order; none if it is no object. */
  members({ start }: Span): MemberSpan[] {
    const members: MemberSpan[] = [];
    if (this.text[start] !== '{') return members;
    let at = this.skip(blank, start + 1);
    while (this.text[at] === '"') {
      const nameEnd = this.stringEnd(at);
      const name: unknown = JSON.parse(this.text.slice(at, nameEnd));
      const value = this.valueAt(this.skip(blank, this.skip(blank, nameEnd) + 1));
      members.push({ name: String(name), ...value });
      at = this.next(value.end);
    }
    return members;
  }

  /** The elements of an array, in their order; none if it is no array. */
  elements({ start }: Span): Span[] {
    const elements: Span[] = [];
    if (this.text[start] !== '[') return elements;
    let at = this.skip(blank, start + 1);
    while (at < this.text.length && this.text[at] !== ']') {
      const value = this.valueAt(at);
      elements.push(value);
      at = this.next(value.end);
    }
    return elements;
  }

  /** The value of the one member of this name; undefined if there is none, or several. */
  member(object: Span, name: string): Span | undefined {
    const [first, ...others] = this.members(object).filter((member) => member.name === name);
    return others.length === 0 ? first : undefined;
  }

  /** The index of what follows a value: the next one's, or that of the closing bracket. */
  private next(end: number): number {
    const at = this.skip(blank, end);
    return this.text[at] === ',' ? this.skip(blank, at + 1) : at;
  }

  private valueAt(start: number): Span {
    const first = this.text[start];
    if (first === '"') return { start, end: this.stringEnd(start) };
    if (first !== '{' && first !== '[') return { start, end: this.skip(scalar, start) };
    return { start, end: this.closing(start) };
  }

  /** The index after the bracket that closes the one at `start`. No recursion: depth is whatever a stranger wrote. */
  private closing(start: number): number {
    let depth = 0;
    for (let at = start; at < this.text.length; at++) {
      const character = this.text[at];
      if (character === '"') at = this.stringEnd(at) - 1;
      else if (character === '{' || character === '[') depth++;
      else if ((character === '}' || character === ']') && --depth === 0) return at + 1;
    }
    return this.text.length;
  }

  /** The index after the quote that closes the one at `start`. */
  private stringEnd(start: number): number {
    let at = start + 1;
    while (at < this.text.length && this.text[at] !== '"') at += this.text[at] === '\\' ? 2 : 1;
    return at + 1;
  }

  private skip(pattern: RegExp, at: number): number {
    pattern.lastIndex = at;
    return pattern.test(this.text) ? pattern.lastIndex : at;
  }
}

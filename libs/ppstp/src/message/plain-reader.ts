import { isObject, type JsonObject } from './json-text';

const nothing: JsonObject = {};
const visible = /^[\x21-\x7e]+$/;
const lowerHex = /^[\da-f]+$/;

/** Reads values that have the form they usually have. Whatever is otherwise marks it, so that its user checks once. */
export class PlainReader {
  /** Whether something was not of its usual form: then all that was read means nothing. */
  odd = false;

  /** Visible ASCII, of so many characters at most. */
  name(value: unknown, charsMax: number): string {
    return this.matching(value, visible, charsMax);
  }

  /** A name in hex that is written as it is compared. */
  hex(value: unknown, charsMax: number): string {
    return this.matching(value, lowerHex, charsMax);
  }

  integer(value: unknown): number {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    this.odd = true;
    return 0;
  }

  choice<Word extends string>(value: unknown, words: readonly [Word, ...Word[]]): Word {
    for (const word of words) if (value === word) return word;
    this.odd = true;
    return words[0];
  }

  /** An array has none of an object's members, and is odd for that. */
  object(value: unknown): JsonObject {
    if (isObject(value)) return value;
    this.odd = true;
    return nothing;
  }

  /** At least one object and no more than so many. */
  list<Item>(value: unknown, max: number, read: (item: JsonObject, reader: PlainReader) => Item): Item[] {
    const items: Item[] = [];
    if (!Array.isArray(value) || value.length === 0 || value.length > max) this.odd = true;
    else for (const item of value) items.push(read(this.object(item), this));
    return items;
  }

  private matching(value: unknown, pattern: RegExp, charsMax: number): string {
    if (typeof value === 'string' && value.length <= charsMax && pattern.test(value)) return value;
    this.odd = true;
    return '';
  }
}
